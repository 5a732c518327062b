//! Changes whose events do not fit are never written, and nobody is told that they were.

use payout_conformance::fixtures::{change, seconds};
use payout_domain::{Evidence, ParkReason, Payout};
use payout_ports::{PayoutChange, PayoutRepository, SaveError};
use payout_postgres::PostgresStore;

use crate::by_hand::{accept, fresh};

#[tokio::test]
async fn a_gap_between_events_is_refused() {
    let (store, _hand, _schema) = fresh().await;
    let payout = accept(&store, 1).await;
    let mut change = parking(&payout);
    for event in &mut change.events {
        event.version = 3;
    }

    refused(&store, &payout, change).await;
}

#[tokio::test]
async fn an_event_that_repeats_a_version_is_refused() {
    let (store, _hand, _schema) = fresh().await;
    let payout = accept(&store, 1).await;
    let mut change = parking(&payout);
    for event in &mut change.events {
        event.version = 1;
    }

    refused(&store, &payout, change).await;
}

#[tokio::test]
async fn the_same_event_twice_is_refused() {
    let (store, _hand, _schema) = fresh().await;
    let payout = accept(&store, 1).await;
    let mut change = parking(&payout);
    change.events.extend(change.events.clone());

    refused(&store, &payout, change).await;
}

#[tokio::test]
async fn a_change_without_its_event_is_refused() {
    let (store, _hand, _schema) = fresh().await;
    let payout = accept(&store, 1).await;

    refused(&store, &payout, PayoutChange { events: Vec::new(), ..parking(&payout) }).await;
}

#[tokio::test]
async fn an_event_without_its_change_is_refused() {
    let (store, _hand, _schema) = fresh().await;
    let payout = accept(&store, 1).await;

    let change = PayoutChange { payout: payout.clone(), ..parking(&payout) };

    refused(&store, &payout, change).await;
}

fn parking(payout: &Payout) -> PayoutChange {
    change(payout, &Evidence::Parked(ParkReason::TooOld), seconds(5))
}

/// Asserts that a change is refused, but not as one that somebody else was faster with, and that
/// nothing of it is written.
async fn refused(store: &PostgresStore, payout: &Payout, change: PayoutChange) {
    let outcome = store.save(change).await;

    let Err(SaveError::Unavailable(cause)) = outcome else { unreachable!("{outcome:?}") };
    assert_eq!(cause.to_string(), "a change has not one event for each new version");
    let stored = store.find_unscoped(payout.id()).await.expect("the store is there");
    assert_eq!(stored.as_ref(), Some(payout));
    let history = store.history(payout.client_id(), payout.id()).await;
    assert_eq!(history.expect("the store is there").map(|events| events.len()), Some(1));
    assert_eq!(store.stopped(), None);
}
