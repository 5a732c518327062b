//! What is of a person, in a store that seals it.

mod scan;

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use payout_conformance::fixtures::{
    Accepting, acme, merchant_account_id, payment, payment_source_id, payout_id, seconds,
    send_order, unchanged, user,
};
use payout_conformance::play_sealer;
use payout_domain::{Payment, PayoutId};
use payout_ports::{
    AttemptEnd, CannotOpen, PaymentRepository, PayoutChange, PayoutRepository, RepositoryError,
    Sealing, chain,
};
use payout_sqlite::{OpenError, SqliteStore, StoreOptions};

use crate::by_hand::{Database, accept, fresh, fresh_with};
use scan::texts;

const OLD: (&str, u8) = ("2026-10", 3);
const NEW: (&str, u8) = ("2026-11", 7);

/// What is of a person in the payout and the payment with number 3.
const PERSONAL: [&str; 6] =
    ["SAM EXAMPLE", "04066800004417", "GB72CLRB04066800004417", "20417", "order", "\u{2116}"];

fn with(keys: &[(&'static str, u8)]) -> StoreOptions {
    let sealing = match keys {
        [] => Sealing::default(),
        keys => Sealing::with(play_sealer(keys)),
    };
    StoreOptions { sealing, ..StoreOptions::default() }
}

/// Opens a data directory that nobody uses any more; see [`open`](crate::by_hand::open).
fn open(database: Database, keys: &[(&'static str, u8)]) -> Result<Database, OpenError> {
    let Database { store, hand, directory } = database;
    drop(store);
    for _moment in 0..400 {
        match SqliteStore::open(directory.path(), &with(keys)) {
            Err(OpenError::AnotherProcess { .. }) => thread::sleep(Duration::from_millis(5)),
            Ok(store) => return Ok(Database { store, hand, directory }),
            Err(error) => return Err(error),
        }
    }
    unreachable!("somebody uses it")
}

#[tokio::test]
async fn nothing_of_a_person_is_in_a_sealed_store() {
    let (clear, sealed) = (fresh(), fresh_with(&with(&[NEW])));
    for database in [&clear, &sealed] {
        fill(database).await;
        refuse(database).await;
    }

    let (in_clear, in_sealed) = (texts(&clear), texts(&sealed));

    for personal in PERSONAL {
        assert!(in_clear.contains(personal), "the scan finds what is in clear: {personal}");
        assert!(!in_sealed.contains(personal), "{personal}");
    }
    for number in 1..=3 {
        let accepted = Accepting::number(number).acceptance();
        let reference = accepted.payout.request().order().reference.as_str().to_owned();
        let body = String::from_utf8_lossy(&accepted.instruction.body).into_owned();
        for personal in [reference, body] {
            assert!(in_clear.contains(&personal), "the scan finds what is in clear: {personal}");
            assert!(!in_sealed.contains(&personal), "{personal}");
        }
    }
    assert!(in_sealed.contains("sam"), "who a user is to the client is looked up by");
}

#[tokio::test]
async fn every_personal_cell_is_sealed() {
    let database = fresh_with(&with(&[NEW]));
    fill(&database).await;
    refuse(&database).await;

    for (table, columns) in [
        (
            "payout",
            ["reference", "metadata", "account_identifiers", "account_holder_name", "gateway_body"]
                .as_slice(),
        ),
        ("payment", &["metadata", "account_identifiers", "account_holder_name"]),
        ("payment_source", &["account_identifiers", "account_holder_name"]),
        ("payout_attempt", &["outcome"]),
    ] {
        for column in columns {
            let sql = format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} NOT NULL");
            let cells: Vec<String> = database.read(&sql, |row| row.get(0));
            assert!(!cells.is_empty(), "{table}.{column}");
            for cell in cells {
                assert!(cell.starts_with("\u{1}2026-11:"), "{table}.{column}: {cell:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_cell_that_was_moved_to_another_row_does_not_open() {
    for (column, to) in [
        ("reference", "reference"),
        ("metadata", "metadata"),
        ("account_identifiers", "account_identifiers"),
        ("gateway_body", "gateway_body"),
    ] {
        let database = fresh_with(&with(&[NEW]));
        fill(&database).await;
        let moved = format!(
            "UPDATE payout SET {to} = (SELECT {column} FROM payout WHERE seq = 2) WHERE seq = 1"
        );
        database.damage(&moved);

        assert_eq!(sent(&database).await, [payout_id(2), payout_id(3)], "{column}");
        let state: Vec<String> =
            database.read("SELECT state FROM payout WHERE seq = 1", |row| row.get(0));
        assert_eq!(state, ["accepted"], "it is not parked, either");
    }
}

#[tokio::test]
async fn a_cell_that_was_moved_to_another_column_or_table_does_not_open() {
    for moved in [
        "UPDATE payout SET reference = metadata WHERE seq = 1",
        "UPDATE payout SET reference = (SELECT metadata FROM payment) WHERE seq = 1",
        "UPDATE payout SET account_identifiers = (SELECT account_identifiers FROM payment_source) \
         WHERE seq = 1",
    ] {
        let database = fresh_with(&with(&[NEW]));
        fill(&database).await;
        database.damage(moved);

        let found = database.store.find_unscoped(payout_id(1)).await;

        let error = found.expect_err(moved);
        assert!(matches!(error, RepositoryError::Corrupt(_)), "{moved}: {error:?}");
        let said = chain(&error);
        assert!(said.contains("it was changed or moved"), "{said}");
    }
}

#[tokio::test]
async fn a_store_in_clear_can_be_sealed_from_now_on() {
    let database = fresh();
    fill(&database).await;
    database.store.close().await.expect("the disk works");

    let database = open(database, &[NEW]).expect("nothing in it is sealed");
    let later = accept(&database.store, 4).await;

    for number in 1..=3 {
        let expected = Accepting::number(number).payout();
        assert_eq!(found(&database, number).await, Some(expected));
    }
    assert_eq!(found(&database, 4).await, Some(later));
    let sealed: Vec<i64> = database
        .read("SELECT seq FROM payout WHERE reference GLOB char(1) || '*'", |row| row.get(0));
    assert_eq!(sealed, [4], "what was accepted before is never changed");
}

#[tokio::test]
async fn a_sealed_store_does_not_open_without_its_keys_and_forgets_nothing() {
    let mut database = fresh_with(&with(&[OLD]));
    accept(&database.store, 1).await;
    database.store.close().await.expect("the disk works");
    // To rotate: the new key seals, and the old one still opens.
    database = open(database, &[NEW, OLD]).expect("the old key is there");
    accept(&database.store, 2).await;
    database.store.close().await.expect("the disk works");
    let Database { store, hand, directory } = database;
    drop(store);

    for (keys, expected) in [
        ([].as_slice(), CannotOpen::UnknownKey { key_id: "2026-10".to_owned() }),
        (&[NEW], CannotOpen::UnknownKey { key_id: "2026-10".to_owned() }),
        (&[OLD], CannotOpen::UnknownKey { key_id: "2026-11".to_owned() }),
        (&[("2026-12", 9)], CannotOpen::UnknownKey { key_id: "2026-10".to_owned() }),
        (&[NEW, ("2026-10", 99)], CannotOpen::Broken { key_id: "2026-10".to_owned() }),
    ] {
        let refused = loop {
            match SqliteStore::open(directory.path(), &with(keys)) {
                Err(OpenError::AnotherProcess { .. }) => thread::sleep(Duration::from_millis(5)),
                outcome => break outcome.expect_err("a key is missing"),
            }
        };
        let OpenError::Sealed { cause, .. } = &refused else { unreachable!("{refused:?}") };
        assert_eq!(*cause, expected, "{keys:?}");
    }
    let store = SqliteStore::open(directory.path(), &with(&[OLD, NEW])).expect("all are there");
    let database = Database { store, hand, directory };
    for number in 1..=2 {
        assert_eq!(found(&database, number).await, Some(Accepting::number(number).payout()));
    }
    let known: Vec<String> = database.read("SELECT id FROM sealing_key", |row| row.get(0));
    assert_eq!(known, ["2026-10", "2026-11"], "a start that was refused leaves nothing behind");
}

#[tokio::test]
async fn without_its_key_a_payout_waits_and_is_neither_sent_nor_parked() {
    let database = fresh_with(&with(&[NEW]));
    fill(&database).await;
    database.store.close().await.expect("the disk works");
    // Whoever removes this by hand has removed the check at the start.
    database.damage("DELETE FROM sealing_key");
    let database = open(database, &[]).expect("nothing tells that it is sealed");

    let error = database.store.find_unscoped(payout_id(1)).await.expect_err("it is sealed");
    let sent_without = sent(&database).await;
    let states: Vec<String> = database.read("SELECT state FROM payout", |row| row.get(0));

    assert!(matches!(error, RepositoryError::Unavailable(_)), "{error:?}");
    let said = chain(&error);
    assert!(said.contains("`2026-11`") && said.contains("serve.sealing_keys_file"), "{said}");
    assert_eq!(sent_without, []);
    assert_eq!(states, ["accepted", "accepted", "accepted"]);
    database.store.close().await.expect("the disk works");
    let database = open(database, &[NEW]).expect("the key is there");
    let sent_with: BTreeSet<_> = sent_at(&database, 100).await.into_iter().collect();
    assert_eq!(sent_with, (1..=3).map(payout_id).collect());
}

#[tokio::test]
async fn a_name_that_looks_sealed_is_a_name() {
    for keys in [[].as_slice(), &[NEW]] {
        let database = fresh_with(&with(keys));
        let name = "\u{1}2026-11:00".to_owned();
        let told = Payment { account_holder_name: Some(name.clone()), ..payment(1) };
        let recorded = database.store.record_payment(&acme(), &told, None).await;
        recorded.expect("the store is there");

        let found = database.store.payment(&acme(), told.id).await.expect("it is there");
        let source = database.store.source(&acme(), payment_source_id(1)).await;

        assert_eq!(found, Some(told));
        let source = source.expect("it is there").expect("it has paid in");
        assert_eq!(source.account_holder_name(), Some(name.as_str()));
    }
}

#[tokio::test]
async fn what_is_learned_of_a_sealed_source_is_sealed_anew() {
    let database = fresh_with(&with(&[NEW]));
    let nameless = Payment { account_holder_name: None, ..payment(1) };
    let recorded = database.store.record_payment(&acme(), &nameless, None).await;
    recorded.expect("the store is there");

    let recorded = database.store.record_payment(&acme(), &payment(2), None).await;
    recorded.expect("the store is there");

    let account = merchant_account_id(1);
    let sources = database.store.sources_of(&acme(), &user("sam"), account).await;
    let sources = sources.expect("they open");
    let names: Vec<_> = sources.iter().map(|source| source.account_holder_name()).collect();
    assert_eq!(names, [Some("SAM EXAMPLE")]);
    assert!(!texts(&database).contains("SAM EXAMPLE"));
}

#[tokio::test]
async fn the_keys_of_a_store_cannot_be_changed_by_hand() {
    let database = fresh_with(&with(&[NEW]));

    database.refuses("DELETE FROM sealing_key", "needs it for ever");
    database.refuses("UPDATE sealing_key SET proof = ''", "a sealing key is itself");
    database.refuses("UPDATE sealing_key SET id = 'a'", "a sealing key is itself");
    database.refuses("INSERT OR REPLACE INTO sealing_key VALUES ('2026-11', '')", "itself");
}

/// Three payouts, and the payment of each.
async fn fill(database: &Database) {
    for number in 1..=3 {
        accept(&database.store, number).await;
        let recorded = database.store.record_payment(&acme(), &payment(number), None).await;
        recorded.expect("the store is there");
    }
}

/// The transmission of the first payout, which the provider refuses in words that name a person.
async fn refuse(database: &Database) {
    let claimed = database.store.claim_sendable(&send_order(seconds(1))).await;
    let claim = claimed.expect("it is due").to_send.pop().expect("it is due");
    let outcome = "rejected: no such person: SAM EXAMPLE".into();
    let end = AttemptEnd { attempt: 1, at: seconds(1), outcome };
    let change = PayoutChange { attempt_end: Some(end.clone()), ..unchanged(&claim.payout) };
    database.store.save(change).await.expect("the change fits");
    let attempts = database.store.attempts(claim.payout.id()).await.expect("they open");
    let ends: Vec<_> = attempts.into_iter().filter_map(|attempt| attempt.ended).collect();
    assert_eq!(ends, [end]);
}

async fn found(database: &Database, number: u64) -> Option<payout_domain::Payout> {
    database.store.find_unscoped(payout_id(number)).await.expect("it opens")
}

async fn sent(database: &Database) -> Vec<PayoutId> {
    sent_at(database, 10).await
}

async fn sent_at(database: &Database, at: u64) -> Vec<PayoutId> {
    let claimed = database.store.claim_sendable(&send_order(seconds(at))).await;
    let claims = claimed.expect("the others can be read").to_send;
    claims.iter().map(|claim| claim.payout.id()).collect()
}
