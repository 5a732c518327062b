//! What goes on at once after a crash: whoever worked then is surely gone.

use std::time::Duration;

use payout_conformance::fixtures::{
    LEASE, change, event_id, payment, profile, seconds, send_order, watch_order,
};
use payout_domain::{EventId, Evidence};
use payout_ports::{
    AfterFailure, Epoch, Inbox, InboxEntry, InboxSubject, NewNotification, NotificationKind,
    Outbox, PaymentRepository, PayoutChange, PayoutRepository, Schedule,
};
use payout_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::by_hand::{Database, accept, fresh, open};

#[tokio::test]
async fn what_a_crash_cut_off_is_sent_again_at_once() {
    let database = fresh();
    accept(&database.store, 1).await;
    let first = claim(&database.store, 10).await;

    let (store, _directory) = crashed_and_opened_again(database);

    let second = claim(&store, 10).await;
    assert_eq!(second, [(payout_conformance::fixtures::payout_id(1), Epoch(2))]);
    assert_eq!(first.len(), 1);
    assert_eq!(claim(&store, 11).await, [], "it is leased again");
}

#[tokio::test]
async fn after_a_clean_stop_a_lease_takes_its_course() {
    let database = fresh();
    accept(&database.store, 1).await;
    claim(&database.store, 10).await;
    database.store.close().await.expect("the disk works");

    let (store, _directory) = crashed_and_opened_again(database);

    assert_eq!(claim(&store, 69).await, []);
    assert_eq!(claim(&store, 70).await.len(), 1);
}

#[tokio::test]
async fn what_waits_after_an_unknown_outcome_goes_on_waiting() {
    let database = fresh();
    accept(&database.store, 1).await;
    let claims = database.store.claim_sendable(&send_order(seconds(10))).await;
    let claims = claims.expect("the store is there").to_send;
    let [claim_of_it] = &*claims else { unreachable!("one is due") };
    let unknown =
        change(&claim_of_it.payout, &Evidence::OutcomeUnknown { attempt: 1 }, seconds(11));
    let later = Schedule { due_at: Some(seconds(500)), epoch: None };
    let unknown = PayoutChange { schedule: Some(later), ..unknown };
    database.store.save(unknown).await.expect("the change fits");

    let (store, _directory) = crashed_and_opened_again(database);

    assert_eq!(claim(&store, 499).await, []);
    assert_eq!(claim(&store, 500).await.len(), 1);
}

#[tokio::test]
async fn what_was_asked_after_is_not_asked_after_sooner() {
    let database = fresh();
    accept(&database.store, 1).await;
    let claims = database.store.claim_sendable(&send_order(seconds(10))).await;
    let claims = claims.expect("the store is there").to_send;
    let [claim] = &*claims else { unreachable!("one is due") };
    let gateway_payout_id = payout_conformance::fixtures::gateway_payout_id(1);
    let taken = change(&claim.payout, &Evidence::Acknowledged { gateway_payout_id }, seconds(11));
    let now = Schedule { due_at: Some(seconds(11)), epoch: None };
    let taken = PayoutChange { schedule: Some(now), ..taken };
    database.store.save(taken).await.expect("the change fits");
    let watched = database.store.claim_watched(&watch_order(seconds(11))).await;
    assert_eq!(watched.expect("the store is there").len(), 1);

    let (store, _directory) = crashed_and_opened_again(database);

    let watched = store.claim_watched(&watch_order(seconds(12))).await;
    assert_eq!(watched.expect("the store is there"), []);
}

#[tokio::test]
async fn an_event_that_was_being_worked_off_is_claimed_at_once() {
    let database = fresh();
    let entry = InboxEntry {
        profile: profile(),
        event_id: event_id(1),
        digest: [1; 32],
        subject: InboxSubject::Other,
        received_at: seconds(1),
    };
    database.store.remember(&entry).await.expect("the store is there");
    let claimed = database.store.claim_events(seconds(2), 9, LEASE).await;
    assert_eq!(claimed.expect("the store is there").len(), 1);

    let (store, _directory) = crashed_and_opened_again(database);

    let claimed = store.claim_events(seconds(2), 9, LEASE).await.expect("the store is there");
    assert_eq!(claimed, [entry]);
}

#[tokio::test]
async fn a_notification_that_was_being_told_is_told_at_once() {
    let database = fresh();
    to_tell(&database.store, 1).await;
    assert_eq!(told(&database.store, 2).await, [event_id(1)]);

    let (store, _directory) = crashed_and_opened_again(database);

    assert_eq!(told(&store, 2).await, [event_id(1)]);
}

#[tokio::test]
async fn a_notification_that_waits_after_a_failure_goes_on_waiting() {
    let database = fresh();
    to_tell(&database.store, 1).await;
    assert_eq!(told(&database.store, 2).await, [event_id(1)]);
    let again = AfterFailure::Again(seconds(300));
    database.store.notification_failed(event_id(1), again).await.expect("the store is there");
    assert_eq!(told(&database.store, 300).await, [event_id(1)], "a second try, cut off");

    let (store, _directory) = crashed_and_opened_again(database);

    assert_eq!(told(&store, 299).await, []);
    assert_eq!(told(&store, 300).await, [event_id(1)]);
}

#[tokio::test]
async fn what_was_given_up_stays_so() {
    let database = fresh();
    to_tell(&database.store, 1).await;
    let given_up = AfterFailure::GiveUp(seconds(3));
    database.store.notification_failed(event_id(1), given_up).await.expect("the store is there");

    let (store, _directory) = crashed_and_opened_again(database);

    assert_eq!(told(&store, 1000).await, []);
    let dead = store.dead_letters(9, None).await.expect("the store is there");
    assert_eq!(dead.len(), 1);
}

/// To drop a store leaves the file as a crash of the process does. The directory lives as long as it
/// is held.
fn crashed_and_opened_again(database: Database) -> (SqliteStore, TempDir) {
    let Database { store, hand, directory } = database;
    drop((store, hand));
    (open(directory.path()), directory)
}

async fn claim(store: &SqliteStore, at: u64) -> Vec<(payout_domain::PayoutId, Epoch)> {
    let claims = store.claim_sendable(&send_order(seconds(at))).await.expect("the store is there");
    claims.to_send.iter().map(|claim| (claim.payout.id(), claim.epoch)).collect()
}

async fn to_tell(store: &SqliteStore, number: u64) {
    let client = "acme".parse().expect("the name is plain");
    let notification = NewNotification {
        event_id: event_id(number),
        kind: NotificationKind::PaymentSettled,
        sequence: 1,
        created_at: seconds(1),
    };
    let paid = store.record_payment(&client, &payment(number), Some(notification)).await;
    paid.expect("the store is there");
}

async fn told(store: &SqliteStore, at: u64) -> Vec<EventId> {
    let lease = Duration::from_mins(1);
    let told = store.claim_notifications(seconds(at), 9, lease).await.expect("the store is there");
    told.iter().map(|notification| notification.event_id).collect()
}
