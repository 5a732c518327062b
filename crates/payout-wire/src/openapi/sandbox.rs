//! The controls of a sandbox.

use payout_domain::{Login, Money};
use utoipa::openapi::Type;
use utoipa::openapi::schema::{AdditionalProperties, AllOfBuilder, ObjectBuilder};

use super::shape::{
    Members, Part, absent, any, body, both, either, list, named, one_of, part, pattern, text,
    whole, whole_from,
};
use super::words::some_of;
use super::{Described, golden};
use crate::sandbox::{
    ClockAdvance, FaultCall, FaultKind, FaultMember, FaultRules, MILLISECONDS_MAX, possible,
};

pub(super) fn all() -> Vec<Described> {
    [users(), banks(), times(), faults(), probes()].concat()
}

fn users() -> Vec<Described> {
    let deposit = Members::asked("A user pays in.")
        .must("user_id", named("Name"), "Who pays.")
        .must("amount_in_minor", whole(1, Money::MAX_MINOR), "")
        .must("currency", named("Currency"), "")
        .may(
            "account_identifier",
            named("AskedAccountIdentifier"),
            "From which account; the sandbox chooses one if nothing is said.",
        )
        .may("account_holder_name", named("AccountHolderName"), "")
        .may("merchant_account_id", named("Id"), "That of the currency if nothing is said.");
    let made = Members::told("What came of it.")
        .must("payment_id", named("Id"), "")
        .must("user_id", named("Name"), "")
        .must("payment_source_id", named("Id"), "The account that it came from.")
        .must("merchant_account_id", named("Id"), "Where it arrived.");
    let login = Members::asked("The user of a payment logs in at the bank.")
        .must("payment_id", named("Id"), "")
        .must("login", one_of(Login::ALL.map(Login::as_str)), "How that ends.");
    vec![
        body("Deposit", deposit, golden!["sandbox_deposit", "sandbox_deposit_bare"]),
        body("DepositMade", made, golden!["sandbox_deposit_made"]),
        body("BankLogin", login, golden!["sandbox_login"]),
    ]
}

fn banks() -> Vec<Described> {
    let reasons: Vec<_> = possible().map(|reason| reason.to_string()).collect();
    let fail_next = Members::asked("The next payout fails.").must(
        "fail_next",
        one_of(reasons.iter().map(String::as_str)),
        "Why.",
    );
    let returned = Members::asked("The beneficiary's bank sends an executed payout back.").must(
        "return_payout",
        named("Id"),
        "The sandbox's name for it.",
    );
    let target = Members::asked("Where webhooks go from now on.").must(
        "url",
        pattern("^https?://[!-~]+$"),
        "An address that is reachable in full.",
    );
    vec![
        body("FailNext", fail_next, golden!["sandbox_fail_next"]),
        body("ReturnPayout", returned, golden!["sandbox_return_payout"]),
        body("WebhookTarget", target, golden!["sandbox_webhook_target"]),
    ]
}

fn times() -> Vec<Described> {
    let advance = Members::asked("Moves the clock forward.").must(
        "advance_seconds",
        whole(0, ClockAdvance::SECONDS_MAX),
        "At most a year and a day.",
    );
    vec![
        body(
            "Delays",
            spans("How long things take.", &["execution_delay_ms", "settlement_delay_ms"], 0),
            golden!["sandbox_delays"],
        ),
        body(
            "Lifetimes",
            spans(
                "How long tokens live and keys are remembered, in seconds.",
                &["token_life_seconds", "key_window_seconds"],
                1,
            ),
            golden!["sandbox_lifetimes"],
        ),
        body("ClockAdvance", advance, golden!["sandbox_clock_advance"]),
        body(
            "Clock",
            Members::told("").must("now", named("Time"), "What time it is there."),
            golden!["sandbox_clock"],
        ),
    ]
}

/// Spans of which at least one is said, and the others stay.
fn spans(sentence: &str, names: &[&'static str], min: u64) -> AllOfBuilder {
    let members = names
        .iter()
        .fold(Members::asked(""), |members, name| members.may(name, whole_from(min), ""));
    let one = some_of(names.iter().map(|name| (*name, whole_from(min).into())));
    both(members, one).description(Some(format!("{sentence} What is not said stays.")))
}

fn faults() -> Vec<Described> {
    let calls = FaultCall::ALL.map(FaultCall::as_str);
    let counts = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property_names(Some(one_of(calls)))
        .additional_properties(Some(AdditionalProperties::RefOr(whole_from(0).into())));
    let rules = Members::asked("By which rules the sandbox misbehaves.")
        .may("seed", whole_from(0), "What chance begins from.")
        .must("rules", list(named("FaultRule")).max_items(Some(FaultRules::RULES_MAX)), "")
        .only();
    let report = Members::told("What came of the rules so far.")
        .must("seed", whole_from(0), "")
        .must("calls", counts, "How many calls there were, by name.")
        .must("rules", list(named("FaultTally")), "");
    vec![
        body("FaultRules", rules, golden!["sandbox_fault_rules"]),
        body("FaultReport", report, golden!["sandbox_fault_report"]),
        part("FaultRule", rule()),
        part("FaultTally", tally()),
    ]
}

/// A rule has what its kind needs and nothing that its kind does not know, and is not counted in two
/// ways.
fn rule() -> AllOfBuilder {
    let by_count = Members::asked("").with(|object| object.property("percent", absent()));
    let by_chance = Members::asked("").with(|object| object.property("next", absent()));
    both(either(FaultKind::ALL.into_iter().map(of_kind)), any([by_count, by_chance]))
}

fn of_kind(kind: FaultKind) -> Members {
    let (needed, possible) = kind.members();
    let members = Members::asked("").tag("do", kind.as_str()).must(
        "on",
        one_of(kind.calls().iter().map(|call| call.as_str())),
        "",
    );
    let members = needed
        .iter()
        .fold(members, |members, member| members.must(member.as_str(), extent(*member), ""));
    possible
        .iter()
        .fold(members, |members, member| members.may(member.as_str(), extent(*member), ""))
        .may("skip", whole_from(0), "How many calls are left alone first.")
        .may("next", whole_from(1), "How many calls it happens to.")
        .may("percent", whole(1, 100), "To how many of a hundred calls, by chance.")
        .only()
}

fn extent(member: FaultMember) -> ObjectBuilder {
    match member {
        FaultMember::When => one_of(["before", "after"]),
        FaultMember::Status => whole(200, 599),
        FaultMember::RetryAfter | FaultMember::Milliseconds => whole(0, MILLISECONDS_MAX),
        FaultMember::AfterBytes => whole(0, u64::from(u32::MAX)),
        FaultMember::Location => pattern("^[!-~]+$"),
    }
}

fn tally() -> Members {
    let members = Members::told("A rule with what came of it.")
        .must("on", one_of(FaultCall::ALL.map(FaultCall::as_str)), "")
        .must("do", one_of(FaultKind::ALL.map(FaultKind::as_str)), "")
        .may("skip", whole_from(0), "")
        .may("next", whole_from(1), "")
        .may("percent", whole(1, 100), "");
    FaultMember::ALL
        .into_iter()
        .fold(members, |members, member| members.may(member.as_str(), extent(member), ""))
        .must("injected", whole_from(0), "How often the fault has happened.")
}

fn probes() -> Vec<Described> {
    let said = |word: &'static str| Part::from(Members::told("").tag("status", word));
    vec![
        body("Alive", said("alive"), vec![]),
        body("Ready", said("ready"), vec![]),
        body("Done", Members::told("There is nothing to tell."), vec![]),
        part("Prose", text()),
        part("AnyObject", ObjectBuilder::new().schema_type(Type::Object)),
    ]
}
