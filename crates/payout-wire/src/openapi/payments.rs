//! Payments that have settled.

use super::shape::{Members, body, named, one_of, part, text};
use super::{Described, golden};

pub(super) fn all() -> Vec<Described> {
    vec![
        body("Payment", payment(), golden!["payment_settled"]),
        part("User", Members::told("Who pays.").must("id", named("Name"), "")),
    ]
}

fn payment() -> Members {
    let selection = Members::told("")
        .tag("type", "user_selected")
        .must("provider_id", text(), "")
        .must("scheme_id", named("SchemeId"), "");
    let members = Members::told("A payment that has settled: others open no loop.")
        .must("id", named("Id"), "")
        .money()
        .must("user", named("User"), "")
        .must("payment_method", method(selection), "")
        .may("metadata", named("Metadata"), "")
        .must("created_at", named("Time"), "")
        .must("executed_at", named("Time"), "")
        .must("settled_at", named("Time"), "")
        .must("status", one_of(["settled"]), "");
    members.must("payment_source", named("PaymentSource"), "The account that the money came from.")
}

/// How a payment is made.
pub(super) fn method(selection: impl Into<super::shape::Part>) -> Members {
    Members::told("").tag("type", "bank_transfer").must("provider_selection", selection, "").must(
        "beneficiary",
        merchant_account(),
        "Where the money arrives.",
    )
}

fn merchant_account() -> Members {
    Members::told("").tag("type", "merchant_account").must("merchant_account_id", named("Id"), "")
}
