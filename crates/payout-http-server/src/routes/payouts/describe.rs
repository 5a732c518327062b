//! What is said of payouts.

use payout_wire::problem::ProblemKind as Kind;

use super::{PAGE_SIZE, PAGE_SIZE_MAX};
use crate::openapi::{Face, Operation, Parameters, Tag};

pub(crate) fn create(face: Face) -> Operation {
    let forms: &[&str] =
        if face.sandbox { &["CreatePayout", "CreateOpenPayout"] } else { &["CreatePayout"] };
    Operation::new("createPayout", Tag::Payouts, "Ask for a payout")
        .says(
            "It is accepted as soon as it is on disk; whether there is money is found out later. The \
             account that is paid must have paid into that merchant account.",
        )
        .written_by_client()
        .takes(forms)
        .answers(202, "It was accepted, now or under the same key before.", &["CreatedPayout"])
        .fails([Kind::IdempotencyKeyReuse])
        .asks_provider(face)
}

pub(crate) fn list(_: Face) -> Operation {
    let parameters = Parameters::default().limit(PAGE_SIZE, PAGE_SIZE_MAX).may(
        "cursor",
        "Id",
        "Where it begins.",
    );
    Operation::new("listPayouts", Tag::Payouts, "List payouts, the newest first")
        .says("Ours alone; the provider has no such list.")
        .read_by_client()
        .with(parameters)
        .answers(200, "A page.", &["PayoutPage"])
        .fails([Kind::InvalidParameters])
}

pub(crate) fn show(face: Face) -> Operation {
    let forms: &[&str] = if face.sandbox { &["Payout", "OpenPayout"] } else { &["Payout"] };
    Operation::new("showPayout", Tag::Payouts, "Show how a payout stands")
        .read_by_client()
        .with(Parameters::id("The payout."))
        .answers(200, "The payout.", forms)
        .fails([Kind::NotFound])
}

pub(crate) fn history(_: Face) -> Operation {
    Operation::new("showPayoutHistory", Tag::Payouts, "Show everything that happened to a payout")
        .says("Ours alone. Who decided what, and why, is between operators.")
        .read_by_client()
        .with(Parameters::id("The payout."))
        .answers(200, "What was learned, in order.", &["PayoutHistory"])
        .fails([Kind::NotFound])
}
