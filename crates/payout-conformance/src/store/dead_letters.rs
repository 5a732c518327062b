//! What was given up, and told once more.

use payout_domain::{EventId, Timestamp};
use payout_ports::{AfterFailure, DeadLetter, DeadLetterSubject, NotificationKind};

use super::StoreRig;
use super::outbox::{claimed, done, executed_and_returned, names};
use super::payments::pay_and_tell;
use super::steps::later;
use crate::fixtures::{acme, event_id, payment, payout_id, seconds};

/// `Outbox`, law 1.
pub async fn what_is_given_up_is_listed_and_not_claimed(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;
    claimed(rig, seconds(15)).await;

    give_up(rig, 1, seconds(30)).await;

    let dead = DeadLetter {
        event_id: event_id(1),
        client_id: acme(),
        kind: NotificationKind::PayoutExecuted,
        about: DeadLetterSubject::Payout(payout_id(1)),
        created_at: seconds(10),
        given_up_at: seconds(30),
        failures: 1,
    };
    assert_eq!(dead_letters(rig, None).await, [dead]);
    assert!(!names(&claimed(rig, later()).await).contains(&event_id(1)));
}

/// `Outbox`, law 2.
pub async fn what_is_given_up_holds_nobody_back(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;

    give_up(rig, 1, seconds(30)).await;

    assert_eq!(names(&claimed(rig, later()).await), [event_id(2)]);
}

/// `Outbox`, law 1: its failures are forgotten.
pub async fn what_is_replayed_is_claimed_as_if_it_were_new(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;
    give_up(rig, 1, seconds(30)).await;
    done(rig, 2).await;

    assert!(replay(rig, 1, seconds(100)).await);

    assert_eq!(claimed(rig, seconds(99)).await, []);
    let told = claimed(rig, seconds(100)).await.pop().expect("it is due");
    assert_eq!((told.event_id, told.failures), (event_id(1), 0));
    assert_eq!((told.created_at, told.tried_since), (seconds(10), seconds(100)));
    assert_eq!(dead_letters(rig, None).await, []);
}

/// `Outbox::replay`.
pub async fn only_what_was_given_up_is_replayed(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;
    done(rig, 1).await;

    for number in [1, 2, 9] {
        assert!(!replay(rig, number, seconds(100)).await, "{number}");
    }
}

/// `Outbox`, law 1: a late word of failure.
pub async fn what_is_done_is_not_given_up(rig: &dyn StoreRig) {
    executed_and_returned(rig).await;
    done(rig, 1).await;

    give_up(rig, 1, seconds(30)).await;

    assert_eq!(dead_letters(rig, None).await, []);
}

/// `Outbox::dead_letters`: page by page, payments too.
pub async fn dead_letters_are_listed_in_the_order_of_writing(rig: &dyn StoreRig) {
    for number in [3, 1, 2] {
        pay_and_tell(rig, &payment(number), number).await;
    }

    for (number, at) in [(1, 30), (2, 40), (3, 50)] {
        give_up(rig, number, seconds(at)).await;
    }

    let order: Vec<_> = dead_letters(rig, None).await.iter().map(|dead| dead.event_id).collect();
    assert_eq!(order, [3, 1, 2].map(event_id));
    let rest: Vec<_> =
        dead_letters(rig, Some(event_id(3))).await.iter().map(|dead| dead.event_id).collect();
    assert_eq!(rest, [1, 2].map(event_id));
    assert_eq!(dead_letters(rig, Some(event_id(9))).await, []);
}

pub(super) async fn give_up(rig: &dyn StoreRig, number: u64, at: Timestamp) {
    let given_up = AfterFailure::GiveUp(at);
    let failed = rig.outbox().notification_failed(event_id(number), given_up).await;
    failed.expect("the store is there");
}

pub(super) async fn dead_letters(rig: &dyn StoreRig, after: Option<EventId>) -> Vec<DeadLetter> {
    rig.outbox().dead_letters(10, after).await.expect("the store is there")
}

async fn replay(rig: &dyn StoreRig, number: u64, at: Timestamp) -> bool {
    rig.outbox().replay(event_id(number), at).await.expect("the store is there")
}
