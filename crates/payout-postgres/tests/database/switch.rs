//! The switch that stops all sending fails closed.

use std::time::Duration;

use payout_conformance::fixtures::{operator, seconds, send_order, watch_order};
use payout_domain::Timestamp;
use payout_ports::{Pause, PayoutRepository, RepositoryError, SendSwitch};
use payout_postgres::PostgresStore;

use crate::by_hand::{accept, damage, fresh, refused};
use crate::server::Schema;

/// Long enough for what does not wait, and shorter than any limit of the store.
const MOMENT: Duration = Duration::from_millis(400);

#[tokio::test]
async fn a_pause_counts_for_every_instance() {
    let schema = Schema::fresh().await;
    let (one, other) = (schema.open().await, schema.open().await);
    accept(&one, 1).await;

    one.pause(&pause("ada", seconds(2))).await.expect("the store is there");

    let paused = other.paused().await.expect("the store is there");
    assert_eq!(paused, Some(pause("ada", seconds(2))));
    assert_eq!(claimed(&other, 3).await, Ok(0));
    other.resume().await.expect("the store is there");
    assert_eq!(claimed(&one, 3).await, Ok(1));
}

#[tokio::test]
async fn a_pause_is_not_answered_while_somebody_is_about_to_claim() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;
    // Keeps the claim from committing.
    let hold = "BEGIN; SELECT 1 FROM store_progress FOR UPDATE";
    hand.batch_execute(hold).await.expect("nobody writes");
    let order = send_order(seconds(3));
    let mut claiming = store.claim_sendable(&order);
    let unclaimed = tokio::time::timeout(MOMENT, &mut claiming).await;

    let ada = pause("ada", seconds(4));
    let mut pausing = store.pause(&ada);
    let unanswered = tokio::time::timeout(MOMENT, &mut pausing).await;
    hand.batch_execute("COMMIT").await.expect("it has begun");
    let (claims, paused) = tokio::join!(claiming, pausing);

    assert!(unclaimed.is_err() && unanswered.is_err(), "{unclaimed:?} {unanswered:?}");
    assert_eq!(claims.expect("the store is there").to_send.len(), 1);
    paused.expect("the claim is committed");
    assert_eq!(claimed(&store, 9999).await, Ok(0));
}

#[tokio::test]
async fn without_its_row_nothing_is_sent_and_nobody_is_told_otherwise() {
    let (store, hand, mut schema) = fresh().await;
    schema.spoil();
    accept(&store, 1).await;
    damage(&hand, "DELETE FROM send_switch").await;

    assert_eq!(claimed(&store, 3).await, Err(()));
    let paused = store.paused().await;
    assert!(matches!(paused, Err(RepositoryError::Corrupt(_))), "{paused:?}");
    let resumed = store.resume().await;
    assert!(matches!(resumed, Err(RepositoryError::Corrupt(_))), "{resumed:?}");
    let again = store.pause(&pause("ada", seconds(2))).await;
    assert!(matches!(again, Err(RepositoryError::Corrupt(_))), "{again:?}");
    let watched = store.claim_watched(&watch_order(seconds(9))).await;
    assert!(watched.is_ok(), "to ask after payouts moves no money");
}

#[tokio::test]
async fn a_switch_that_cannot_be_read_stops_sending() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;
    let name = "UPDATE send_switch SET paused_by = 'no such name!', because = '', paused_at = 1";
    damage(&hand, name).await;

    assert_eq!(claimed(&store, 3).await, Err(()));
}

#[tokio::test]
async fn a_pause_has_a_name_a_reason_and_a_time() {
    let (_store, hand, _schema) = fresh().await;

    for half in ["paused_at = 1", "paused_by = 'ada'", "because = 'a drill'"] {
        let change = format!("UPDATE send_switch SET {half}");
        refused(&hand, &change, "send_switch_check").await;
    }
}

/// How many payouts a sender gets; an error if the store does not answer.
async fn claimed(store: &PostgresStore, at: u64) -> Result<usize, ()> {
    let claims = store.claim_sendable(&send_order(seconds(at))).await;
    claims.map(|claimed| claimed.to_send.len()).map_err(drop)
}

fn pause(by: &str, at: Timestamp) -> Pause {
    Pause { by: operator(by), because: "a drill".into(), at }
}
