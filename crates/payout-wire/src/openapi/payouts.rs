//! Payouts.

use payout_domain::{Money, ParkReason, PayoutState, Scheme};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, OneOfBuilder};

use super::shape::{
    Members, absent, any, body, either, items, list, named, one_of, page, part, pattern, text,
    whole, whole_from,
};
use super::{Described, golden};
use crate::payout::OF_OTHER_TYPES;

pub(super) fn all() -> Vec<Described> {
    [asked(), told()].concat()
}

fn asked() -> Vec<Described> {
    vec![
        body(
            "CreatePayout",
            order("A payout of the closed loop.", payment_source()),
            golden![
                "create_payout",
                "create_payout_without_metadata",
                "create_payout_with_extra_pair",
            ],
        ),
        body("CreateOpenPayout", order("A payout to any account.", external_account()), open()),
        part("AskedSchemeSelection", scheme_selection()),
    ]
}

/// What nobody but the provider's own clients writes.
fn open() -> Vec<super::Example> {
    let json = include_str!("../../tests/read/create_open_payout.json");
    vec![super::Example { name: "create_open_payout", json }]
}

fn order(sentence: &str, beneficiary: Members) -> Members {
    Members::asked(sentence)
        .must("merchant_account_id", named("Id"), "The account to pay from.")
        .must("amount_in_minor", positive_amount(), "")
        .must(
            "currency",
            named("Currency"),
            "That of the merchant account and of the account to pay to.",
        )
        .must("beneficiary", beneficiary, "Who is to be paid.")
        .may("scheme_selection", named("AskedSchemeSelection"), "")
        .may("metadata", named("Metadata"), "")
        .may("sub_merchants", Members::asked("Read by nobody here."), "")
}

/// An amount that is not nothing.
pub(super) fn positive_amount() -> ObjectBuilder {
    whole(1, Money::MAX_MINOR).description(Some(
        "Minor units of the currency. A payout has at most 2147483647, unless the merchant has set \
         another limit. Written without quotes, sign, fraction and exponent.",
    ))
}

fn payment_source() -> Members {
    let members = Members::asked("")
        .tag("type", "payment_source")
        .must(
            "payment_source_id",
            named("Id"),
            "An account of that user from which a settled payment has reached that merchant account.",
        )
        .must("user_id", named("Name"), "Whose it is.")
        .must("reference", named("Reference"), "");
    OF_OTHER_TYPES
        .into_iter()
        .fold(members, |members, foreign| members.with(|object| object.property(foreign, absent())))
}

fn external_account() -> Members {
    let members = Members::asked("")
        .tag("type", "external_account")
        .must("account_holder_name", named("AccountHolderName"), "")
        .must("account_identifier", named("AskedAccountIdentifier"), "")
        .must("reference", named("Reference"), "");
    ["payment_source_id", "user_id"]
        .into_iter()
        .fold(members, |members, foreign| members.with(|object| object.property(foreign, absent())))
}

fn scheme_selection() -> OneOfBuilder {
    let by_speed =
        Members::asked("").must("type", one_of(["instant_only", "instant_preferred"]), "");
    let preselected = Members::asked("").tag("type", "preselected").must(
        "scheme_id",
        one_of(Scheme::ALL.map(Scheme::id)),
        "",
    );
    either([by_speed, preselected]).description(Some(
        "Which scheme carries it. An instant one is preferred if nothing is said.",
    ))
}

fn told() -> Vec<Described> {
    vec![
        body(
            "CreatedPayout",
            Members::told("A payout that was accepted.").must("id", named("Id"), "Its name."),
            golden!["created_payout"],
        ),
        body(
            "Payout",
            payout("A payout as it stands: nothing that is not known yet.", paid_source()),
            golden![
                "payout_pending",
                "payout_authorized",
                "payout_executed",
                "payout_failed",
                "payout_returned",
                "payout_of_euros",
            ],
        ),
        body(
            "OpenPayout",
            payout("A payout to any account as it stands.", paid_account()),
            golden!["open_payout_executed"],
        ),
        body(
            "PayoutPage",
            page("Payout", "Payouts of the caller, the newest first."),
            golden!["payout_page", "payout_page_last"],
        ),
        body(
            "PayoutHistory",
            items("HistoryItem", "Everything that was learned of a payout, the oldest first."),
            golden!["payout_history"],
        ),
        part("HistoryItem", history_item()),
        part("PayoutState", payout_state()),
        part("PaidPaymentSource", paid_source()),
        part("PaidExternalAccount", paid_account()),
    ]
}

fn payout(sentence: &str, beneficiary: Members) -> Members {
    let members = Members::told(sentence)
        .must("id", named("Id"), "")
        .must("merchant_account_id", named("Id"), "The account that it is paid from.")
        .money()
        .must("beneficiary", beneficiary, "")
        .may("metadata", named("Metadata"), "")
        .may("scheme_id", named("SchemeId"), "");
    standing(members)
}

/// How a payout or a refund stands, and since when.
pub(super) fn standing(members: Members) -> Members {
    members
        .must(
            "status",
            one_of(["pending", "authorized", "executed", "failed"]),
            "`executed` means that the merchant account is debited, not that the money has arrived.",
        )
        .must("created_at", named("Time"), "")
        .may("authorized_at", named("Time"), "")
        .may("executed_at", named("Time"), "Stays when the money comes back, because it happened.")
        .may("failed_at", named("Time"), "")
        .may("failure_reason", named("FailureReason"), "")
}

/// A payment source that was paid.
pub(super) fn paid_source() -> Members {
    Members::told("An account that the user has paid in from.")
        .tag("type", "payment_source")
        .must("payment_source_id", named("Id"), "")
        .must("user_id", named("Name"), "")
        .must("reference", text(), "")
        .may("account_holder_name", text(), "")
        .may("account_identifiers", named("AccountIdentifiers"), "")
}

/// An account that was paid.
pub(super) fn paid_account() -> Members {
    Members::told("Any account.")
        .tag("type", "external_account")
        .must("reference", text(), "")
        .must("account_holder_name", text(), "")
        .must("account_identifier", named("AccountIdentifier"), "As it was given.")
        .must("account_identifiers", named("AccountIdentifiers"), "In every form that it has.")
}

/// A record of what was learned.
fn history_item() -> Members {
    Members::told("")
        .must("version", whole_from(1), "Its number, counted from 1.")
        .must("at", named("Time"), "When it was recorded.")
        .must("evidence", text(), "What was learned, in words.")
        .must("state", named("PayoutState"), "Where the payout stood from then on.")
}

fn payout_state() -> AnyOfBuilder {
    let words = one_of([
        "accepted",
        "sending",
        "sending:again",
        "unknown",
        "submitted",
        "submitted:authorized",
        "executed",
        "returned",
    ]);
    let parked = ParkReason::ALL.map(|reason| PayoutState::Parked(reason).to_string());
    let parked = one_of(parked.iter().map(String::as_str));
    any([words, parked, pattern("^failed:")]).description(Some(
        "Where a payout really stands: more than the four words of its status. What failed or \
         is parked has its reason after a colon.",
    ))
}

/// A list of texts.
pub(super) fn texts() -> ArrayBuilder {
    list(text())
}
