//! Refunds.

use payout_domain::Money;

use super::payouts::standing;
use super::shape::{Members, body, items, named, text, whole_from};
use super::{Described, golden};

pub(super) fn all() -> Vec<Described> {
    let created = Members::told("A refund that was accepted.").must("id", named("Id"), "Its name.");
    let asked = Members::asked("A payment is to be paid back.")
        .may("amount_in_minor", amount(), "All that is left of the payment if nothing is said.")
        .must("reference", named("Reference"), "")
        .may("metadata", named("Metadata"), "");
    let told = Members::told("A refund as it stands.")
        .must("id", named("Id"), "")
        .money()
        .must("reference", text(), "")
        .may("metadata", named("Metadata"), "");
    vec![
        body("CreateRefund", asked, golden!["create_refund"]),
        body("CreatedRefund", created, golden!["created_refund"]),
        body(
            "Refund",
            standing(told),
            golden!["refund_pending", "refund_executed", "refund_failed"],
        ),
        body("RefundList", items("Refund", "The refunds of a payment."), golden!["refund_list"]),
    ]
}

fn amount() -> utoipa::openapi::schema::ObjectBuilder {
    whole_from(1).maximum(Some(Money::MAX_MINOR))
}
