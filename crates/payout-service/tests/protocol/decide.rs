//! Operators call payouts off, and let them go on.

use payout_conformance::fixtures::{operator, payout_id, seconds, send_order};
use payout_domain::{Evidence, FailureReason, ParkReason, PayoutState};
use payout_ports::{NotificationKind, Outbox as _, PayoutRepository as _};
use payout_service::DecisionError;

use crate::world::{World, now};

#[tokio::test]
async fn what_was_never_sent_is_called_off_and_its_client_is_told() {
    let world = World::new();
    let payout = world.accepted(1).await;

    let cancelled = world.decide().cancel(payout.id(), operator("anna")).await;

    let cancelled = cancelled.expect("it was never sent").expect("it exists");
    assert_eq!(*cancelled.state(), PayoutState::Failed(FailureReason::Cancelled));
    let claims = world.store.claim_sendable(&send_order(now())).await;
    assert!(claims.expect("the store is there").to_send.is_empty());
    let told = world.store.claim_notifications(now(), 10, std::time::Duration::ZERO).await;
    let told = told.expect("the store is there");
    assert_eq!(told.iter().map(|it| it.kind).collect::<Vec<_>>(), [NotificationKind::PayoutFailed]);
}

#[tokio::test]
async fn what_was_sent_is_not_called_off_and_nothing_is_written() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;

    let refused = world.decide().cancel(payout.id(), operator("anna")).await;

    assert!(matches!(refused, Err(DecisionError::Refused(stands)) if *stands == payout));
    assert_eq!(world.read(payout.id()).await, payout);
}

#[tokio::test]
async fn a_released_payout_is_sent_at_once() {
    let world = World::new();
    let payout = world.accepted(1).await;
    world.learn(payout.id(), Evidence::Parked(ParkReason::ProfileChanged)).await;

    let released = world.decide().release(payout.id(), operator("anna")).await;

    assert!(matches!(released, Ok(Some(_))), "{released:?}");
    let fresh = payout_ports::SendOrder { now: now(), ..send_order(seconds(30)) };
    let rule =
        payout_domain::SendRule { first_send_age_max: std::time::Duration::MAX, ..fresh.rule };
    let order = payout_ports::SendOrder { rule, ..fresh };
    let claims = world.store.claim_sendable(&order).await.expect("the store is there");
    assert_eq!(claims.to_send.len(), 1);
}

#[tokio::test]
async fn only_what_waits_for_its_profile_is_released() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;

    let refused = world.decide().release(payout.id(), operator("anna")).await;

    assert!(matches!(refused, Err(DecisionError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn nothing_is_decided_of_a_payout_that_does_not_exist() {
    let decide = World::new().decide();

    assert!(matches!(decide.cancel(payout_id(9), operator("anna")).await, Ok(None)));
    assert!(matches!(decide.release(payout_id(9), operator("anna")).await, Ok(None)));
}
