//! A store, and a second hand on its tables.

use payout_conformance::fixtures::Accepting;
use payout_domain::Payout;
use payout_ports::{AcceptOutcome, PayoutRepository};
use payout_postgres::PostgresStore;
use tokio_postgres::Client;

use crate::server::{Schema, connect};

/// A store in a schema of its own, and a second hand on it: a superuser's connection, as in `psql`.
pub(crate) async fn fresh() -> (PostgresStore, Client, Schema) {
    let schema = Schema::fresh().await;
    let store = schema.open().await;
    let hand = connect(&schema.name).await;
    (store, hand, schema)
}

/// Has the payout with this number accepted.
pub(crate) async fn accept(store: &PostgresStore, number: u64) -> Payout {
    let accepting = Accepting::number(number);
    let outcome = store.accept(accepting.acceptance()).await.expect("the store is there");
    assert_eq!(outcome, AcceptOutcome::Accepted);
    accepting.payout()
}

/// Asserts that a statement is refused with these words.
pub(crate) async fn refused(hand: &Client, sql: &str, words: &str) {
    let refusal = hand.batch_execute(sql).await.expect_err(sql);
    let refusal = refusal.as_db_error().map(|error| error.message().to_owned());
    assert!(refusal.as_ref().is_some_and(|said| said.contains(words)), "{sql}: {refusal:?}");
}

/// Does something that the triggers forbid.
pub(crate) async fn damage(hand: &Client, sql: &str) {
    hand.batch_execute("SET session_replication_role TO replica").await.expect("a superuser may");
    let done = hand.batch_execute(sql).await;
    hand.batch_execute("RESET session_replication_role").await.expect("a superuser may");
    done.expect(sql);
}
