//! What operators see and decide.

use payout_domain::Scope;
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder};

use super::payouts::texts;
use super::shape::{
    Members, absent, body, both, either, items, list, named, one_of, page, part, pattern, text,
    whole, whole_from,
};
use super::words::{A_NAME, some_of};
use super::{Described, golden};

pub(super) fn all() -> Vec<Described> {
    [payouts(), decisions(), clients()].concat()
}

fn payouts() -> Vec<Described> {
    vec![
        body("OperatorPayout", payout(), golden!["operator_decided"]),
        body(
            "OperatorPayoutPage",
            page("OperatorPayout", "Payouts of all clients, the oldest first."),
            golden!["operator_payouts", "operator_payouts_none"],
        ),
        body("OperatorPayoutFile", file(), golden!["operator_payout"]),
        part("Attempt", attempt()),
        part("DeadLetter", dead_letter()),
        body(
            "DeadLetterPage",
            page("DeadLetter", "Notifications that were given up, the oldest first."),
            golden!["operator_dead_letters"],
        ),
        part("OperatorName", pattern("^[A-Za-z0-9._@-]{1,64}$")),
    ]
}

fn payout() -> Members {
    Members::told("A payout as an operator sees it.")
        .must("id", named("Id"), "")
        .must("client_id", named("Name"), "Whose it is.")
        .must("merchant_account_id", named("Id"), "")
        .must("user_id", named("Name"), "")
        .must("payment_source_id", named("Id"), "")
        .money()
        .must("state", named("PayoutState"), "")
        .must("created_at", named("Time"), "")
        .must("attempts", whole_from(0), "How many transmissions have begun.")
        .may("first_sent_at", named("Time"), "When the first one began.")
        .may("gateway_payout_id", named("Id"), "The provider's name for it.")
        .may("executed_at", named("Time"), "")
        .may("failed_at", named("Time"), "")
        .may("returned_by", named("Id"), "The movement that brought the money back.")
        .may("proposed_by", named("OperatorName"), "Who has said that the provider never had it.")
        .must(
            "decisions",
            list(one_of(["cancel", "release", "resolve"])),
            "What can be decided now.",
        )
        .must("next", text(), "What is best done next.")
}

fn file() -> Members {
    Members::told("All that is known of a payout.")
        .must("payout", named("OperatorPayout"), "")
        .must("items", list(named("HistoryItem")), "What was learned, the oldest first.")
        .must("attempts", list(named("Attempt")), "Its transmissions, one by one.")
        .must("dead_letters", list(named("DeadLetter")), "What its client could not be told.")
}

fn attempt() -> Members {
    Members::told("")
        .must("attempt", whole_from(1), "Which transmission, counted from 1.")
        .must("begun_at", named("Time"), "")
        .must("token_issued_at", named("Time"), "")
        .must("token_expires_at", named("Time"), "Nothing of it can arrive after that.")
        .may("ended_at", named("Time"), "")
        .may("outcome", text(), "What its sender saw.")
}

fn dead_letter() -> Members {
    Members::told("A notification that was given up.")
        .must("event_id", named("Id"), "")
        .must("client_id", named("Name"), "Who was to be told.")
        .must("event", text(), "The type of the event.")
        .may("payout_id", named("Id"), "What it is about, if it is a payout.")
        .may("payment_id", named("Id"), "What it is about, if it is a payment.")
        .must("created_at", named("Time"), "")
        .must("given_up_at", named("Time"), "")
        .must("failures", whole_from(0), "How many deliveries have failed.")
}

fn decisions() -> Vec<Described> {
    let executed = Members::asked("It was executed.")
        .tag("as", "executed")
        .must("executed_at", named("AskedTime"), "When, by the provider's clock.")
        .must("evidence", words(), "");
    let otherwise = Members::asked("It failed, or the provider never had it.")
        .must("as", one_of(["failed", "never_submitted"]), "")
        .must("evidence", words(), "")
        .with(|object| object.property("executed_at", absent()));
    let on = Members::told("Sending goes on.").tag("sending", "on");
    let paused = Members::told("Sending is stopped.")
        .tag("sending", "paused")
        .must("by", named("OperatorName"), "")
        .must("because", text(), "")
        .must("at", named("Time"), "");
    vec![
        body(
            "ResolveOrder",
            either([executed, otherwise]),
            golden!["operator_resolve", "operator_resolve_executed", "operator_resolve_failed"],
        ),
        body(
            "PauseOrder",
            Members::asked("").must("because", words(), ""),
            golden!["operator_pause_order"],
        ),
        body("Pause", either([on, paused]), golden!["operator_paused", "operator_sending"]),
    ]
}

/// What people write: blanks around it are cut off before it is counted.
fn words() -> ObjectBuilder {
    const C: &str = r"\u0000-\u001f\u007f-\u009f";
    pattern(&format!(r"^\s*[^{C}\s]([^{C}]{{0,498}}[^{C}\s])?\s*$")).description(Some(
        "1 to 500 characters without control characters; blanks around them are cut off.",
    ))
}

fn clients() -> Vec<Described> {
    vec![
        body("ClientOrder", order(), golden!["operator_client_order"]),
        body("ClientChange", change(), golden!["operator_client_change"]),
        body("NewSecretOrder", new_secret(), golden!["operator_client_secret"]),
        body("Client", client(), golden!["operator_client"]),
        body(
            "ClientWithSecret",
            Members::told("A client, and its secret, which is shown this once.")
                .must("client_secret", text(), "")
                .must("client", named("Client"), ""),
            golden!["operator_client_added"],
        ),
        body("ClientList", items("Client", "All clients, by name."), golden!["operator_clients"]),
        part("AskedKey", key()),
        part("Scopes", scopes()),
    ]
}

fn scopes() -> ArrayBuilder {
    list(one_of(Scope::ALL.map(Scope::as_str))).min_items(Some(1))
}

fn key() -> Members {
    Members::asked("A public key on P-521.")
        .must("kid", text(), "What the client's requests call it.")
        .must("public_key", text(), "The key as PEM.")
}

fn order() -> Members {
    Members::asked("Registers a client.")
        .must("client_id", pattern(A_NAME), "Its name.")
        .may("scopes", named("Scopes"), "`payments` if nothing is said.")
        .may("merchant_accounts", list(named("Id")), "Those that are its alone.")
        .may("webhook", text(), "Where it is told of events.")
        .may("keys", list(named("AskedKey")), "What it signs with.")
        .only()
}

fn change() -> AllOfBuilder {
    let said = Members::asked("Changes what is said, and leaves the rest. It must say something.")
        .may("add_key", named("AskedKey"), "")
        .may("revoke_key", text(), "The id of a key that is not taken any more.")
        .may("scopes", named("Scopes"), "")
        .may("merchant_accounts", list(named("Id")), "`[]` gives all of them up.")
        .may("webhook", text(), "An empty text is none.")
        .only();
    let something = some_of([
        ("add_key", named("AskedKey").into()),
        ("revoke_key", text().into()),
        ("scopes", named("Scopes").into()),
        ("merchant_accounts", list(named("Id")).into()),
        ("webhook", text().into()),
    ]);
    both(said, something)
}

fn new_secret() -> Members {
    Members::asked("Gives a client another secret.")
        .may(
            "overlap_seconds",
            whole(0, 2_592_000),
            "For how long the one before it still opens: a day, if nothing is said.",
        )
        .only()
}

fn client() -> Members {
    Members::told("A client as operators see it.")
        .must("client_id", named("Name"), "")
        .must("from", one_of(["configuration", "register"]), "Where it is named.")
        .must("scopes", texts(), "")
        .must("merchant_accounts", list(named("Id")), "")
        .may("webhook", text(), "")
        .must("keys", list(client_key()), "")
        .may("earlier_secret_ends_at", named("Time"), "Until when the one before still opens.")
        .must("added_at", named("Time"), "")
        .may("revoked_at", named("Time"), "")
}

fn client_key() -> Members {
    Members::told("").must("kid", text(), "").must("added_at", named("Time"), "").may(
        "revoked_at",
        named("Time"),
        "Since when it is not taken any more.",
    )
}
