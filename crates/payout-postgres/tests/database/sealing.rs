//! What is of a person, in a store that seals it.

use std::collections::BTreeSet;

use payout_conformance::fixtures::{
    Accepting, acme, payment, payment_source_id, payout_id, seconds, send_order, unchanged,
};
use payout_conformance::play_sealer;
use payout_domain::{Payment, PayoutId};
use payout_ports::{
    AttemptEnd, CannotOpen, PaymentRepository, PayoutChange, PayoutRepository, RepositoryError,
    Sealing, chain,
};
use payout_postgres::{OpenError, PostgresStore, StoreOptions};
use tokio_postgres::Client;

use crate::by_hand::{accept, damage, refused};
use crate::server::{Schema, connect, options};

const OLD: (&str, u8) = ("2026-10", 3);
const NEW: (&str, u8) = ("2026-11", 7);

/// What is of a person in the payments.
const PERSONAL: [&str; 5] =
    ["SAM EXAMPLE", "04066800004417", "GB72CLRB04066800004417", "20417", "order"];

fn with(keys: &[(&'static str, u8)]) -> Sealing {
    if keys.is_empty() { Sealing::default() } else { Sealing::with(play_sealer(keys)) }
}

async fn filled(keys: &[(&'static str, u8)]) -> (PostgresStore, Client, Schema) {
    let schema = Schema::fresh().await;
    let store = schema.open_with(&with(keys)).await;
    for number in 1..=3 {
        accept(&store, number).await;
        let recorded = store.record_payment(&acme(), &payment(number), None).await;
        recorded.expect("the store is there");
    }
    let hand = connect(&schema.name).await;
    (store, hand, schema)
}

/// The transmission of the first payout, which the provider refuses in words that name a person.
async fn refuse(store: &PostgresStore) {
    let claimed = store.claim_sendable(&send_order(seconds(1))).await;
    let claim = claimed.expect("it is due").to_send.pop().expect("it is due");
    let outcome = "rejected: no such person: SAM EXAMPLE".into();
    let end = AttemptEnd { attempt: 1, at: seconds(1), outcome };
    let change = PayoutChange { attempt_end: Some(end.clone()), ..unchanged(&claim.payout) };
    store.save(change).await.expect("the change fits");
    let attempts = store.attempts(claim.payout.id()).await.expect("they open");
    let ends: Vec<_> = attempts.into_iter().filter_map(|attempt| attempt.ended).collect();
    assert_eq!(ends, [end]);
}

#[tokio::test]
async fn nothing_of_a_person_is_in_a_sealed_store() {
    let (clear, clear_hand, clear_schema) = filled(&[]).await;
    let (sealed, sealed_hand, sealed_schema) = filled(&[NEW]).await;
    for store in [&clear, &sealed] {
        refuse(store).await;
    }

    let in_clear = texts(&clear_hand, &clear_schema).await;
    let in_sealed = texts(&sealed_hand, &sealed_schema).await;

    for personal in PERSONAL {
        assert!(in_clear.contains(personal), "the scan finds what is in clear: {personal}");
        assert!(!in_sealed.contains(personal), "{personal}");
    }
    for number in 1..=3 {
        let accepted = Accepting::number(number).acceptance();
        let reference = accepted.payout.request().order().reference.as_str();
        let body = base16(&accepted.instruction.body);
        for personal in [reference, body.as_str()] {
            assert!(in_clear.contains(personal), "the scan finds what is in clear: {personal}");
            assert!(!in_sealed.contains(personal), "{personal}");
        }
    }
    assert!(in_sealed.contains("sam"), "who a user is to the client is looked up by");
}

#[tokio::test]
async fn every_personal_cell_is_sealed() {
    let (store, hand, _schema) = filled(&[NEW]).await;
    refuse(&store).await;

    for (table, columns) in [
        (
            "payout",
            ["reference", "metadata", "account_identifiers", "account_holder_name"].as_slice(),
        ),
        ("payment", &["metadata", "account_identifiers", "account_holder_name"]),
        ("payment_source", &["account_identifiers", "account_holder_name"]),
        ("payout_attempt", &["outcome"]),
        (
            "(SELECT convert_from(gateway_body, 'UTF8') AS gateway_body FROM payout)",
            &["gateway_body"],
        ),
    ] {
        for column in columns {
            let sql = format!("SELECT {column} FROM {table} AS it WHERE {column} IS NOT NULL");
            let rows = hand.query(&sql, &[]).await.expect("it is a table");
            assert!(!rows.is_empty(), "{table}.{column}");
            for row in rows {
                let cell: String = row.get(0);
                assert!(cell.starts_with("\u{1}2026-11:"), "{table}.{column}: {cell:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_cell_that_was_moved_does_not_open_and_the_others_are_sent() {
    let (from, to) = (payout_id(2), payout_id(1));
    for moved in [
        format!("reference = (SELECT reference FROM payout WHERE id = '{from}')"),
        format!("metadata = (SELECT metadata FROM payout WHERE id = '{from}')"),
        format!("gateway_body = (SELECT gateway_body FROM payout WHERE id = '{from}')"),
        "reference = metadata".to_owned(),
        "account_identifiers = (SELECT account_identifiers FROM payment_source)".to_owned(),
    ] {
        let (store, hand, _schema) = filled(&[NEW]).await;
        damage(&hand, &format!("UPDATE payout SET {moved} WHERE id = '{to}'")).await;

        assert_eq!(sent(&store, 10).await, [payout_id(2), payout_id(3)].into(), "{moved}");
        let state = format!("SELECT state FROM payout WHERE id = '{to}'");
        let state = hand.query_one(&state, &[]).await.expect("it is there");
        assert_eq!(state.get::<_, String>(0), "accepted", "it is not parked, either");
        if !moved.starts_with("gateway_body") {
            let error = store.find_unscoped(to).await.expect_err(&moved);
            assert!(matches!(error, RepositoryError::Corrupt(_)), "{moved}: {error:?}");
            assert!(chain(&error).contains("it was changed or moved"), "{}", chain(&error));
        }
    }
}

#[tokio::test]
async fn a_sealed_store_does_not_open_without_its_keys_and_forgets_nothing() {
    let schema = Schema::fresh().await;
    accept(&schema.open_with(&with(&[])).await, 1).await;
    accept(&schema.open_with(&with(&[OLD])).await, 2).await;
    accept(&schema.open_with(&with(&[NEW, OLD])).await, 3).await;

    for (keys, expected) in [
        ([].as_slice(), CannotOpen::UnknownKey { key_id: "2026-10".to_owned() }),
        (&[NEW], CannotOpen::UnknownKey { key_id: "2026-10".to_owned() }),
        (&[OLD], CannotOpen::UnknownKey { key_id: "2026-11".to_owned() }),
        (&[("2026-12", 9)], CannotOpen::UnknownKey { key_id: "2026-10".to_owned() }),
        (&[NEW, ("2026-10", 99)], CannotOpen::Broken { key_id: "2026-10".to_owned() }),
    ] {
        let options = StoreOptions { sealing: with(keys), ..options() };
        let refused = PostgresStore::open(&schema.address(), None, &options).await;
        let refused = refused.expect_err("a key is missing");
        let OpenError::Sealed(cause) = &refused else { unreachable!("{refused:?}") };
        assert_eq!(*cause, expected, "{keys:?}");
    }
    let store = schema.open_with(&with(&[OLD, NEW])).await;
    for number in 1..=3 {
        let found = store.find_unscoped(payout_id(number)).await.expect("it opens");
        assert_eq!(found, Some(Accepting::number(number).payout()));
    }
    let hand = connect(&schema.name).await;
    let known = hand.query("SELECT id FROM sealing_key ORDER BY id", &[]).await;
    let known: Vec<String> = known.expect("it is a table").iter().map(|row| row.get(0)).collect();
    assert_eq!(known, ["2026-10", "2026-11"], "a start that was refused leaves nothing behind");
}

#[tokio::test]
async fn what_another_instance_seals_with_a_newer_key_waits_for_that_key() {
    let schema = Schema::fresh().await;
    let behind = schema.open_with(&with(&[OLD])).await;
    let ahead = schema.open_with(&with(&[NEW, OLD])).await;
    accept(&behind, 1).await;
    accept(&ahead, 2).await;

    let error = behind.find_unscoped(payout_id(2)).await.expect_err("it has not the key");
    let sent_behind = sent(&behind, 10).await;
    let sent_ahead = sent(&ahead, 100).await;

    assert!(matches!(error, RepositoryError::Unavailable(_)), "{error:?}");
    let said = chain(&error);
    assert!(said.contains("`2026-11`") && said.contains("serve.sealing_keys_file"), "{said}");
    assert_eq!(sent_behind, [payout_id(1)].into());
    assert_eq!(sent_ahead, [payout_id(1), payout_id(2)].into());
}

#[tokio::test]
async fn a_name_that_looks_sealed_is_a_name() {
    for keys in [[].as_slice(), &[NEW]] {
        let schema = Schema::fresh().await;
        let store = schema.open_with(&with(keys)).await;
        let name = "\u{1}2026-11:00".to_owned();
        let told = Payment { account_holder_name: Some(name.clone()), ..payment(1) };
        store.record_payment(&acme(), &told, None).await.expect("the store is there");

        let found = store.payment(&acme(), told.id).await.expect("it is there");
        let source = store.source(&acme(), payment_source_id(1)).await;

        assert_eq!(found, Some(told));
        let source = source.expect("it is there").expect("it has paid in");
        assert_eq!(source.account_holder_name(), Some(name.as_str()));
    }
}

#[tokio::test]
async fn what_is_learned_of_a_sealed_source_is_sealed_anew() {
    let schema = Schema::fresh().await;
    let store = schema.open_with(&with(&[NEW])).await;
    let nameless = Payment { account_holder_name: None, ..payment(1) };
    store.record_payment(&acme(), &nameless, None).await.expect("the store is there");

    store.record_payment(&acme(), &payment(2), None).await.expect("the store is there");

    let source = store.source(&acme(), payment_source_id(1)).await.expect("it opens");
    let source = source.expect("it has paid in");
    assert_eq!(source.account_holder_name(), Some("SAM EXAMPLE"));
    assert!(!texts(&connect(&schema.name).await, &schema).await.contains("SAM EXAMPLE"));
}

#[tokio::test]
async fn the_keys_of_a_store_cannot_be_changed_by_hand() {
    let (_store, hand, _schema) = filled(&[NEW]).await;

    for sql in
        ["DELETE FROM sealing_key", "UPDATE sealing_key SET proof = ''", "TRUNCATE sealing_key"]
    {
        refused(&hand, sql, "needs it for ever").await;
    }
}

async fn sent(store: &PostgresStore, at: u64) -> BTreeSet<PayoutId> {
    let claims = store.claim_sendable(&send_order(seconds(at))).await;
    let claims = claims.expect("the others can be read").to_send;
    claims.iter().map(|claim| claim.payout.id()).collect()
}

/// Every row of every table but the merchant's own accounts, as text; bytes are in hexadecimal digits.
async fn texts(hand: &Client, schema: &Schema) -> String {
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = $1 \
         AND tablename <> 'merchant_account'";
    let tables = hand.query(tables, &[&schema.name]).await.expect("there are tables");
    let mut all = String::new();
    for table in tables {
        let sql = format!("SELECT row_to_json(it)::text FROM {} AS it", table.get::<_, String>(0));
        for row in hand.query(&sql, &[]).await.expect("it is a table") {
            all.push_str(row.get(0));
        }
    }
    all
}

fn base16(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
