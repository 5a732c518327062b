//! Who is registered as a client.

use std::time::Duration;

use payout_domain::{MerchantAccountId, Registration, Scope};
use payout_ports::RegisterError;

use super::StoreRig;
use crate::fixtures::{
    client_secret as secret, fully_registered, merchant_account_id, registered, seconds,
};

/// `ClientRegister`.
pub async fn nobody_is_registered_at_first(rig: &dyn StoreRig) {
    assert_eq!(all(rig).await, []);
    assert_eq!(progress(rig).await, 0);
}

/// `ClientRegister`, law 1: all of it, in the order of the ids.
pub async fn a_registration_is_read_as_it_was_stored(rig: &dyn StoreRig) {
    let (bets, acme) = (registered("bets"), fully_registered("acme"));

    for client in [&bets, &acme] {
        store(rig, client, None).await.expect("both are new");
    }

    assert_eq!(all(rig).await, [acme, bets]);
}

/// `ClientRegister`, laws 1 and 5.
pub async fn every_change_of_a_registration_is_stored(rig: &dyn StoreRig) {
    let mut client = fully_registered("acme");
    store(rig, &client, None).await.expect("it is new");
    let changes: [fn(&mut Registration); 7] = [
        |it| it.rotate_secret(secret(9), seconds(20), Duration::from_hours(1)).expect("it may"),
        |it| it.revoke_key("first", seconds(21)).expect("it has it"),
        |it| it.add_key("third", "key 3 of acme", seconds(22)).expect("there is room"),
        |it| it.set_scopes([Scope::PaymentsRead].into()).expect("it is one"),
        |it| it.set_merchant_accounts([merchant_account_id(2), merchant_account_id(3)].into()),
        |it| it.set_webhook(None).expect("it may"),
        |it| it.revoke(seconds(23)),
    ];

    for change in changes {
        let before = client.record().version;
        change(&mut client);
        store(rig, &client, Some(before)).await.expect("nobody else changes it");

        assert_eq!(all(rig).await, std::slice::from_ref(&client));
    }
}

/// `ClientRegister`, law 2: also when it was revoked.
pub async fn an_id_is_registered_once(rig: &dyn StoreRig) {
    let mut first = registered("acme");
    store(rig, &first, None).await.expect("it is new");
    first.revoke(seconds(9));
    store(rig, &first, Some(1)).await.expect("nobody else changes it");

    let refused = store(rig, &fully_registered("acme"), None).await;

    assert!(matches!(refused, Err(RegisterError::IdTaken)), "{refused:?}");
    assert_eq!(all(rig).await, [first]);
}

/// `ClientRegister`, law 2: nor made by a change.
pub async fn a_registration_that_has_changed_is_not_overwritten(rig: &dyn StoreRig) {
    let (mut mine, mut yours) = (registered("acme"), registered("acme"));
    store(rig, &mine, None).await.expect("it is new");
    mine.revoke(seconds(9));
    yours.add_key("first", "a key", seconds(9)).expect("it is the first");
    store(rig, &mine, Some(1)).await.expect("nobody was faster");

    let late = store(rig, &yours, Some(1)).await;
    let unknown = store(rig, &registered("bets"), Some(1)).await;

    assert!(matches!(late, Err(RegisterError::Stale)), "{late:?}");
    assert!(matches!(unknown, Err(RegisterError::Stale)), "{unknown:?}");
    assert_eq!(all(rig).await, [mine]);
}

/// `ClientRegister`, law 3: of a client or key that was revoked, too.
pub async fn a_key_is_one_clients_for_ever(rig: &dyn StoreRig) {
    let mut acme = fully_registered("acme");
    acme.revoke_key("first", seconds(9)).expect("it has it");
    acme.revoke(seconds(9));
    store(rig, &acme, None).await.expect("it is new");
    let mut bets = registered("bets");
    store(rig, &bets, None).await.expect("it is new");
    bets.add_key("first", "key 1 of acme", seconds(10)).expect("it is its first");

    let refused = store(rig, &bets, Some(1)).await;

    assert!(matches!(refused, Err(RegisterError::KeyTaken)), "{refused:?}");
    assert_eq!(all(rig).await, [acme, registered("bets")], "nothing of it is written");
}

/// `ClientRegister`, law 4.
pub async fn a_merchant_account_is_one_clients_until_it_is_taken_from_it(rig: &dyn StoreRig) {
    let (mut acme, mut bets) = (registered("acme"), registered("bets"));
    acme.set_merchant_accounts([merchant_account_id(1), merchant_account_id(2)].into());
    store(rig, &acme, None).await.expect("it is new");
    store(rig, &bets, None).await.expect("it is new");
    bets.set_merchant_accounts([merchant_account_id(2), merchant_account_id(3)].into());
    let wanted = bets.record().version;

    let refused = store(rig, &bets, Some(1)).await;
    assert!(matches!(refused, Err(RegisterError::AccountTaken)), "{refused:?}");
    assert_eq!(all(rig).await, [acme.clone(), registered("bets")], "nothing of it is written");

    let before = acme.record().version;
    acme.set_merchant_accounts(only(merchant_account_id(1)));
    store(rig, &acme, Some(before)).await.expect("nobody else changes it");
    store(rig, &bets, Some(1)).await.expect("it is nobody's now");
    assert_eq!(bets.record().version, wanted);
    assert_eq!(all(rig).await, [acme, bets]);
}

/// `ClientRegister`.
pub async fn whoever_has_read_the_register_can_tell_when_it_changes(rig: &dyn StoreRig) {
    let mut seen = progress(rig).await;
    let mut acme = registered("acme");
    store(rig, &acme, None).await.expect("it is new");

    for step in 0..3 {
        let now = progress(rig).await;
        assert!(now > seen, "{step}: {seen} {now}");
        assert_eq!(progress(rig).await, now, "to read changes nothing");
        seen = now;
        let before = acme.record().version;
        acme.set_webhook(Some("https://acme.example/events")).expect("it may");
        store(rig, &acme, Some(before)).await.expect("nobody else changes it");
    }
}

/// `MarkedStore`: a backup that does not know of it is noticed.
pub async fn a_registration_takes_the_store_further(rig: &dyn StoreRig) {
    let mark = async || rig.marked().mark().await.expect("the store is there").sequence;
    let before = mark().await;
    store(rig, &fully_registered("acme"), None).await.expect("it is new");
    let registered = mark().await;
    let refused = store(rig, &fully_registered("acme"), None).await;

    assert!(registered > before, "{before} {registered}");
    assert!(refused.is_err() && mark().await == registered, "nothing was written");
}

async fn all(rig: &dyn StoreRig) -> Vec<Registration> {
    rig.clients().registrations().await.expect("the store is there")
}

async fn progress(rig: &dyn StoreRig) -> u64 {
    rig.clients().register_progress().await.expect("the store is there")
}

async fn store(
    rig: &dyn StoreRig,
    client: &Registration,
    expected_version: Option<u32>,
) -> Result<(), RegisterError> {
    rig.clients().save_registration(client, expected_version).await
}

fn only(account: MerchantAccountId) -> std::collections::BTreeSet<MerchantAccountId> {
    [account].into()
}
