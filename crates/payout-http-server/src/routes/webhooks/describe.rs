//! What is said of the provider's events.

use crate::openapi::{Face, Operation, Parameters, Tag};

pub(crate) fn receive(_: Face) -> Operation {
    Operation::new("receiveEvent", Tag::Events, "Take an event of the provider")
        .says("An event is a hint and never a proof: what it says is asked of the provider.")
        .by_provider()
        .takes_as_json("HeardEvent")
        .answers(202, "It is remembered.", &[])
}

pub(crate) fn receive_at_secret(face: Face) -> Operation {
    let secret = Parameters::default().path("secret", "Segment", "What only the provider knows.");
    receive(face).with(secret).fails([payout_wire::problem::ProblemKind::NotFound])
}
