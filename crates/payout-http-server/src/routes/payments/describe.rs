//! What is said of payments and refunds.

use payout_wire::problem::ProblemKind as Kind;

use crate::openapi::{Face, Operation, Parameters, Tag};

/// How a service answers what only a provider does.
const ELSEWHERE: &str = "This service takes no payments and makes no refunds: what is sent here is \
                         answered with 405, and has to be sent to the provider itself.";

pub(crate) fn create(face: Face) -> Operation {
    let operation = Operation::new("createPayment", Tag::Payments, "Let a user pay in");
    let operation = operation.written_by_client();
    if !face.sandbox {
        return operation.says(ELSEWHERE).fails([Kind::MethodNotAllowed]);
    }
    made(operation.takes(&["CreatePayment"])).answers(201, "It was made.", &["CreatedPayment"])
}

pub(crate) fn show(face: Face) -> Operation {
    let (summary, forms): (_, &[&str]) = if face.sandbox {
        ("Show how a payment stands", &["SandboxPayment", "Payment"])
    } else {
        ("Show a payment that has settled", &["Payment"])
    };
    Operation::new("showPayment", Tag::Payments, summary)
        .read_by_client()
        .with(Parameters::id("The payment."))
        .answers(200, "The payment.", forms)
        .fails([Kind::NotFound])
        .asks_provider(face)
}

pub(crate) fn start(face: Face) -> Operation {
    step(face, "startAuthorizationFlow", "Begin to have a payment authorised", Some("StartFlow"))
}

pub(crate) fn select_provider(face: Face) -> Operation {
    step(face, "selectProvider", "Say which bank the user has chosen", Some("SelectProvider"))
}

pub(crate) fn consent(face: Face) -> Operation {
    step(face, "giveConsent", "Say that the user agrees", None)
}

pub(crate) fn form(face: Face) -> Operation {
    step(face, "submitForm", "Say what the user has filled in", Some("SubmitForm"))
}

pub(crate) fn cancel(face: Face) -> Operation {
    let operation = Operation::new("cancelPayment", Tag::Payments, "Call a payment off")
        .written_by_client()
        .with(Parameters::id("The payment."));
    if !face.sandbox {
        return elsewhere(operation);
    }
    on_payment(operation.takes_nothing()).answers(202, "It is called off.", &["Done"])
}

pub(crate) fn refund(face: Face) -> Operation {
    let operation = Operation::new("createRefund", Tag::Refunds, "Pay a payment back")
        .written_by_client()
        .with(Parameters::id("The payment."));
    if !face.sandbox {
        return elsewhere(operation);
    }
    on_payment(operation.takes(&["CreateRefund"])).answers(
        202,
        "It was accepted.",
        &["CreatedRefund"],
    )
}

pub(crate) fn refunds(face: Face) -> Operation {
    let operation = Operation::new("listRefunds", Tag::Refunds, "List the refunds of a payment")
        .read_by_client()
        .with(Parameters::id("The payment."));
    if !face.sandbox {
        return elsewhere(operation);
    }
    operation.answers(200, "All of them.", &["RefundList"]).fails([Kind::NotFound])
}

pub(crate) fn show_refund(face: Face) -> Operation {
    let operation = Operation::new("showRefund", Tag::Refunds, "Show how a refund stands")
        .read_by_client()
        .with(Parameters::id("The payment.").path("refund_id", "Id", "The refund."));
    if !face.sandbox {
        return elsewhere(operation);
    }
    operation.answers(200, "The refund.", &["Refund"]).fails([Kind::NotFound])
}

fn step(
    face: Face,
    id: &'static str,
    summary: &'static str,
    takes: Option<&'static str>,
) -> Operation {
    let operation = Operation::new(id, Tag::Payments, summary)
        .written_by_client()
        .with(Parameters::id("The payment."));
    if !face.sandbox {
        return elsewhere(operation);
    }
    let operation = match takes {
        Some(form) => operation.takes(&[form]),
        None => operation.takes_nothing(),
    };
    on_payment(operation).answers(200, "What comes next.", &["AuthorizationFlow"])
}

fn on_payment(operation: Operation) -> Operation {
    made(operation).fails([Kind::NotFound, Kind::InvalidState])
}

fn made(operation: Operation) -> Operation {
    operation.fails([Kind::IdempotencyKeyReuse])
}

fn elsewhere(operation: Operation) -> Operation {
    // An id that is written with escapes names nothing, whatever is behind it.
    operation.says(ELSEWHERE).fails([Kind::MethodNotAllowed, Kind::NotFound])
}
