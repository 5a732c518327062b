//! Payments that a sandbox lets users make.

use payout_domain::Login;
use utoipa::openapi::schema::OneOfBuilder;

use super::payments::method;
use super::payouts::positive_amount;
use super::shape::{
    Members, body, either, list, named, one_of, part, pattern, text, truth, whole_from,
};
use super::words::A_NAME;
use super::{Described, golden};
use crate::payment::RETURN_URI_MAX;

pub(super) fn all() -> Vec<Described> {
    [asked(), told()].concat()
}

fn asked() -> Vec<Described> {
    vec![
        body("CreatePayment", create(), golden!["create_payment"]),
        body("StartFlow", start(), golden!["start_flow"]),
        body(
            "SelectProvider",
            Members::asked("The bank that the user has chosen.").must(
                "provider_id",
                pattern(A_NAME),
                "One of those that are offered.",
            ),
            golden!["select_provider"],
        ),
        body("SubmitForm", submit(), golden!["submit_form"]),
        body("Nothing", Members::asked("Whatever is said here is read by nobody."), vec![]),
    ]
}

fn create() -> Members {
    let chosen_later = Members::asked("The user chooses.").tag("type", "user_selected").may(
        "filter",
        Members::asked("").may("provider_ids", list(pattern(A_NAME)), "").of_any_type(),
        "The banks that are offered; a sandbox's own if nothing is said.",
    );
    let preselected = Members::asked("The caller has chosen.").tag("type", "preselected").must(
        "provider_id",
        pattern(A_NAME),
        "",
    );
    let beneficiary = Members::asked("").tag("type", "merchant_account").must(
        "merchant_account_id",
        named("Id"),
        "",
    );
    let method = Members::asked("")
        .tag("type", "bank_transfer")
        .must("provider_selection", either([chosen_later, preselected]), "")
        .must("beneficiary", beneficiary, "Where the money is to arrive.");
    let user = Members::asked("Whatever else is said of the user is read by nobody.").may(
        "id",
        named("Name"),
        "",
    );
    Members::asked("A payment that a user is to make.")
        .must("amount_in_minor", positive_amount(), "At most 5000000 minor units.")
        .must("currency", named("Currency"), "That of the merchant account.")
        .must("payment_method", method, "")
        .may("user", user, "Who is to pay; somebody new if nothing is said.")
        .may("metadata", named("Metadata"), "")
}

/// That it is there says yes, whatever it is: some clients write an empty object as a list.
fn start() -> Members {
    let redirect = Members::asked("").must(
        "return_uri",
        text().min_length(Some(1)).max_length(Some(RETURN_URI_MAX)),
        "Where the user is sent back to, of at most 2048 bytes.",
    );
    let yes = || Members::asked("").of_any_type();
    Members::asked("What the caller can do.")
        .may("provider_selection", yes(), "Let the user choose a bank; write `{}`.")
        .may("redirect", redirect, "Send the user to the bank's page.")
        .may("consent", yes(), "Ask the user to agree; write `{}`.")
        .may("form", yes(), "Ask the user to fill in a form.")
}

fn submit() -> Members {
    let inputs = Members::asked("").must(
        "login",
        one_of(Login::ALL.map(Login::as_str)),
        "The name to log in with says how it ends.",
    );
    Members::asked("What the user has filled in.").must("inputs", inputs, "")
}

fn told() -> Vec<Described> {
    vec![
        body("CreatedPayment", created(), golden!["created_payment"]),
        body(
            "SandboxPayment",
            payment(),
            golden![
                "payment_authorization_required",
                "payment_authorizing",
                "payment_authorized",
                "payment_executed",
                "payment_settled_by_client",
                "payment_failed",
            ],
        ),
        body(
            "AuthorizationFlow",
            flow(),
            golden![
                "flow_provider_selection",
                "flow_consent",
                "flow_redirect",
                "flow_form",
                "flow_failed",
            ],
        ),
        part("FlowConfiguration", configuration()),
        part("NextAction", next_action()),
        part("Bank", bank(Members::told("A bank that a user can pay from."))),
    ]
}

fn created() -> Members {
    Members::told("A payment that its user is yet to authorise.")
        .must("id", named("Id"), "")
        .must("user", named("User"), "")
        .must("resource_token", text(), "What a page of the client would need.")
        .must("status", one_of(["authorization_required"]), "")
}

const STATUSES: [&str; 6] =
    ["authorization_required", "authorizing", "authorized", "executed", "settled", "failed"];

fn payment() -> Members {
    let filter = Members::told("").must("provider_ids", list(named("Name")), "");
    let selection = Members::told("")
        .must("type", one_of(["user_selected", "preselected"]), "")
        .may("filter", filter, "")
        .may("provider_id", named("Name"), "The bank, once it is chosen.")
        .may("scheme_id", named("SchemeId"), "");
    let members = Members::told("A payment as it stands.")
        .must("id", named("Id"), "")
        .money()
        .must("user", named("User"), "")
        .must("payment_method", method(selection), "")
        .may("metadata", named("Metadata"), "")
        .must("created_at", named("Time"), "")
        .must("status", one_of(STATUSES), "")
        .may("executed_at", named("Time"), "")
        .may("settled_at", named("Time"), "")
        .may("failed_at", named("Time"), "");
    failure(members).may("authorization_flow", authorization_flow(), "").may(
        "payment_source",
        named("PaymentSource"),
        "The account that the money came from.",
    )
}

/// At which stage a payment failed, and why.
pub(super) fn failure(members: Members) -> Members {
    members
        .may("failure_stage", one_of(["authorization_required", "authorizing", "authorized"]), "")
        .may("failure_reason", one_of(["authorization_failed", "canceled", "rejected"]), "")
}

fn flow() -> Members {
    let members = Members::told("How far the authorisation of a payment has come.")
        .must("status", one_of(STATUSES), "")
        .may("authorization_flow", authorization_flow(), "");
    failure(members)
}

fn authorization_flow() -> Members {
    let actions = Members::told("").must("next", named("NextAction"), "");
    Members::told("").may("actions", actions, "What comes next; absent if nothing does.").must(
        "configuration",
        named("FlowConfiguration"),
        "",
    )
}

fn configuration() -> Members {
    let redirect = Members::told("").must("return_uri", text(), "");
    let form = Members::told("").must("input_types", list(one_of(["text"])), "");
    Members::told("What the caller can do, as it said.")
        .may("provider_selection", Members::told(""), "")
        .may("redirect", redirect, "")
        .may("consent", Members::told(""), "")
        .may("form", form, "")
}

fn next_action() -> OneOfBuilder {
    let selection = Members::told("The user chooses a bank.")
        .tag("type", "provider_selection")
        .must("providers", list(named("Bank")), "");
    let consent = Members::told("The user agrees.").tag("type", "consent").must(
        "subsequent_action_hint",
        one_of(["redirect", "form"]),
        "",
    );
    let metadata = bank(Members::told("").tag("type", "provider"));
    let redirect = Members::told("The user goes to the bank's page.")
        .tag("type", "redirect")
        .must("uri", text(), "")
        .must("metadata", metadata, "");
    let form = Members::told("The user fills in a form.").tag("type", "form").must(
        "inputs",
        list(input()),
        "",
    );
    either([selection, consent, redirect, form])
}

fn bank(members: Members) -> Members {
    members.must("id", named("Name"), "").must("display_name", text(), "").may(
        "country_code",
        pattern("^[A-Z]{2}$"),
        "",
    )
}

fn input() -> Members {
    let display_text = Members::told("").must("key", text(), "").must("default", text(), "");
    Members::told("A question.")
        .tag("type", "text")
        .must("id", text(), "")
        .must("mandatory", truth(), "")
        .must("display_text", display_text, "")
        .must("format", one_of(["any"]), "")
        .must("sensitive", truth(), "")
        .must("min_length", whole_from(0), "")
        .must("max_length", whole_from(0), "")
        .must("regexes", list(text()), "")
}
