//! What is said of the controls of a sandbox.

use payout_wire::problem::ProblemKind as Kind;

use crate::openapi::{Face, Operation, Parameters, Tag};

pub(crate) fn deposit(_: Face) -> Operation {
    control("makeDeposit", "Let a user pay in, at once").takes(&["Deposit"]).answers(
        201,
        "The payment.",
        &["DepositMade"],
    )
}

pub(crate) fn fail_next(_: Face) -> Operation {
    done("failNextPayout", "Let the next payout fail", "FailNext")
}

pub(crate) fn set_faults(_: Face) -> Operation {
    done("setFaults", "Set the rules by which the sandbox misbehaves", "FaultRules")
        .says("Of all rules that could apply to a call, the first one does.")
}

pub(crate) fn faults(_: Face) -> Operation {
    control("showFaults", "Tell the rules, and what came of them").answers(
        200,
        "The report.",
        &["FaultReport"],
    )
}

pub(crate) fn clear_faults(_: Face) -> Operation {
    control("clearFaults", "Let the sandbox behave").answers(200, "It does.", &["Done"])
}

pub(crate) fn return_payout(_: Face) -> Operation {
    done("returnPayout", "Let the beneficiary's bank send a payout back", "ReturnPayout")
        .fails([Kind::InvalidState])
}

pub(crate) fn log_in(_: Face) -> Operation {
    done("logInAtBank", "Let the user of a payment log in at the bank", "BankLogin")
        .fails([Kind::NotFound, Kind::InvalidState])
}

pub(crate) fn bank_page(_: Face) -> Operation {
    control("showBankPage", "Stand where the page of the user's bank would be")
        .with(Parameters::default().path("id", "Segment", "The payment."))
        .answers_as(200, "What to do instead.", "text/plain; charset=utf-8", &["Prose"])
        .fails([Kind::NotFound])
}

pub(crate) fn set_delays(_: Face) -> Operation {
    done("setDelays", "Set how long things take", "Delays")
}

pub(crate) fn set_lifetimes(_: Face) -> Operation {
    done("setLifetimes", "Set how long tokens live and keys are remembered", "Lifetimes")
}

pub(crate) fn point_webhooks(_: Face) -> Operation {
    done("pointWebhooks", "Say where webhooks go from now on", "WebhookTarget")
        .fails([Kind::InvalidState])
}

pub(crate) fn clock(_: Face) -> Operation {
    control("showClock", "Say what time it is there").answers(200, "The time.", &["Clock"])
}

pub(crate) fn advance(_: Face) -> Operation {
    control("advanceClock", "Move the time forward").takes(&["ClockAdvance"]).answers(
        200,
        "The time.",
        &["Clock"],
    )
}

fn control(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, Tag::Controls, summary).on_this_machine()
}

fn done(id: &'static str, summary: &'static str, form: &'static str) -> Operation {
    control(id, summary).takes(&[form]).answers(200, "It is done.", &["Done"])
}
