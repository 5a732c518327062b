//! What must always hold, and what must be possible.

use payout_domain::{FailureReason, ParkReason, PayoutState};
use stateright::Property;

use crate::protocol::Protocol;
use crate::provider::{Answer, Booked, Memory, Standing};
use crate::world::{Place, World};

pub(crate) const EXECUTED_ONCE: &str = "executed at most once";
pub(crate) const FAILED_IS_TRUE: &str = "told failed, so never executed or come back";
pub(crate) const EXECUTED_IS_TRUE: &str = "told executed, so executed";
pub(crate) const FINAL_IS_FINAL: &str = "nothing leaves a final state";
pub(crate) const SENT_BY_THE_RULE: &str = "nothing is dealt with after its key may be forgotten";
pub(crate) const INTENT_FIRST: &str = "nothing is sent that is not on disk";
pub(crate) const COHERENT: &str = "nothing contradicts what is known";

/// Every property.
pub(crate) fn all(protocol: &Protocol) -> Vec<Property<Protocol>> {
    let mut all = always();
    if !protocol.has_backups {
        all.extend(sometimes());
    }
    if protocol.has_operators {
        all.extend(sometimes_with_operators());
    }
    if protocol.has_backups {
        all.extend(sometimes_with_backups());
    }
    all
}

fn always() -> Vec<Property<Protocol>> {
    vec![
        Property::always(EXECUTED_ONCE, |_, world: &World| {
            world.provider.booked().filter(|booked| booked.standing.has_paid()).count() <= 1
        }),
        Property::always(FAILED_IS_TRUE, |_, world: &World| {
            let has_executed = |booked: &Booked| booked.standing == Standing::Executed;
            !(world.told.failed && world.provider.booked().any(has_executed))
        }),
        Property::always(EXECUTED_IS_TRUE, |_, world: &World| {
            !world.told.executed || world.provider.booked().any(|booked| booked.standing.has_paid())
        }),
        Property::always(FINAL_IS_FINAL, |_, world: &World| !world.broken.finality),
        Property::always(SENT_BY_THE_RULE, |_, world: &World| !world.broken.send_rule),
        Property::always(INTENT_FIRST, |_, world: &World| {
            world.sent().all(|sent| {
                matches!(sent.place, Place::Worker | Place::Nowhere)
                    || sent.attempt <= world.payout.attempts()
                    || world.went_back
            })
        }),
        // Whoever resolves a payout knows less of it than the provider says later.
        Property::always(COHERENT, |_, world: &World| {
            !world.broken.coherence || world.reached.resolved
        }),
    ]
}

fn sometimes() -> Vec<Property<Protocol>> {
    vec![
        Property::sometimes("executed", |_, world: &World| stands(world, &PayoutState::Executed)),
        Property::sometimes("returned", |_, world: &World| stands(world, &PayoutState::Returned)),
        Property::sometimes("refused", |_, world: &World| failed(world, FailureReason::Rejected)),
        Property::sometimes("failed at the provider", |_, world: &World| {
            failed(world, FailureReason::Blocked)
        }),
        Property::sometimes("parked because the window closed", |_, world: &World| {
            parked(world, ParkReason::WindowClosed)
        }),
        Property::sometimes("parked because it was too old", |_, world: &World| {
            parked(world, ParkReason::TooOld)
        }),
        Property::sometimes("parked because of its key", |_, world: &World| {
            parked(world, ParkReason::KeyReused)
        }),
        Property::sometimes("unknown, and executed in the end", |_, world: &World| {
            world.reached.unknown && stands(world, &PayoutState::Executed)
        }),
        Property::sometimes("unknown, and failed in the end", |_, world: &World| {
            world.reached.unknown && failed(world, FailureReason::Blocked)
        }),
        Property::sometimes("sent again while the first may have arrived", |_, world: &World| {
            stands(world, &PayoutState::Sending { earlier_unresolved: true })
        }),
        Property::sometimes("repeated, and answered from memory", |_, world: &World| {
            let accepted = |answer| matches!(answer, Some(Answer::Accepted(_)));
            world.sent().any(|sent| sent.attempt > 1 && accepted(sent.answer))
        }),
        Property::sometimes("parked while the money is out", |_, world: &World| {
            let paid = world.provider.booked().any(|booked| booked.standing.has_paid());
            parked(world, ParkReason::WindowClosed) && paid
        }),
        Property::sometimes("forgotten by the provider", |_, world: &World| {
            world.provider.keys.contains(&Memory::Forgotten)
        }),
        Property::sometimes("two workers at once", |_, world: &World| {
            world.workers.iter().all(Option::is_some)
        }),
    ]
}

fn sometimes_with_operators() -> Vec<Property<Protocol>> {
    vec![
        Property::sometimes("called off", |_, world: &World| {
            failed(world, FailureReason::Cancelled)
        }),
        Property::sometimes("resolved as never submitted", |_, world: &World| {
            failed(world, FailureReason::NeverSubmitted)
        }),
        Property::sometimes("resolved as executed", |_, world: &World| {
            world.reached.resolved && stands(world, &PayoutState::Executed)
        }),
        Property::sometimes("resolved as failed", |_, world: &World| {
            world.reached.resolved && failed(world, FailureReason::Unknown)
        }),
    ]
}

fn sometimes_with_backups() -> Vec<Property<Protocol>> {
    vec![
        Property::sometimes("parked because the store went back", |_, world: &World| {
            parked(world, ParkReason::Restored)
        }),
        Property::sometimes("went back, and executed in the end", |_, world: &World| {
            world.went_back && stands(world, &PayoutState::Executed)
        }),
        Property::sometimes("went back, and never submitted", |_, world: &World| {
            world.went_back && failed(world, FailureReason::NeverSubmitted)
        }),
    ]
}

fn stands(world: &World, state: &PayoutState) -> bool {
    world.payout.state() == state
}

fn failed(world: &World, reason: FailureReason) -> bool {
    stands(world, &PayoutState::Failed(reason))
}

fn parked(world: &World, reason: ParkReason) -> bool {
    stands(world, &PayoutState::Parked(reason))
}
