//! What is said of what operators see and decide.

use payout_wire::problem::ProblemKind as Kind;

use super::{PAGE_SIZE, PAGE_SIZE_MAX};
use crate::openapi::{Face, Operation, Parameters, Tag};

pub(crate) fn list(_: Face) -> Operation {
    let parameters = Parameters::default()
        .must_be_one_of("standing", &["unknown", "parked"], "Which payouts.")
        .limit(PAGE_SIZE, PAGE_SIZE_MAX)
        .may("after", "Id", "The payout before the first of the page.");
    Operation::new("listStandingPayouts", Tag::Operators, "List payouts by where they stand")
        .by_operator()
        .with(parameters)
        .answers(200, "A page.", &["OperatorPayoutPage"])
        .fails([Kind::InvalidParameters])
}

pub(crate) fn show(_: Face) -> Operation {
    Operation::new("showPayoutFile", Tag::Operators, "Show all that is known of a payout")
        .by_operator()
        .with(Parameters::id("The payout."))
        .answers(200, "Its file.", &["OperatorPayoutFile"])
        .fails([Kind::NotFound])
}

pub(crate) fn cancel(_: Face) -> Operation {
    decision("cancelPayout", "Call a payout off of which nothing was ever sent")
}

pub(crate) fn release(_: Face) -> Operation {
    decision("releasePayout", "Let a payout go on that waited for its provider account")
}

pub(crate) fn resolve(face: Face) -> Operation {
    decision("resolvePayout", "Say how a payout stands")
        .says(
            "That the provider never had it takes two people, and a statement that would show it. A \
             decision that cannot be taken says where the payout stands and what to do.",
        )
        .takes(&["ResolveOrder"])
        .answers(202, "It is proposed: another operator must say the same.", &["OperatorPayout"])
        .asks_provider(face)
}

fn decision(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, Tag::Operators, summary)
        .decided_by_operator()
        .with(Parameters::id("The payout."))
        .answers(200, "The payout as it stands now.", &["OperatorPayout"])
        .fails([Kind::NotFound, Kind::DecisionRefused])
}

pub(crate) fn show_pause(_: Face) -> Operation {
    Operation::new("showPause", Tag::Operators, "Tell whether sending is stopped")
        .by_operator()
        .answers(200, "How it stands.", &["Pause"])
}

pub(crate) fn pause(_: Face) -> Operation {
    Operation::new("pauseSending", Tag::Operators, "Stop all sending")
        .says("The answer says whose pause it is, which may be somebody's who was earlier.")
        .by_operator()
        .takes(&["PauseOrder"])
        .answers(200, "How it stands now.", &["Pause"])
}

pub(crate) fn resume(_: Face) -> Operation {
    Operation::new("resumeSending", Tag::Operators, "Let sending go on")
        .decided_by_operator()
        .answers(200, "How it stands now.", &["Pause"])
}

pub(crate) fn list_dead_letters(_: Face) -> Operation {
    let parameters = Parameters::default().limit(PAGE_SIZE, PAGE_SIZE_MAX).may(
        "after",
        "Id",
        "The notification before the first of the page.",
    );
    Operation::new("listDeadLetters", Tag::Operators, "List notifications that were given up")
        .by_operator()
        .with(parameters)
        .answers(200, "A page.", &["DeadLetterPage"])
        .fails([Kind::InvalidParameters])
}

pub(crate) fn replay(_: Face) -> Operation {
    Operation::new("replayDeadLetter", Tag::Operators, "Tell a notification once more")
        .decided_by_operator()
        .with(Parameters::id("The notification."))
        .answers(200, "It is told once more.", &["Done"])
        .fails([Kind::NotFound])
}

pub(crate) fn list_clients(_: Face) -> Operation {
    Operation::new("listClients", Tag::Clients, "List clients, those that were revoked too")
        .by_operator()
        .answers(200, "All of them.", &["ClientList"])
}

pub(crate) fn add_client(_: Face) -> Operation {
    Operation::new("addClient", Tag::Clients, "Register a client")
        .says("Only this answer shows its secret. A member that is not known is refused.")
        .by_operator()
        .takes(&["ClientOrder"])
        .answers(201, "It is registered.", &["ClientWithSecret"])
        .fails([Kind::DecisionRefused])
}

pub(crate) fn change_client(_: Face) -> Operation {
    on_client("changeClient", "Change what is said of a client, and leave the rest")
        .says("A key is revoked before another is added. A member that is not known is refused.")
        .by_operator()
        .takes(&["ClientChange"])
        .answers(200, "The client as it is now.", &["Client"])
}

pub(crate) fn rotate_secret(_: Face) -> Operation {
    on_client("rotateSecret", "Give a client another secret")
        .says("Only this answer shows it.")
        .by_operator()
        .takes(&["NewSecretOrder"])
        .answers(200, "The secret.", &["ClientWithSecret"])
}

pub(crate) fn revoke_client(_: Face) -> Operation {
    on_client("revokeClient", "Revoke a client, for ever").decided_by_operator().answers(
        200,
        "The client as it is now.",
        &["Client"],
    )
}

fn on_client(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, Tag::Clients, summary)
        .with(Parameters::default().path("id", "Name", "The client."))
        .fails([Kind::NotFound, Kind::DecisionRefused])
}
