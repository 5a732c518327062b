//! What the statement of a merchant account tells.

use std::time::Duration;

use payout_conformance::fixtures::{gateway_payout_id, seconds};
use payout_domain::{
    Evidence, FailureReason, ParkReason, PayoutState, ProviderStatus, Timestamp, TransactionId,
};
use payout_service::Absence;

use crate::world::{Listed, READ_LAG, TOKEN_LIFE_MAX, World, now};

const SUBMITTED: PayoutState = PayoutState::Submitted { authorized: false };

/// The last moment at which anything of a payout that was sent at 10 s could arrive, as far as a
/// statement can lag behind.
fn last_arrival() -> Timestamp {
    seconds(10).plus(Duration::from_hours(1)).plus(READ_LAG)
}

#[tokio::test]
async fn a_lost_payout_is_found_by_what_was_attached_to_it_on_any_page() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;
    let others = [world.accepted(2).await, world.accepted(3).await, world.accepted(4).await];
    for (number, other) in (12..).zip(&others) {
        world.shows(&Listed::of(other, number));
    }
    world.shows(&Listed::of(&payout, 11));

    let missing = world.look().run(vec![payout.clone()]).await.expect("the provider answers");

    assert_eq!(missing, []);
    assert_eq!(world.state(&payout).await, SUBMITTED);
    assert_eq!(world.read(payout.id()).await.gateway_payout_id(), Some(gateway_payout_id(11)));
}

#[tokio::test]
async fn what_only_looks_like_it_is_not_it() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;
    world.shows(&Listed { attached: false, ..Listed::of(&payout, 11) });
    let other_amount = world.accepted(2).await;
    assert_ne!(other_amount.amount(), payout.amount());
    world.shows(&Listed::of(&other_amount, 12));

    let missing = world.look().run(vec![payout.clone()]).await.expect("the provider answers");

    assert_eq!(missing, std::slice::from_ref(&payout));
    assert_eq!(world.read(payout.id()).await, payout, "absence changes nothing");
}

#[tokio::test]
async fn money_that_came_back_is_found_by_its_movement() {
    let world = World::new();
    let payout = world.accepted(1).await;
    let said = |status| Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
    world
        .learn(payout.id(), said(ProviderStatus::Executed { at: seconds(30), scheme: None }))
        .await;
    let reason = FailureReason::Returned;
    let returned = said(ProviderStatus::Failed { at: seconds(40), reason });
    let payout = world.learn(payout.id(), returned).await;
    let movement = TransactionId::from_uuid(gateway_payout_id(99).as_uuid());

    let missing = world.look().run(vec![payout.clone()]).await.expect("the provider answers");
    assert_eq!(missing.len(), 1, "it is not there yet");
    world.shows(&Listed { returned_by: Some(movement), ..Listed::of(&payout, 1) });
    world.look().run(vec![payout.clone()]).await.expect("the provider answers");

    let found = world.read(payout.id()).await;
    assert_eq!(found.progress().returned_by, Some(movement));
    assert_eq!(found.progress().failed_at, Some(seconds(40)));
}

#[tokio::test]
async fn a_statement_is_read_in_spans_that_a_provider_lists() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;

    world.look().run(vec![payout.clone()]).await.expect("the provider answers");

    let asked = world.asked.lock().expect("no test panics with it").clone();
    assert!(asked.first().is_some_and(|first| first.from < payout.created_at()));
    assert!(asked.last().is_some_and(|last| last.to > now()));
    for (query, next) in asked.iter().zip(asked.iter().skip(1)) {
        assert_eq!(query.to, next.from, "nothing is left out");
    }
    assert!(asked.iter().all(|query| query.to.since(query.from) <= Duration::from_hours(24 * 31)));
}

#[tokio::test]
async fn a_clock_of_ours_that_was_hours_ahead_hides_no_payout() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;
    let eight_hours = Duration::from_hours(8);

    world.look().absence(&payout).await.expect("the provider answers");

    let asked = world.asked.lock().expect("no test panics with it").clone();
    let first = asked.first().expect("the statement is read").from;
    assert!(first <= payout.created_at().minus(eight_hours), "{first:?}");
}

#[tokio::test]
async fn absence_is_proven_by_a_payout_from_after_the_last_possible_arrival() {
    for (later, expected) in [
        (None, Absence::NotYetProven { until: last_arrival() }),
        (Some(last_arrival()), Absence::NotYetProven { until: last_arrival() }),
        (Some(last_arrival().plus(Duration::from_micros(1))), Absence::Proven),
    ] {
        let world = World::new();
        let payout = world.parked(1, ParkReason::WindowClosed).await;
        let other = world.accepted(2).await;
        if let Some(created_at) = later {
            world.shows(&Listed { created_at, ..Listed::of(&other, 12) });
        }

        let absence = world.look().absence(&payout).await.expect("the provider answers");

        assert_eq!(absence, expected, "{later:?}");
    }
}

#[tokio::test]
async fn after_a_restore_what_was_sent_since_must_have_arrived_too() {
    let world = World::new();
    let payout = world.accepted(1).await;
    let other = world.accepted(2).await;
    let restored_at = seconds(20);
    let payout = world.learn(payout.id(), Evidence::Parked(ParkReason::Restored)).await;
    let until = restored_at.plus(TOKEN_LIFE_MAX).plus(READ_LAG);
    world.shows(&Listed { created_at: until, ..Listed::of(&other, 12) });

    let early = world.look().absence(&payout).await.expect("the provider answers");
    let created_at = until.plus(Duration::from_micros(1));
    world.shows(&Listed { created_at, ..Listed::of(&other, 13) });
    let late = world.look().absence(&payout).await.expect("the provider answers");

    assert_eq!(early, Absence::NotYetProven { until });
    assert_eq!(late, Absence::Proven);
}

#[tokio::test]
async fn what_is_found_instead_of_its_absence_is_taken_in() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;
    world.shows(&Listed::of(&payout, 11));

    let absence = world.look().absence(&payout).await.expect("the provider answers");

    assert_eq!(absence, Absence::Found(gateway_payout_id(11)));
    assert_eq!(world.state(&payout).await, SUBMITTED);
}
