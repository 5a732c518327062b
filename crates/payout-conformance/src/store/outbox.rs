//! What our clients are to be told.

use payout_domain::{EventId, Evidence, FailureReason, ProviderStatus, Timestamp};
use payout_ports::{
    AfterFailure, Notification, NotificationKind, NotificationSubject, PayoutChange,
};

use super::StoreRig;
use super::payments::pay_and_tell;
use super::steps::{accept, executed, later, read, save, submitted};
use crate::fixtures::{
    Accepting, LEASE, acme, change, event_id, gateway_payout_id, globex, just_before, notification,
    payment, payout_id, seconds,
};

/// `Outbox`, law 3: from the time of the fact on.
pub async fn a_notification_is_claimed_with_what_it_tells(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;

    assert_eq!(claimed(rig, just_before(seconds(10))).await, []);
    let expected = Notification {
        event_id: event_id(1),
        client_id: acme(),
        kind: NotificationKind::PayoutExecuted,
        subject: NotificationSubject::Payout(Box::new(read(rig, payout_id(1)).await)),
        sequence: 1,
        created_at: seconds(10),
        tried_since: seconds(10),
        failures: 0,
    };
    assert_eq!(claimed(rig, seconds(10)).await, [expected]);
}

/// `Outbox`, laws 1 and 3: a teller that dies is no failed delivery.
pub async fn a_notification_is_claimed_until_it_is_done(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;
    let mut now = seconds(10);
    let first = claimed(rig, now).await;
    assert_eq!(first.len(), 1);

    for _ in 0..3 {
        assert_eq!(claimed(rig, just_before(now.plus(LEASE))).await, []);
        now = now.plus(LEASE);
        assert_eq!(claimed(rig, now).await, first);
    }

    done(rig, 1).await;
    assert_eq!(claimed(rig, later()).await, []);
}

/// `Outbox`, law 1.
pub async fn a_failed_notification_waits_and_counts(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;

    for (failures, at) in [(0, 100), (1, 200), (2, 300)] {
        let now = seconds(at);
        let told = claimed(rig, now).await;
        assert_eq!(told.iter().map(|n| n.failures).collect::<Vec<_>>(), [failures]);
        failed(rig, 1, seconds(at.saturating_add(90))).await;
        assert_eq!(claimed(rig, now.plus(LEASE)).await, [], "the failure outlasts the lease");
    }
}

/// `Outbox`, law 1: a late word of failure does not bring it back.
pub async fn a_done_notification_stays_done(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;

    done(rig, 1).await;
    done(rig, 1).await;
    failed(rig, 1, seconds(20)).await;

    assert_eq!(claimed(rig, later()).await, []);
}

/// `Outbox`, law 2: the next only after it is done, also while it is leased.
pub async fn of_one_payout_only_the_first_notification_is_claimed(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;

    assert_eq!(names(&claimed(rig, seconds(30)).await), [event_id(1)]);
    assert_eq!(names(&claimed(rig, seconds(31)).await), []);
    done(rig, 1).await;
    assert_eq!(names(&claimed(rig, seconds(32)).await), [event_id(2)]);
    done(rig, 2).await;
    assert_eq!(names(&claimed(rig, later()).await), []);
}

/// `Outbox`, law 2.
pub async fn a_notification_that_is_put_off_holds_back_those_after_it(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;

    failed(rig, 1, seconds(500)).await;

    assert_eq!(names(&claimed(rig, just_before(seconds(500))).await), []);
    assert_eq!(names(&claimed(rig, seconds(500)).await), [event_id(1)]);
}

/// `Outbox`, law 2: neither ids nor times decide, also for two of one change.
pub async fn order_within_a_payout_is_the_order_of_writing(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let status = ProviderStatus::Failed { at: seconds(9), reason: FailureReason::Returned };
    let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
    let told = [(5, 30), (3, 20), (4, 25), (2, 10), (1, 20)];
    let notifications =
        told.map(|(number, at)| notification(number, NotificationKind::PayoutFailed, seconds(at)));
    let notifications = notifications.to_vec();
    save(rig, PayoutChange { notifications, ..change(&payout, &said, seconds(10)) }).await;

    for (number, _) in told {
        assert_eq!(names(&claimed(rig, later()).await), [event_id(number)]);
        done(rig, number).await;
    }
}

/// `Outbox`, law 2: it is an order within a payout.
pub async fn notifications_of_different_payouts_do_not_wait_for_each_other(rig: &dyn StoreRig) {
    for (number, at) in [(1, 10), (2, 20)] {
        submitted(rig, Accepting::number(number), number).await;
        executed(rig, payout_id(number), number, seconds(at)).await;
    }

    failed(rig, 1, seconds(900)).await;

    assert_eq!(names(&claimed(rig, seconds(30)).await), [event_id(2)]);
}

/// `Outbox`, law 2: nor do payments.
pub async fn notifications_of_different_payments_do_not_wait_for_each_other(rig: &dyn StoreRig) {
    pay_and_tell(rig, &payment(1), 1).await;
    pay_and_tell(rig, &payment(2), 2).await;

    failed(rig, 1, seconds(900)).await;

    assert_eq!(names(&claimed(rig, seconds(30)).await), [event_id(2)]);
}

/// `Outbox::claim_notifications`: and no more than are asked for.
pub async fn the_notification_that_waits_longest_is_claimed_first(rig: &dyn StoreRig) {
    for (number, at) in [(1, 30), (2, 10), (3, 40), (4, 20)] {
        submitted(rig, Accepting::number(number), number).await;
        executed(rig, payout_id(number), number, seconds(at)).await;
    }

    let mut order = Vec::new();
    for expected in [3, 1, 0] {
        let told = rig.outbox().claim_notifications(later(), 3, LEASE).await;
        let told = told.expect("the store is there");
        assert_eq!(told.len(), expected);
        order.extend(names(&told));
    }

    assert_eq!(order, [2, 4, 1, 3].map(event_id));
}

/// `NotificationSubject`: it may know more by now.
pub async fn a_notification_shows_its_payout_as_it_is_now(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;

    let told = claimed(rig, later()).await;

    let now = read(rig, payout_id(1)).await;
    assert_eq!(now.state().to_string(), "returned");
    let [told] = &*told else { unreachable!("only the first is claimed: {told:?}") };
    assert_eq!(told.kind, NotificationKind::PayoutExecuted);
    assert_eq!(told.subject, NotificationSubject::Payout(Box::new(now)));
}

/// `Outbox`: nobody else is told.
pub async fn a_notification_goes_to_the_client_of_its_payout(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1).by(globex()), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;

    let told = claimed(rig, later()).await;

    assert_eq!(told.iter().map(|n| n.client_id.clone()).collect::<Vec<_>>(), [globex()]);
}

/// `Outbox`: whoever asks twice, or late, does no harm.
pub async fn to_mark_an_unknown_notification_does_nothing(rig: &dyn StoreRig) {
    done(rig, 1).await;
    failed(rig, 1, seconds(5)).await;
    assert_eq!(claimed(rig, later()).await, []);

    submitted(rig, Accepting::number(1), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;
    let told = claimed(rig, later()).await;

    assert_eq!(
        told.iter().map(|n| (n.event_id, n.failures)).collect::<Vec<_>>(),
        [(event_id(1), 0)]
    );
}

/// A payout that was executed (event 1, at 10 s) and came back (event 2, at 20 s).
pub(super) async fn executed_and_returned(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1), 1).await;
    executed(rig, payout_id(1), 1, seconds(10)).await;
    let status = ProviderStatus::Failed { at: seconds(19), reason: FailureReason::Returned };
    let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
    let payout = read(rig, payout_id(1)).await;
    let notifications = vec![notification(2, NotificationKind::PayoutFailed, seconds(20))];
    save(rig, PayoutChange { notifications, ..change(&payout, &said, seconds(20)) }).await;
}

pub(super) async fn claimed(rig: &dyn StoreRig, now: Timestamp) -> Vec<Notification> {
    rig.outbox().claim_notifications(now, 10, LEASE).await.expect("the store is there")
}

pub(super) async fn done(rig: &dyn StoreRig, number: u64) {
    rig.outbox().notification_done(event_id(number)).await.expect("the store is there");
}

async fn failed(rig: &dyn StoreRig, number: u64, due_at: Timestamp) {
    let put_off = AfterFailure::Again(due_at);
    let failed = rig.outbox().notification_failed(event_id(number), put_off).await;
    failed.expect("the store is there");
}

pub(super) fn names(told: &[Notification]) -> Vec<EventId> {
    told.iter().map(|notification| notification.event_id).collect()
}
