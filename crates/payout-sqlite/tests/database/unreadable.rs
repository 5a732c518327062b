//! One row that cannot be read keeps nobody else waiting.

use std::time::Duration;

use payout_conformance::fixtures::{
    LEASE, change, event_id, gateway_payout_id, just_before, payment, payout_id, profile, seconds,
    send_order, watch_order,
};
use payout_domain::{EventId, Evidence, Payout, PayoutId};
use payout_ports::{
    Inbox, InboxEntry, InboxSubject, NewNotification, NotificationKind, Outbox, PaymentRepository,
    PayoutChange, PayoutRepository, Schedule,
};

use crate::by_hand::{Database, accept, fresh};

/// The row of the first payout.
const FIRST: &str = "WHERE seq = 1";

#[tokio::test]
async fn a_payout_that_cannot_be_read_is_put_off_and_the_others_are_sent() {
    for damage in [
        "UPDATE payout SET currency = '???'",
        "UPDATE payout SET state = 'sending:sometimes'",
        "UPDATE payout SET id = x'00'",
        "UPDATE payout SET amount_minor = -1",
        "UPDATE payout SET client_id = ''",
        "UPDATE payout SET gateway_key = ''",
    ] {
        let database = with_payouts().await;
        database.damage(&format!("{damage} {FIRST}"));

        assert_eq!(sent(&database, 10).await, [payout_id(2), payout_id(3)], "{damage}");
    }
}

#[tokio::test]
async fn a_payout_that_contradicts_its_history_is_put_off_and_the_others_are_sent() {
    for damage in [
        // The next event would leave a gap, or repeat a version.
        "UPDATE payout SET version = 9",
        "DELETE FROM payout_event WHERE payout = 1 --",
        // The next transmission has begun already.
        "INSERT INTO payout_attempt VALUES (1, 1, 0, 0, 0, 1, NULL, NULL) --",
        // No such step leads on from there.
        "UPDATE payout_event SET state = 'executed' WHERE payout = 1 --",
    ] {
        let database = with_payouts().await;
        database.damage(&format!("{damage} {FIRST}"));

        assert_eq!(sent(&database, 10).await, [payout_id(2), payout_id(3)], "{damage}");
        let lease_end = seconds(10).plus(LEASE);
        let put_off: Vec<i64> =
            database.read("SELECT due_at FROM payout WHERE seq = 1", |row| row.get(0));
        assert_eq!(put_off, [lease_end.as_micros()], "{damage}");
        let begun: Vec<u32> =
            database.read("SELECT attempts FROM payout ORDER BY seq", |row| row.get(0));
        assert_eq!(begun, [0, 1, 1], "{damage}");
    }
}

#[tokio::test]
async fn a_payout_that_cannot_be_read_is_put_off_and_the_others_are_asked_after() {
    let database = with_payouts().await;
    let claims = database.store.claim_sendable(&send_order(seconds(10))).await;
    for (number, claim) in (1..).zip(claims.expect("the store is there").to_send) {
        taken_in(&database, &claim.payout, number).await;
    }
    database.damage("UPDATE payout SET currency = '???' WHERE seq = 1");

    let watched = |at| database.store.claim_watched(at);
    let now = watch_order(seconds(11));
    let first = watched(&now).await.expect("the others can be read");
    let second = watched(&now).await.expect("the others can be read");

    assert_eq!(first.iter().map(Payout::id).collect::<Vec<_>>(), [payout_id(2), payout_id(3)]);
    assert_eq!(second, []);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_put_off_and_the_others_are_claimed() {
    for damage in [
        "UPDATE inbox SET subject = 'weather'",
        "UPDATE inbox SET subject_id = NULL",
        "UPDATE inbox SET digest = x'00'",
        "UPDATE inbox SET event_id = x'00'",
    ] {
        let database = fresh();
        for number in 1..=3 {
            let remembered = database.store.remember(&event(number)).await;
            remembered.expect("the store is there");
        }
        database.damage(&format!("{damage} WHERE received_at = {}", seconds(1).as_micros()));

        let lease_end = seconds(10).plus(LEASE);
        for at in [seconds(10), lease_end] {
            let claimed = database.store.claim_events(at, 9, LEASE).await;
            let claimed = claimed.expect("the others can be read");
            assert_eq!(claimed, [event(2), event(3)], "{damage}");
            let due: Vec<i64> =
                database.read("SELECT DISTINCT due_at FROM inbox", |row| row.get(0));
            assert_eq!(due, [at.plus(LEASE).as_micros()], "{damage}");
        }
    }
}

#[tokio::test]
async fn a_notification_that_cannot_be_read_is_put_off_and_the_others_are_told() {
    for damage in [
        "UPDATE outbox SET kind = 'weather'",
        "UPDATE outbox SET client_id = ''",
        "UPDATE outbox SET payment_id = NULL",
        "UPDATE outbox SET payment_id = zeroblob(16)",
        "UPDATE outbox SET event_id = x'00'",
        "UPDATE outbox SET sequence = -1",
    ] {
        let database = fresh();
        for number in 1..=3 {
            to_tell(&database, number).await;
        }
        database.damage(&format!("{damage} {FIRST}"));

        assert_eq!(told(&database, 10).await, [event_id(2), event_id(3)], "{damage}");
        assert_eq!(told(&database, 69).await, [], "{damage}");
        assert_eq!(told(&database, 70).await, [event_id(2), event_id(3)], "{damage}");
    }
}

/// Three payouts, due one after the other.
async fn with_payouts() -> Database {
    let database = fresh();
    for number in 1..=3 {
        accept(&database.store, number).await;
    }
    database
}

/// What is sent; nothing more is, as long as the leases last.
async fn sent(database: &Database, at: u64) -> Vec<PayoutId> {
    let claim = |order| async move { database.store.claim_sendable(&order).await };
    let claims = claim(send_order(seconds(at))).await.expect("the others can be read");
    let later = send_order(just_before(seconds(at).plus(LEASE)));
    let again = claim(later).await.expect("the others can be read");
    assert_eq!((again.to_send.len(), again.set_aside), (0, 0));
    claims.to_send.iter().map(|claim| claim.payout.id()).collect()
}

/// The provider has it; it is to be asked after.
async fn taken_in(database: &Database, sending: &Payout, number: u64) {
    let acknowledged = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(number) };
    let now = Schedule { due_at: Some(seconds(10)), epoch: None };
    let taken = PayoutChange { schedule: Some(now), ..change(sending, &acknowledged, seconds(10)) };
    database.store.save(taken).await.expect("the change fits");
}

fn event(number: u64) -> InboxEntry {
    InboxEntry {
        profile: profile(),
        event_id: event_id(number),
        digest: [1; 32],
        subject: InboxSubject::Payout(gateway_payout_id(number)),
        received_at: seconds(number),
    }
}

async fn to_tell(database: &Database, number: u64) {
    let client = "acme".parse().expect("the name is plain");
    let notification = NewNotification {
        event_id: event_id(number),
        kind: NotificationKind::PaymentSettled,
        sequence: 1,
        created_at: seconds(number),
    };
    let paid = database.store.record_payment(&client, &payment(number), Some(notification)).await;
    paid.expect("the store is there");
}

async fn told(database: &Database, at: u64) -> Vec<EventId> {
    let lease = Duration::from_mins(1);
    let told = database.store.claim_notifications(seconds(at), 9, lease).await;
    let told = told.expect("the others can be read");
    told.iter().map(|notification| notification.event_id).collect()
}
