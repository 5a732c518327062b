//! Which store it is, where, and how far it has come.

use std::fs;
use std::sync::Arc;

use payout_conformance::fixtures::{Accepting, change, seconds, send_order, unchanged};
use payout_domain::Evidence;
use payout_ports::{MarkedStore, PayoutRepository, RepositoryError, StoreMark};
use payout_sqlite::SqliteStore;
use tokio::task::JoinSet;

use crate::by_hand::{Database, accept, file, fresh, open};

#[tokio::test]
async fn it_goes_forward_with_each_acceptance_claim_and_save() {
    let database = fresh();
    let store = &database.store;
    let empty = mark(store).await;
    assert_eq!((empty.sequence, empty.latest_at), (0, None));

    accept(store, 1).await;
    let accepted = mark(store).await;
    assert_eq!((accepted.sequence, accepted.latest_at), (1, Some(seconds(1))));

    let claims = store.claim_sendable(&send_order(seconds(5))).await.expect("the store is there");
    let [claim] = &*claims.to_send else { unreachable!("one is due") };
    let claimed = mark(store).await;
    assert_eq!((claimed.sequence, claimed.latest_at), (2, Some(seconds(5))));

    let known = change(&claim.payout, &Evidence::OutcomeUnknown { attempt: 1 }, seconds(7));
    store.save(known.clone()).await.expect("the change fits");
    let saved = mark(store).await;
    assert_eq!((saved.sequence, saved.latest_at), (3, Some(seconds(7))));

    store.save(unchanged(&known.payout)).await.expect("the change fits");
    let rescheduled = mark(store).await;
    assert_eq!((rescheduled.sequence, rescheduled.latest_at), (4, Some(seconds(7))));
}

#[tokio::test]
async fn what_writes_nothing_leaves_it_where_it_is() {
    let database = fresh();
    let store = &database.store;
    accept(store, 1).await;
    let before = mark(store).await;

    store.accept(Accepting::number(1).acceptance()).await.expect("it is a replay");
    store.accept(Accepting::number(2).under("key-1").acceptance()).await.expect("it is refused");
    store.claim_sendable(&send_order(seconds(0))).await.expect("nothing is due");
    let stale = change(&Accepting::number(9).payout(), &Evidence::Accepted, seconds(3));
    store.save(stale).await.expect_err("there is no such payout");

    assert_eq!(mark(store).await, before);
}

#[tokio::test]
async fn what_was_parked_by_a_claim_brings_it_forward() {
    let database = fresh();
    accept(&database.store, 1).await;
    let too_late = seconds(100 * 3600);

    let claims = database.store.claim_sendable(&send_order(too_late)).await;

    assert_eq!(claims.expect("the store is there").to_send.len(), 0);
    let mark = mark(&database.store).await;
    assert_eq!((mark.sequence, mark.latest_at), (2, Some(too_late)));
}

#[tokio::test]
async fn the_newest_event_is_not_forgotten_for_an_older_one() {
    let database = fresh();
    accept(&database.store, 50).await;

    accept(&database.store, 3).await;

    let mark = mark(&database.store).await;
    assert_eq!((mark.sequence, mark.latest_at), (2, Some(seconds(50))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_of_writes_takes_one_step() {
    let database = fresh();
    let store = Arc::new(database.store);

    let mut asking = JoinSet::new();
    for number in 1..=200 {
        let store = Arc::clone(&store);
        asking.spawn(async move { store.accept(Accepting::number(number).acceptance()).await });
    }
    let outcomes = asking.join_all().await;

    assert!(outcomes.iter().all(Result::is_ok));
    let commits = store.statistics().commits;
    let mark = mark(&store).await;
    assert!(commits < 100, "{commits} commits");
    assert_eq!((mark.sequence, mark.latest_at), (commits, Some(seconds(200))));
}

#[tokio::test]
async fn it_is_itself_through_a_restart() {
    let database = fresh();
    accept(&database.store, 1).await;
    let before = mark(&database.store).await;

    let Database { store, hand, directory } = database;
    store.close().await.expect("the disk works");
    drop((store, hand));
    let again = open(directory.path());

    assert_eq!(mark(&again).await, before);
}

#[tokio::test]
async fn a_copy_is_the_same_store_in_another_place() {
    let database = fresh();
    accept(&database.store, 1).await;
    let original = mark(&database.store).await;
    database.store.close().await.expect("the disk works");
    let elsewhere = tempfile::tempdir().expect("there is room for temporary files");
    fs::copy(file(database.directory.path()), file(elsewhere.path())).expect("it is one file");

    let copy = mark(&open(elsewhere.path())).await;

    assert_ne!(copy.place, original.place);
    assert_eq!(StoreMark { place: original.place.clone(), ..copy }, original);
}

#[tokio::test]
async fn two_stores_are_two() {
    let (one, other) = (mark(&fresh().store).await, mark(&fresh().store).await);

    assert_ne!(one.store, other.store);
    assert_eq!(one.store.len(), 36, "it is a UUID: {}", one.store);
}

#[tokio::test]
async fn a_store_that_does_not_know_itself_says_so() {
    let database = fresh();
    database.damage("DELETE FROM store");

    let mark = database.store.mark().await;

    assert!(matches!(mark, Err(RepositoryError::Corrupt(_))), "{mark:?}");
}

#[tokio::test]
async fn what_a_store_is_cannot_be_typed() {
    let database = fresh();
    accept(&database.store, 1).await;

    for typed in [
        "UPDATE store SET id = randomblob(16)",
        "UPDATE store SET one = 1",
        "DELETE FROM store",
        "INSERT INTO store VALUES (2, randomblob(16), 0, NULL)",
        "INSERT OR REPLACE INTO store VALUES (1, randomblob(16), 0, NULL)",
    ] {
        database.refuses(typed, "a store is itself");
    }
    for typed in [
        "UPDATE store SET sequence = sequence - 1",
        "UPDATE store SET latest_at = latest_at - 1",
        "UPDATE store SET latest_at = NULL",
    ] {
        database.refuses(typed, "a store only goes forward");
    }
}

async fn mark(store: &SqliteStore) -> StoreMark {
    store.mark().await.expect("the store is there")
}
