//! The schema, today's and tomorrow's.

use std::path::Path;

use payout_sqlite::{OpenError, SqliteStore, StoreOptions};

use crate::by_hand::{connect, fresh};

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let database = fresh();
    database.store.close().await.expect("the disk works");
    add_step(database.directory.path(), 7);

    let outcome = SqliteStore::open(database.directory.path(), &StoreOptions::default());

    assert!(
        matches!(outcome, Err(OpenError::NewerSchema { found: 7, known: 1, .. })),
        "{outcome:?}"
    );
    let text = outcome.expect_err("it does not open").to_string();
    assert!(text.contains("schema 7, this one knows 1"), "{text}");
    assert!(text.contains("install that version or a newer one"), "{text}");
}

#[tokio::test]
async fn a_database_of_an_unreleased_build_is_refused_and_left_alone() {
    let database = fresh();
    database.store.close().await.expect("the disk works");
    let hand = connect(database.directory.path());
    hand.execute("UPDATE refinery_schema_history SET checksum = '1'", ()).expect("it is a table");
    drop(hand);

    let outcome = SqliteStore::open(database.directory.path(), &StoreOptions::default());

    assert!(matches!(outcome, Err(OpenError::UnreleasedSchema { .. })), "{outcome:?}");
    let text = outcome.expect_err("it does not open").to_string();
    assert!(text.contains("made by an unreleased build"), "{text}");
    assert!(text.contains("move its directory away"), "{text}");
}

#[tokio::test]
async fn to_open_it_again_changes_nothing_of_the_schema() {
    let database = fresh();
    let schema = |database: &crate::by_hand::Database| -> Vec<(String, Option<String>)> {
        database.read("SELECT name, sql FROM sqlite_schema ORDER BY name", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    };
    let before = schema(&database);
    database.store.close().await.expect("the disk works");

    let store = SqliteStore::open(database.directory.path(), &StoreOptions::default());

    let store = store.expect("nobody uses it any more");
    assert_eq!(schema(&crate::by_hand::Database { store, ..database }), before);
    assert!(before.len() > 20, "there are tables, indexes and triggers");
}

#[tokio::test]
async fn every_table_checks_its_types() {
    let database = fresh();

    let loose: Vec<String> = database.read(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 \
         AND name NOT LIKE 'sqlite_%' AND name <> 'refinery_schema_history'",
        |row| row.get(0),
    );

    assert_eq!(loose, Vec::<String>::new());
}

fn add_step(directory: &Path, version: u32) {
    connect(directory)
        .execute(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
             VALUES (?1, 'from_the_future', '2030-01-01T00:00:00Z', '1')",
            [version],
        )
        .expect("the history is a table");
}
