//! The schema, today's and tomorrow's.

use payout_ports::{MarkedStore, PayoutRepository};
use payout_postgres::{OpenError, PostgresStore};
use tokio::task::JoinSet;

use crate::by_hand::accept;
use crate::server::{Schema, connect, options};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_instances_that_start_at_once_one_makes_the_schema() {
    let schema = Schema::unmade();

    let mut starting = JoinSet::new();
    for _ in 0..4 {
        let address = schema.address();
        starting.spawn(async move { PostgresStore::open(&address, None, &options()).await });
    }
    let stores = starting.join_all().await;

    let stores: Result<Vec<_>, _> = stores.into_iter().collect();
    let stores = stores.unwrap_or_else(|error| unreachable!("{}", payout_ports::chain(&error)));
    let [first, second, ..] = &*stores else { unreachable!("four have started") };
    let payout = accept(first, 1).await;
    let found = second.find_unscoped(payout.id()).await.expect("the store is there");
    assert_eq!(found, Some(payout));
    let marks = (first.mark().await, second.mark().await);
    assert_eq!(marks.0.expect("the store is there"), marks.1.expect("the store is there"));
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let schema = made().await;
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
         VALUES (7, 'from_the_future', '2030-01-01T00:00:00Z', '1')";
    connect(&schema.name).await.batch_execute(newer).await.expect("the history is a table");

    let refused = PostgresStore::open(&schema.address(), None, &options()).await;

    assert!(matches!(refused, Err(OpenError::NewerSchema { found: 7, known: 1 })), "{refused:?}");
    let text = refused.expect_err("it does not open").to_string();
    assert!(text.contains("install that version or a newer one"), "{text}");
}

#[tokio::test]
async fn steps_that_were_changed_since_are_refused() {
    let schema = made().await;
    let change = "UPDATE refinery_schema_history SET checksum = '1'";
    connect(&schema.name).await.batch_execute(change).await.expect("the history is a table");

    let refused = PostgresStore::open(&schema.address(), None, &options()).await;

    assert!(matches!(refused, Err(OpenError::Changed { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_schema_of_somebody_else_is_left_alone() {
    let schema = Schema::unmade();
    let others = format!("CREATE SCHEMA {0}; CREATE TABLE {0}.invoice (id uuid)", schema.name);
    connect("pg_catalog").await.batch_execute(&others).await.expect("the name is free");

    let refused = PostgresStore::open(&schema.address(), None, &options()).await;

    assert!(matches!(refused, Err(OpenError::NotOurs)), "{refused:?}");
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_behind() {
    let schema = Schema::unmade();
    // As if the process ended between the step and its record.
    let no_records = format!(
        "CREATE SCHEMA {0}; SET search_path TO {0};
         CREATE TABLE refinery_schema_history (
             version int4 PRIMARY KEY, name varchar(255), applied_on varchar(255),
             checksum varchar(255));
         CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql
             AS 'BEGIN RAISE EXCEPTION ''the process ends here''; END';
         CREATE TRIGGER no BEFORE INSERT ON refinery_schema_history EXECUTE FUNCTION no()",
        schema.name
    );
    let hand = connect("pg_catalog").await;
    hand.batch_execute(&no_records).await.expect("the name is free");

    let interrupted = PostgresStore::open(&schema.address(), None, &options()).await;

    assert!(interrupted.is_err(), "{interrupted:?}");
    let again = "DROP TRIGGER no ON refinery_schema_history";
    hand.batch_execute(again).await.expect("it is there");
    schema.open().await;
}

/// A schema that a store has made, and that is never used again.
async fn made() -> Schema {
    let schema = Schema::unmade();
    schema.open().await.close();
    schema
}
