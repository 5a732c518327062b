//! Events: those that we tell, and those that we are told.

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::AnyOfBuilder;

use super::shape::{Members, any, body, named, one_of, part, text, whole, whole_from};
use super::simulated::failure;
use super::{Described, ToldEvent, golden};
use crate::webhook::{OF_PAYMENTS, OF_PAYOUTS};

/// The events that we tell.
pub(super) const TOLD: [ToldEvent; 7] = [
    told(
        ("payout_executed", "A payout was executed."),
        &["PayoutExecuted"],
        &["OpenPayoutExecuted"],
    ),
    told(
        ("payout_failed", "A payout has failed, or has come back."),
        &["PayoutFailed"],
        &["OpenPayoutFailed"],
    ),
    told(
        ("payment_settled", "A payment has settled: it can be paid back."),
        &["PaymentSettled"],
        &[],
    ),
    told(("payment_executed", "A payment was executed."), &[], &["PaymentExecuted"]),
    told(("payment_failed", "A payment has failed."), &[], &["PaymentFailed"]),
    told(("refund_executed", "A refund was executed."), &[], &["RefundExecuted"]),
    told(("refund_failed", "A refund has failed."), &[], &["RefundFailed"]),
];

const fn told(
    (event_type, summary): (&'static str, &'static str),
    bodies: &'static [&'static str],
    of_sandbox: &'static [&'static str],
) -> ToldEvent {
    ToldEvent { event_type, summary, bodies, of_sandbox }
}

pub(super) fn all() -> Vec<Described> {
    [of_payouts(), of_payments(), of_refunds(), heard()].concat()
}

fn head(event_type: &str) -> Members {
    Members::told("")
        .tag("type", event_type)
        .must("event_version", whole(1, 1), "The form of the event.")
        .must("event_id", named("Id"), "The same however often it is delivered.")
        .may(
            "event_sequence",
            whole_from(1),
            "Its number among the events about its subject, from 1 on without a gap.",
        )
}

fn of_payouts() -> Vec<Described> {
    vec![
        body(
            "PayoutExecuted",
            executed(source())
                .may("current_balance_in_minor", named("MinorUnits"), "What it held just then.")
                .may("available_balance_in_minor", named("MinorUnits"), "What could be paid out."),
            golden!["webhook_payout_executed", "webhook_payout_executed_without_balances"],
        ),
        body(
            "PayoutFailed",
            failed(source()),
            golden!["webhook_payout_failed", "webhook_payout_returned"],
        ),
        body("OpenPayoutExecuted", executed(account()), golden!["webhook_open_payout_executed"]),
        body("OpenPayoutFailed", failed(account()), golden!["webhook_open_payout_failed"]),
    ]
}

/// Less than the resource tells: a webhook goes to whatever address was configured.
fn source() -> Members {
    Members::told("An account that the user has paid in from.")
        .tag("type", "payment_source")
        .must("payment_source_id", named("Id"), "")
        .must("user_id", named("Name"), "")
}

fn account() -> Members {
    Members::told("Any account.").tag("type", "external_account")
}

fn executed(beneficiary: Members) -> Members {
    head("payout_executed")
        .must("payout_id", named("Id"), "")
        .must("executed_at", named("EventTime"), "")
        .must("beneficiary", beneficiary, "")
        .may("scheme_id", named("SchemeId"), "")
        .must("merchant_account_id", named("Id"), "The account that is debited.")
        .may("metadata", named("Metadata"), "")
}

fn failed(beneficiary: Members) -> Members {
    head("payout_failed")
        .must("payout_id", named("Id"), "")
        .must("failed_at", named("EventTime"), "")
        .must("failure_reason", named("FailureReason"), "")
        .must("beneficiary", beneficiary, "")
        .may("metadata", named("Metadata"), "")
}

fn of_payments() -> Vec<Described> {
    let payment = |event_type, method: &str| {
        head(event_type).must("payment_id", named("Id"), "").must(
            "payment_method",
            named(method),
            "",
        )
    };
    let method = || Members::told("").tag("type", "bank_transfer");
    let settled = payment("payment_settled", "ToldPaymentMethod")
        .must("settled_at", named("EventTime"), "")
        .must("payment_source", named("PaymentSource"), "The account that the money came from.")
        .must("user_id", named("Name"), "Whose it is.")
        .may("metadata", named("Metadata"), "");
    let executed = payment("payment_executed", "ToldPaymentMethod")
        .must("executed_at", named("EventTime"), "")
        .may("metadata", named("Metadata"), "");
    let failed =
        payment("payment_failed", "ToldPaymentMethod").must("failed_at", named("EventTime"), "");
    let failed = failure(failed).may("metadata", named("Metadata"), "");
    let told =
        method().may("provider_id", named("Name"), "").may("scheme_id", named("SchemeId"), "");
    vec![
        part("ToldPaymentMethod", told),
        body("PaymentSettled", settled, golden!["webhook_payment_settled"]),
        body("PaymentExecuted", executed, golden!["webhook_payment_executed"]),
        body("PaymentFailed", failed, golden!["webhook_payment_failed"]),
    ]
}

fn of_refunds() -> Vec<Described> {
    let refund = |event_type| {
        head(event_type).must("refund_id", named("Id"), "").must("payment_id", named("Id"), "")
    };
    let executed = refund("refund_executed")
        .must("executed_at", named("EventTime"), "")
        .may("scheme_id", named("SchemeId"), "")
        .may("metadata", named("Metadata"), "");
    let failed = refund("refund_failed")
        .must("failed_at", named("EventTime"), "")
        .must("failure_reason", named("FailureReason"), "")
        .may("metadata", named("Metadata"), "");
    vec![
        body("RefundExecuted", executed, golden!["webhook_refund_executed"]),
        body("RefundFailed", failed, golden!["webhook_refund_failed"]),
    ]
}

/// An event that we are told is a hint, and nothing is read of it but what to ask the provider about.
fn heard() -> Vec<Described> {
    vec![body(
        "HeardEvent",
        heard_event(),
        golden!["webhook_payout_executed", "webhook_refund_executed"],
    )]
}

fn heard_event() -> AnyOfBuilder {
    let event = || Members::asked("").must("event_id", named("Id"), "");
    let of_payouts = event().must("type", one_of(OF_PAYOUTS), "").must(
        "payout_id",
        named("Id"),
        "What to ask the provider about.",
    );
    let of_payments = event().must("type", one_of(OF_PAYMENTS), "").must(
        "payment_id",
        named("Id"),
        "What to ask the provider about.",
    );
    let followed: Vec<_> = OF_PAYOUTS.into_iter().chain(OF_PAYMENTS).collect();
    let no_such = Extensions::from_iter([("not", serde_json::json!({ "enum": followed }))]);
    let other = text().min_length(Some(1)).extensions(Some(no_such));
    any([of_payouts, of_payments, event().must("type", other, "What is not followed.")])
        .description(Some(
            "What the provider tells. Nothing of it is believed but what to ask about.",
        ))
}
