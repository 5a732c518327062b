//! What is accepted, and under which key.

use payout_domain::{Evidence, PayoutState};
use payout_ports::{AcceptOutcome, Fingerprint, IdempotencyRecord, PayoutEvent, RepositoryError};

use super::StoreRig;
use super::steps::{accept, history, read};
use crate::fixtures::{Accepting, acme, digest, globex, just_before, key, payout_id, seconds};

/// `PayoutRepository`, law 1: whole, whatever may be absent of it.
pub async fn an_accepted_payout_is_found_as_it_was_accepted(rig: &dyn StoreRig) {
    for number in 1..=6 {
        let payout = accept(rig, Accepting::number(number)).await;

        let found = rig.payouts().find(&acme(), payout.id()).await.expect("the store is there");
        assert_eq!(found.as_ref(), Some(&payout));
        assert_eq!(read(rig, payout.id()).await, payout);
    }
}

/// `PayoutRepository`, law 9.
pub async fn the_first_event_of_a_payout_is_its_acceptance(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;

    let (at, state) = (payout.created_at(), PayoutState::Accepted);
    let first = PayoutEvent { version: 1, at, evidence: Evidence::Accepted, state };
    assert_eq!(history(rig, &payout).await, [first]);
}

/// `PayoutRepository`, law 2.
pub async fn two_acceptances_under_one_key_make_one_payout(rig: &dyn StoreRig) {
    let first = Accepting::number(1).under("key");
    let again = Accepting::number(2).under("key").with_fingerprint(1);
    accept(rig, first.clone()).await;

    for repeated in [first, again] {
        let outcome = rig.payouts().accept(repeated.acceptance()).await.expect("it is there");
        assert_eq!(outcome, AcceptOutcome::Replayed(payout_id(1)));
    }

    let second = rig.payouts().find_unscoped(payout_id(2)).await.expect("the store is there");
    assert_eq!(second, None);
}

/// `PayoutRepository`, law 2.
pub async fn another_request_under_a_used_key_is_refused(rig: &dyn StoreRig) {
    let first = accept(rig, Accepting::number(1).under("key")).await;

    let other = Accepting::number(2).under("key").acceptance();
    let outcome = rig.payouts().accept(other).await.expect("the store is there");

    assert_eq!(outcome, AcceptOutcome::KeyReused);
    assert_eq!(read(rig, first.id()).await, first);
    let second = rig.payouts().find_unscoped(payout_id(2)).await.expect("the store is there");
    assert_eq!(second, None);
    assert_eq!(record(rig, "key").await, Some(used_by(1)));
}

/// `PayoutRepository`, law 2: whatever has become of the payout.
pub async fn a_key_is_spent_by_the_payout_that_it_names_for_ever(rig: &dyn StoreRig) {
    for (number, life) in (1..).zip(crate::fixtures::lives()) {
        super::steps::live(rig, Accepting::number(number), &life).await;

        let again = Accepting::number(number).acceptance();
        let outcome = rig.payouts().accept(again).await.expect("the store is there");

        assert_eq!(outcome, AcceptOutcome::Replayed(payout_id(number)), "{}", life.ends);
    }
}

/// `PayoutRepository`, laws 2 and 10.
pub async fn each_client_has_its_own_keys(rig: &dyn StoreRig) {
    let ours = accept(rig, Accepting::number(1).under("key")).await;
    let theirs = accept(rig, Accepting::number(2).under("key").by(globex())).await;

    assert_eq!(read(rig, ours.id()).await, ours);
    assert_eq!(read(rig, theirs.id()).await, theirs);
    assert_eq!(record(rig, "key").await, Some(used_by(1)));
}

/// `PayoutRepository`, law 2.
pub async fn a_forgotten_key_is_as_if_never_used(rig: &dyn StoreRig) {
    let old = accept(rig, Accepting::number(1).under("key")).await;

    let new = Accepting::number(2).under("key").at(seconds(100)).forgetting(seconds(50));
    let new = accept(rig, new).await;

    assert_eq!(read(rig, old.id()).await, old);
    assert_eq!(read(rig, new.id()).await, new);
    let created_at = seconds(100);
    assert_eq!(record(rig, "key").await, Some(IdempotencyRecord { created_at, ..used_by(2) }));
}

/// `PayoutRepository`, law 2: a key that was used at `forget_before` was not used before it.
pub async fn a_key_is_remembered_up_to_the_moment_it_is_forgotten(rig: &dyn StoreRig) {
    let used_at = seconds(10);
    accept(rig, Accepting::number(1).under("key").at(used_at)).await;
    let again = Accepting::number(2).under("key").with_fingerprint(1);

    for before in [used_at, just_before(used_at)] {
        let remembered = again.clone().forgetting(before).acceptance();
        let outcome = rig.payouts().accept(remembered).await.expect("the store is there");
        assert_eq!(outcome, AcceptOutcome::Replayed(payout_id(1)));
    }

    let moment_later = used_at.plus(std::time::Duration::from_micros(1));
    accept(rig, again.forgetting(moment_later)).await;
}

/// `PayoutRepository`, law 2: who never forgets is not made to by others.
pub async fn forgetting_concerns_only_the_key_at_hand(rig: &dyn StoreRig) {
    let first = Accepting::number(1);
    accept(rig, first.clone()).await;
    accept(rig, Accepting::number(2).forgetting(seconds(1000))).await;

    let again = rig.payouts().accept(first.acceptance()).await.expect("the store is there");

    assert_eq!(again, AcceptOutcome::Replayed(payout_id(1)));
    assert_eq!(record(rig, "key-1").await, Some(used_by(1)));
}

/// `PayoutRepository`, laws 2 and 10.
pub async fn a_key_is_found_with_what_it_was_used_for(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;

    assert_eq!(record(rig, "key-1").await, Some(used_by(1)));
    assert_eq!(record(rig, "key-2").await, None);
    assert_eq!(record(rig, "KEY-1").await, None);
    let theirs = rig.payouts().find_key(&globex(), &key("key-1")).await;
    assert_eq!(theirs.expect("the store is there"), None);
}

/// `PayoutRepository`, law 2: a name that stands for one payout never stands for another.
pub async fn an_id_is_never_used_twice(rig: &dyn StoreRig) {
    let first = accept(rig, Accepting::number(1)).await;

    let usurper = Accepting::number(1).under("other-key").by(globex()).acceptance();
    let outcome = rig.payouts().accept(usurper).await;

    assert!(matches!(outcome, Err(RepositoryError::Corrupt(_))), "{outcome:?}");
    assert_eq!(read(rig, first.id()).await, first);
    let spent = rig.payouts().find_key(&globex(), &key("other-key")).await;
    assert_eq!(spent.expect("the store is there"), None);
}

async fn record(rig: &dyn StoreRig, text: &str) -> Option<IdempotencyRecord> {
    rig.payouts().find_key(&acme(), &key(text)).await.expect("the store is there")
}

fn used_by(number: u64) -> IdempotencyRecord {
    let (payout_id, fingerprint) = (payout_id(number), Fingerprint(digest(number)));
    IdempotencyRecord { payout_id, fingerprint, created_at: seconds(number) }
}
