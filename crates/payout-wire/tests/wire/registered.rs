//! Who may call, as operators say and see it.

use std::time::Duration;

use payout_domain::{ClientSecretDigest, Registration, Scope};
use payout_wire::operator::{
    ClientBody, ClientChange, ClientKey, ClientList, ClientOrder, ClientOrigin, ClientWithSecret,
    NewSecretOrder,
};

use crate::fixture::{self, at, of};

/// A secret as a server makes one.
pub(crate) const SECRET: &str = "EXAMPLE-client-secret-of-bets-shown-this-once";

/// A public key; nobody has its private half.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQ...\n-----END PUBLIC KEY-----\n";

pub(crate) fn configured() -> Registration {
    let scopes = [Scope::Payments].into();
    let mut client = Registration::new(
        of("service-client"),
        scopes,
        ClientSecretDigest([1; 32]),
        at("2026-03-02T08:00:00Z"),
    )
    .expect("it has a scope");
    let kid = "45fc75cf-5649-4134-84b3-192c2c78e990";
    client.add_key(kid, "its key", at("2026-03-02T08:00:00Z")).expect("it is the first");
    client
}

/// A client that is rotating its key and its secret.
pub(crate) fn bets() -> Registration {
    let mut client = Registration::new(
        of("bets"),
        [Scope::Payments].into(),
        ClientSecretDigest([2; 32]),
        at("2026-01-15T10:00:00Z"),
    )
    .expect("it has a scope");
    let (then, now) = (at("2026-01-15T10:00:00Z"), at("2026-03-02T09:00:00Z"));
    client.add_key("key-1", "a key", then).expect("it is the first");
    client.add_key("key-2", "another key", now).expect("it is the second");
    client.revoke_key("key-1", at("2026-03-02T09:30:00Z")).expect("it has it");
    client
        .rotate_secret(ClientSecretDigest([3; 32]), now, Duration::from_hours(24))
        .expect("it may");
    client.set_merchant_accounts([of(fixture::MERCHANT_ACCOUNT_ID)].into());
    client.set_webhook(Some("https://bets.example/payouts")).expect("it may");
    client
}

pub(crate) fn order() -> ClientOrder {
    ClientOrder {
        client_id: of("bets"),
        scopes: [Scope::Payments].into(),
        merchant_accounts: [of(fixture::MERCHANT_ACCOUNT_ID)].into(),
        webhook: Some("https://bets.example/payouts".into()),
        keys: vec![ClientKey { kid: "key-1".into(), public_key: PUBLIC_KEY.into() }],
    }
}

pub(crate) fn change() -> ClientChange {
    ClientChange {
        add_key: Some(ClientKey { kid: "key-2".into(), public_key: PUBLIC_KEY.into() }),
        revoke_key: Some("key-1".into()),
        scopes: Some([Scope::Payments, Scope::PaymentsRead].into()),
        merchant_accounts: Some([].into()),
        webhook: Some("".into()),
    }
}

#[test]
fn each_body_is_read_as_it_is_written() {
    let [bets, own] = [
        ClientBody::new(&bets(), ClientOrigin::Register),
        ClientBody::new(&configured(), ClientOrigin::Configuration),
    ];
    let list = ClientList { items: vec![own, bets.clone()] };
    let added = ClientWithSecret { client_secret: SECRET.into(), client: bets.clone() };

    assert_eq!(ClientOrder::parse(&order().to_bytes()), Ok(order()));
    assert_eq!(ClientChange::parse(&change().to_bytes()), Ok(change()));
    assert_eq!(ClientBody::parse(&bets.to_bytes()), Ok(bets));
    assert_eq!(ClientList::parse(&list.to_bytes()), Ok(list));
    assert_eq!(ClientWithSecret::parse(&added.to_bytes()), Ok(added));
    for seconds in [0, 1, 86_400, 2_592_000] {
        let order = NewSecretOrder { overlap: Duration::from_secs(seconds) };
        assert_eq!(NewSecretOrder::parse(&order.to_bytes()), Ok(order));
    }
}

#[test]
fn what_is_not_said_is_what_most_want() {
    let bare = ClientOrder::parse(br#"{"client_id":"bets"}"#).expect("it has a name");
    let secret = NewSecretOrder::parse(b"{}").expect("nothing must be said");

    assert_eq!(bare.scopes, [Scope::Payments].into());
    assert!(bare.keys.is_empty() && bare.merchant_accounts.is_empty() && bare.webhook.is_none());
    assert_eq!(secret.overlap, Duration::from_hours(24));
}

#[test]
fn a_misspelt_member_changes_nothing_and_is_said() {
    for (body, member) in [
        (r#"{"webhok":"https://bets.example/"}"#, "webhok"),
        (r#"{"revoke_key":"a","add_keys":[]}"#, "add_keys"),
        (r#"{"revoke_key":7}"#, "revoke_key"),
        (r#"{"add_key":"PEM"}"#, "add_key"),
        (r#"{"scopes":"payments"}"#, "scopes"),
        (r#"{"webhook":null,"scopes":["admin"]}"#, "scopes[0]"),
        ("{}", "body"),
    ] {
        let errors = ClientChange::parse(body.as_bytes()).expect_err(body).into_errors();

        assert!(errors.contains_key(member), "{body}: {errors:?}");
    }
    let long = NewSecretOrder::parse(br#"{"overlap_seconds":2592001}"#).expect_err("too long");
    assert!(long.into_errors().contains_key("overlap_seconds"));
}

#[test]
fn a_secret_does_not_print() {
    let client = ClientBody::new(&bets(), ClientOrigin::Register);
    let added = ClientWithSecret { client_secret: SECRET.into(), client };

    assert!(!format!("{added:?}").contains(SECRET));
}
