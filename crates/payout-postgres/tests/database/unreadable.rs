//! One row that cannot be read keeps nobody else waiting.

use payout_conformance::fixtures::{
    LEASE, acme, change, event_id, gateway_payout_id, payment, payout_id, profile, seconds,
    send_order, watch_order,
};
use payout_domain::{EventId, Evidence, Payout, PayoutId};
use payout_ports::{
    Inbox, InboxEntry, InboxSubject, NewNotification, NotificationKind, Outbox, PaymentRepository,
    PayoutChange, PayoutRepository, Schedule,
};
use payout_postgres::PostgresStore;

use crate::by_hand::{accept, damage, fresh};

#[tokio::test]
async fn a_payout_that_cannot_be_read_is_put_off_and_the_others_are_sent() {
    let key = "gateway_key = chr(10) || gateway_key";
    for column in ["currency = '???'", "client_id = ''", key, "reference = ''"] {
        let (store, hand, _schema) = fresh().await;
        accept_three(&store).await;
        let id = payout_id(1);
        damage(&hand, &format!("UPDATE payout SET {column} WHERE id = '{id}'")).await;

        assert_eq!(sent(&store, 10).await, [payout_id(2), payout_id(3)], "{column}");
        assert_eq!(sent(&store, 11).await, [], "{column}");
    }
}

#[tokio::test]
async fn a_payout_that_contradicts_its_history_is_put_off_and_the_others_are_sent() {
    let id = payout_id(1);
    for damaged in [
        // The next event would leave a gap.
        format!("UPDATE payout SET version = 9 WHERE id = '{id}'"),
        // The next event would be the first.
        format!("DELETE FROM payout_event WHERE payout_id = '{id}'"),
        // The next transmission has begun already.
        format!("INSERT INTO payout_attempt VALUES ('{id}', 1, 0, 0, 0, 1)"),
        // No such step leads on from there.
        format!("UPDATE payout_event SET state = 'executed' WHERE payout_id = '{id}'"),
    ] {
        let (store, hand, _schema) = fresh().await;
        accept_three(&store).await;
        damage(&hand, &damaged).await;

        assert_eq!(sent(&store, 10).await, [payout_id(2), payout_id(3)], "{damaged}");
        let due = "SELECT due_at, attempts FROM payout ORDER BY created_at";
        let rows = hand.query(due, &[]).await.expect("it is a table");
        let rows: Vec<(i64, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let lease_end = seconds(10).plus(LEASE).as_micros();
        assert_eq!(rows, [(lease_end, 0), (lease_end, 1), (lease_end, 1)], "{damaged}");
    }
}

#[tokio::test]
async fn a_payout_that_cannot_be_read_is_put_off_and_the_others_are_asked_after() {
    let (store, hand, _schema) = fresh().await;
    accept_three(&store).await;
    let claims = store.claim_sendable(&send_order(seconds(10))).await.expect("it is there");
    for (number, claim) in (1..).zip(claims.to_send) {
        taken_in(&store, &claim.payout, number).await;
    }
    let id = payout_id(1);
    damage(&hand, &format!("UPDATE payout SET currency = '???' WHERE id = '{id}'")).await;

    let now = watch_order(seconds(11));
    let first = store.claim_watched(&now).await.expect("the others can be read");
    let second = store.claim_watched(&now).await.expect("the others can be read");

    assert_eq!(first.iter().map(Payout::id).collect::<Vec<_>>(), [payout_id(2), payout_id(3)]);
    assert_eq!(second, []);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_put_off_and_the_others_are_claimed() {
    let (store, hand, mut schema) = fresh().await;
    schema.spoil();
    for number in 1..=3 {
        store.remember(&event(number)).await.expect("the store is there");
    }
    let first = seconds(1).as_micros();
    let weather = format!(
        "ALTER TABLE inbox DROP CONSTRAINT inbox_subject_check;
         UPDATE inbox SET subject = 'weather' WHERE received_at = {first}"
    );
    damage(&hand, &weather).await;

    for at in [seconds(10), seconds(10).plus(LEASE)] {
        let claimed = store.claim_events(at, 9, LEASE).await.expect("the others can be read");
        assert_eq!(claimed, [event(2), event(3)]);
    }
}

#[tokio::test]
async fn a_notification_that_cannot_be_read_is_put_off_and_the_others_are_told() {
    for column in ["client_id = ''", "payment_id = gen_random_uuid()"] {
        let (store, hand, _schema) = fresh().await;
        for number in 1..=3 {
            to_tell(&store, number).await;
        }
        let id = event_id(1);
        damage(&hand, &format!("UPDATE outbox SET {column} WHERE event_id = '{id}'")).await;

        assert_eq!(told(&store, 10).await, [event_id(2), event_id(3)], "{column}");
        assert_eq!(told(&store, 69).await, [], "{column}");
        assert_eq!(told(&store, 70).await, [event_id(2), event_id(3)], "{column}");
    }
}

/// Three payouts, due one after the other.
async fn accept_three(store: &PostgresStore) {
    for number in 1..=3 {
        accept(store, number).await;
    }
}

async fn sent(store: &PostgresStore, at: u64) -> Vec<PayoutId> {
    let claims = store.claim_sendable(&send_order(seconds(at))).await;
    let claims = claims.expect("the others can be read").to_send;
    claims.iter().map(|claim| claim.payout.id()).collect()
}

/// The provider has it; it is to be asked after.
async fn taken_in(store: &PostgresStore, sending: &Payout, number: u64) {
    let acknowledged = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(number) };
    let now = Schedule { due_at: Some(seconds(10)), epoch: None };
    let taken = PayoutChange { schedule: Some(now), ..change(sending, &acknowledged, seconds(10)) };
    store.save(taken).await.expect("the change fits");
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

async fn to_tell(store: &PostgresStore, number: u64) {
    let notification = NewNotification {
        event_id: event_id(number),
        kind: NotificationKind::PaymentSettled,
        sequence: 1,
        created_at: seconds(number),
    };
    let paid = store.record_payment(&acme(), &payment(number), Some(notification)).await;
    paid.expect("the store is there");
}

async fn told(store: &PostgresStore, at: u64) -> Vec<EventId> {
    let told = store.claim_notifications(seconds(at), 9, LEASE).await;
    let told = told.expect("the others can be read");
    told.iter().map(|notification| notification.event_id).collect()
}
