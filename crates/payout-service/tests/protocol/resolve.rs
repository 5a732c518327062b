//! An operator found out how a payout stands.

use std::time::Duration;

use payout_conformance::fixtures::{gateway_payout_id, operator, payout_id, seconds};
use payout_domain::{FailureReason, ParkReason, Payout, PayoutState, Resolution};
use payout_service::{DecisionError, ResolveError, Resolved};

use crate::world::{Listed, World};

const NEVER: Resolution = Resolution::NeverSubmitted;

/// A parked payout whose absence the statement proves.
async fn absent(world: &World) -> Payout {
    let payout = world.parked(1, ParkReason::WindowClosed).await;
    let other = world.accepted(2).await;
    let created_at = seconds(10).plus(Duration::from_hours(4));
    world.shows(&Listed { created_at, ..Listed::of(&other, 12) });
    payout
}

async fn resolve(
    world: &World,
    payout: &Payout,
    by: &str,
    outcome: Resolution,
) -> Result<Option<Resolved>, ResolveError> {
    world.resolve().run(payout.id(), operator(by), outcome, "a call").await
}

#[tokio::test]
async fn two_people_resolve_what_the_statement_proves_absent() {
    let world = World::new();
    let payout = absent(&world).await;

    let first = resolve(&world, &payout, "anna", NEVER).await;
    let state_after_the_first = world.state(&payout).await;
    let second = resolve(&world, &payout, "ben", NEVER).await;

    assert!(matches!(first, Ok(Some(Resolved::Proposed(_)))), "{first:?}");
    assert_eq!(state_after_the_first, PayoutState::Parked(ParkReason::WindowClosed));
    assert!(matches!(second, Ok(Some(Resolved::Done(_)))), "{second:?}");
    assert_eq!(world.state(&payout).await, PayoutState::Failed(FailureReason::NeverSubmitted));
}

#[tokio::test]
async fn one_person_alone_resolves_nothing_as_never_submitted() {
    let world = World::new();
    let payout = absent(&world).await;
    let _proposed = resolve(&world, &payout, "anna", NEVER).await;
    let before = world.read(payout.id()).await;

    let again = resolve(&world, &payout, "anna", NEVER).await;

    assert!(matches!(again, Err(ResolveError::SamePerson(by)) if by == operator("anna")));
    assert_eq!(world.read(payout.id()).await, before);
}

#[tokio::test]
async fn nothing_is_proposed_before_the_statement_proves_it() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;

    let early = resolve(&world, &payout, "anna", NEVER).await;

    assert!(matches!(early, Err(ResolveError::NotYetProven { .. })), "{early:?}");
    assert_eq!(world.read(payout.id()).await, payout);
}

#[tokio::test]
async fn what_appears_between_two_people_stops_the_second() {
    let world = World::new();
    let payout = absent(&world).await;
    let _proposed = resolve(&world, &payout, "anna", NEVER).await;
    world.shows(&Listed::of(&payout, 11));

    let second = resolve(&world, &payout, "ben", NEVER).await;

    assert!(matches!(second, Err(ResolveError::Found(id)) if id == gateway_payout_id(11)));
    assert_eq!(world.state(&payout).await, PayoutState::Submitted { authorized: false });
}

#[tokio::test]
async fn one_person_passes_on_what_the_provider_said() {
    for (outcome, expected) in [
        (Resolution::Executed { at: seconds(60) }, PayoutState::Executed),
        (Resolution::Failed, PayoutState::Failed(FailureReason::Unknown)),
    ] {
        let world = World::new();
        let payout = world.parked(1, ParkReason::WindowClosed).await;

        let resolved = resolve(&world, &payout, "anna", outcome).await;

        assert!(matches!(resolved, Ok(Some(Resolved::Done(_)))), "{resolved:?}");
        assert_eq!(world.state(&payout).await, expected);
    }
}

#[tokio::test]
async fn what_is_decided_is_not_decided_again() {
    let world = World::new();
    let payout = world.parked(1, ParkReason::WindowClosed).await;
    let _done = resolve(&world, &payout, "anna", Resolution::Failed).await;
    let history = world.history(&payout).await;

    for outcome in [NEVER, Resolution::Failed, Resolution::Executed { at: seconds(60) }] {
        let again = resolve(&world, &payout, "ben", outcome).await;

        let refused = matches!(again, Err(ResolveError::Decision(DecisionError::Refused(_))));
        assert!(refused, "{again:?}");
    }
    assert_eq!(world.history(&payout).await, history, "a refused decision is no event");
}

#[tokio::test]
async fn a_payout_that_does_not_exist_is_not_resolved() {
    let resolve = World::new().resolve();

    let nothing = resolve.run(payout_id(9), operator("anna"), NEVER, "a call").await;

    assert!(matches!(nothing, Ok(None)), "{nothing:?}");
}
