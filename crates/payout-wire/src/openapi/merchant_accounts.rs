//! Merchant accounts, what moved on them, and who has paid into them.

use super::shape::{Members, body, either, items, named, one_of, page, part, text};
use super::{Described, golden};

pub(super) fn all() -> Vec<Described> {
    vec![
        body("MerchantAccount", merchant_account(), golden!["merchant_account"]),
        body(
            "MerchantAccountList",
            items("MerchantAccount", "The merchant accounts of the caller."),
            golden!["merchant_account_list"],
        ),
        body(
            "PaymentSourceList",
            items("PaymentSource", "The accounts that a user has paid in from."),
            golden!["payment_source_list", "payment_source_list_empty"],
        ),
        part("PaymentSource", payment_source("Whose it is, where that does not stand beside it.")),
        body(
            "TransactionPage",
            page("Transaction", "What moved on a merchant account, the oldest first."),
            golden!["transaction_page", "transaction_page_last"],
        ),
        part(
            "Transaction",
            either([payment(), external_payment(), payout(&["PaidPaymentSource"])]),
        ),
        body(
            "SandboxTransactionPage",
            page("SandboxTransaction", "What moved on a merchant account, the oldest first."),
            golden!["transaction_page", "transaction_page_of_transfers"],
        ),
        part(
            "SandboxTransaction",
            either([
                payment(),
                external_payment(),
                payout(&["PaidPaymentSource", "PaidExternalAccount"]),
                refund(),
            ]),
        ),
    ]
}

fn merchant_account() -> Members {
    Members::told("An account that payouts are made from.")
        .must("id", named("Id"), "")
        .must("currency", named("Currency"), "")
        .must("account_identifiers", named("AccountIdentifiers"), "")
        .must("available_balance_in_minor", named("MinorUnits"), "What can be paid out now.")
        .must("current_balance_in_minor", named("MinorUnits"), "What it holds.")
        .must("account_holder_name", text(), "")
}

/// A payment source, as lists and payments show it.
fn payment_source(whose: &str) -> Members {
    Members::told("An account that a user has paid in from.")
        .must("id", named("Id"), "")
        .may("user_id", named("Name"), whose)
        .may("account_holder_name", text(), "")
        .must("account_identifiers", named("AccountIdentifiers"), "")
}

fn head(sentence: &str, kind: &str, statuses: &[&str]) -> Members {
    Members::told(sentence)
        .tag("type", kind)
        .must("id", named("Id"), "The name of the movement.")
        .money()
        .must("status", one_of(statuses.iter().copied()), "")
}

fn payment() -> Members {
    head("A payment of a user that has settled.", "merchant_account_payment", &["settled"])
        .must("settled_at", named("Time"), "")
        .must("payment_id", named("Id"), "")
        .must("payment_source", named("PaymentSource"), "")
        .may("metadata", named("Metadata"), "")
}

fn external_payment() -> Members {
    let remitter = Members::told("Who sent it.")
        .may("account_holder_name", text(), "")
        .may("reference", text(), "")
        .may("account_identifier", named("AccountIdentifier"), "The first of the list.")
        .may("account_identifiers", named("AccountIdentifiers"), "");
    let returned = Members::told("").tag("type", "identified").must("returned_id", named("Id"), "");
    let unknown = Members::told("").tag("type", "unknown");
    head("Money that came in past the API.", "external_payment", &["settled"])
        .must("settled_at", named("Time"), "")
        .must("remitter", remitter, "")
        .may("return_for", either([returned, unknown]), "The payout that came back with it.")
}

fn payout(beneficiaries: &[&str]) -> Members {
    let members = head("A payout.", "payout", &["pending", "executed"]).must(
        "payout_id",
        named("Id"),
        "The name of the payout, which is also that of the movement.",
    );
    withdrawal(members, beneficiaries)
}

fn refund() -> Members {
    let members = head("A refund.", "refund", &["pending", "executed"])
        .must("refund_id", named("Id"), "")
        .must("payment_id", named("Id"), "What was paid back.");
    withdrawal(members, &["PaidPaymentSource"])
}

/// What every movement out of the account tells.
fn withdrawal(members: Members, beneficiaries: &[&str]) -> Members {
    members
        .must("created_at", named("Time"), "")
        .may("executed_at", named("Time"), "")
        .must("context_code", one_of(["withdrawal"]), "")
        .may("scheme_id", named("SchemeId"), "")
        .may("returned_by", named("Id"), "The movement that brought the money back.")
        .may("beneficiary", either(beneficiaries.iter().map(|name| named(name))), "")
        .may("metadata", named("Metadata"), "")
}
