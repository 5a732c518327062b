//! The switch that stops all sending fails closed.

use payout_conformance::fixtures::{seconds, send_order, watch_order};
use payout_domain::Timestamp;
use payout_ports::{Pause, PayoutRepository, RepositoryError, SendSwitch};

use crate::by_hand::{Database, accept, fresh, open};

#[tokio::test]
async fn nothing_is_claimed_while_sending_is_paused() {
    let database = fresh();
    accept(&database.store, 1).await;
    database.store.pause(&pause("ada", seconds(2))).await.expect("the store is there");

    assert_eq!(claimed(&database, 3).await, Ok(0));
    assert_eq!(
        database.store.paused().await.expect("the store is there"),
        Some(pause("ada", seconds(2)))
    );

    database.store.resume().await.expect("the store is there");
    assert_eq!(database.store.paused().await.expect("the store is there"), None);
    assert_eq!(claimed(&database, 3).await, Ok(1));
}

#[tokio::test]
async fn the_first_pause_stands_until_somebody_resumes() {
    let database = fresh();

    for (by, at) in [("ada", 2), ("bob", 3)] {
        database.store.pause(&pause(by, seconds(at))).await.expect("the store is there");
    }

    let paused = database.store.paused().await.expect("the store is there");
    assert_eq!(paused, Some(pause("ada", seconds(2))));
}

#[tokio::test]
async fn paused_stays_paused_through_a_restart() {
    let database = fresh();
    accept(&database.store, 1).await;
    database.store.pause(&pause("ada", seconds(2))).await.expect("the store is there");

    let Database { store, hand, directory } = database;
    drop((store, hand));
    let store = open(directory.path());

    let paused = store.paused().await.expect("the store is there");
    assert_eq!(paused, Some(pause("ada", seconds(2))));
    let claims = store.claim_sendable(&send_order(seconds(9))).await;
    assert_eq!(claims.expect("the store is there").to_send.len(), 0);
}

#[tokio::test]
async fn without_its_row_nothing_is_sent_and_nobody_is_told_otherwise() {
    let database = fresh();
    accept(&database.store, 1).await;
    database.damage("DELETE FROM send_switch");

    assert_eq!(claimed(&database, 3).await, Err(()));
    let paused = database.store.paused().await;
    assert!(matches!(paused, Err(RepositoryError::Corrupt(_))), "{paused:?}");
    let resumed = database.store.resume().await;
    assert!(matches!(resumed, Err(RepositoryError::Corrupt(_))), "{resumed:?}");
    let again = database.store.pause(&pause("ada", seconds(2))).await;
    assert!(matches!(again, Err(RepositoryError::Corrupt(_))), "{again:?}");
    let watched = database.store.claim_watched(&watch_order(seconds(9))).await;
    assert!(watched.is_ok(), "to ask after payouts moves no money");
}

#[tokio::test]
async fn a_switch_that_cannot_be_read_stops_sending() {
    for damage in [
        "UPDATE send_switch SET paused_by = 'no such name!', because = '', paused_at = 1",
        "UPDATE send_switch SET paused_at = 1",
        "UPDATE send_switch SET paused_by = 'ada'",
    ] {
        let database = fresh();
        accept(&database.store, 1).await;
        database.damage(damage);

        assert_eq!(claimed(&database, 3).await, Err(()), "{damage}");
    }
}

#[tokio::test]
async fn there_is_one_switch() {
    let database = fresh();

    for typed in [
        "DELETE FROM send_switch",
        "INSERT INTO send_switch (one) VALUES (2)",
        "INSERT OR REPLACE INTO send_switch (one) VALUES (1)",
    ] {
        database.refuses(typed, "there is one switch");
    }
    database.refuses("UPDATE send_switch SET one = 2", "CHECK constraint failed");
    database.refuses("UPDATE send_switch SET paused_at = 1", "CHECK constraint failed");
}

/// How many payouts a sender gets; an error if the store does not answer.
async fn claimed(database: &Database, at: u64) -> Result<usize, ()> {
    let claims = database.store.claim_sendable(&send_order(seconds(at))).await;
    claims.map(|claimed| claimed.to_send.len()).map_err(drop)
}

fn pause(by: &str, at: Timestamp) -> Pause {
    Pause { by: by.parse().expect("the name is plain"), because: "a drill".into(), at }
}
