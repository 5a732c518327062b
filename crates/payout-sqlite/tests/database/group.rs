//! Writes that are committed together.

use std::sync::Arc;

use payout_conformance::fixtures::{Accepting, client, payout_id};
use payout_ports::{AcceptOutcome, PageOrder, PayoutRepository, RepositoryError};
use payout_sqlite::StoreOptions;
use tokio::task::JoinSet;

use crate::by_hand::{accept, fresh, fresh_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_acceptances_at_once_take_fewer_commits() {
    let database = fresh();
    let store = Arc::new(database.store);

    let mut asking = JoinSet::new();
    for number in 1..=200 {
        let store = Arc::clone(&store);
        asking.spawn(async move { store.accept(Accepting::number(number).acceptance()).await });
    }
    let outcomes = asking.join_all().await;

    let accepted =
        outcomes.iter().filter(|outcome| matches!(outcome, Ok(AcceptOutcome::Accepted))).count();
    assert_eq!(accepted, 200);
    let statistics = store.statistics();
    assert_eq!((statistics.writes, statistics.groups_lost), (200, 0));
    assert!(statistics.commits < 100, "{statistics:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_a_full_disk_what_was_acknowledged_is_there_and_nothing_else() {
    let few = StoreOptions { pages_max: Some(120), ..StoreOptions::default() };
    let database = fresh_with(&few);
    let store = Arc::new(database.store);

    let mut asking = JoinSet::new();
    for number in 1..=300 {
        let store = Arc::clone(&store);
        asking.spawn(async move {
            (number, store.accept(Accepting::number(number).acceptance()).await)
        });
    }
    let outcomes = asking.join_all().await;

    let (accepted, refused): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|(_, outcome)| outcome.is_ok());
    assert!(accepted.len() > 10 && refused.len() > 10, "{} accepted", accepted.len());
    for (number, outcome) in &refused {
        assert!(matches!(outcome, Err(RepositoryError::Unavailable(_))), "{number}: {outcome:?}");
    }
    let page = PageOrder { limit: 1000, after: None };
    let mut stored: Vec<_> = store
        .list(&client("acme"), &page)
        .await
        .expect("to read takes no room")
        .items
        .iter()
        .map(payout_domain::Payout::id)
        .collect();
    let mut acknowledged: Vec<_> = accepted.iter().map(|(number, _)| payout_id(*number)).collect();
    stored.sort_unstable();
    acknowledged.sort_unstable();
    assert_eq!(stored, acknowledged);
    assert_eq!(store.stopped(), None, "there may be room again later");
}

#[tokio::test]
async fn the_log_is_copied_when_it_has_grown_and_is_not_made_longer() {
    let short = StoreOptions { log_pages_max: 50, ..StoreOptions::default() };
    let database = fresh_with(&short);
    // The other hand must not hold the log.
    drop(database.hand);
    let log = database.directory.path().join("payout.sqlite-wal");

    for number in 1..=300 {
        accept(&database.store, number).await;
    }

    let copied = database.store.statistics().checkpoints;
    assert!(copied >= 30, "copied {copied} times");
    // A page of the log is 4 KiB and a header; a write adds a few to the limit.
    let pages = std::fs::metadata(&log).expect("there is a log").len() / 4120;
    assert!(pages < 100, "{pages} pages, which were never written over");
}
