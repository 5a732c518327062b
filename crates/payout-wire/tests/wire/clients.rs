//! What the provider's four clients cannot do without, checked over everything that we write.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::golden;

fn bodies() -> impl Iterator<Item = (String, Value)> {
    golden::all().into_iter().map(|(name, bytes)| {
        let body = serde_json::from_slice(&bytes).expect("what we write is JSON");
        (name, body)
    })
}

/// Calls `check` on every value in the document.
fn walk(value: &Value, check: &mut impl FnMut(&Value)) {
    check(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, check)),
        Value::Object(members) => members.values().for_each(|member| walk(member, check)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn nothing_is_ever_null() {
    for (name, body) in bodies() {
        walk(&body, &mut |value| assert!(!value.is_null(), "{name}"));
    }
}

#[test]
fn every_problem_has_its_five_members_and_errors_are_lists_of_sentences() {
    for (name, body) in bodies().filter(|(name, _)| name.starts_with("problem")) {
        for member in ["type", "title", "detail", "trace_id"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{name} {member}");
        }
        assert!(body["status"].is_u64(), "{name}");
        if let Some(errors) = body.get("errors") {
            let errors = errors.as_object().expect("errors are a map");
            assert!(!errors.is_empty(), "{name}");
            for sentences in errors.values() {
                let sentences = sentences.as_array().expect("of lists");
                assert!(sentences.iter().all(Value::is_string) && !sentences.is_empty(), "{name}");
            }
        }
    }
}

#[test]
fn every_event_has_a_version_that_is_the_number_one() {
    for (name, body) in bodies().filter(|(name, _)| name.starts_with("webhook")) {
        assert_eq!(body["event_version"], 1, "{name}");
        assert!(body["event_id"].is_string() && body["type"].is_string(), "{name}");
    }
}

#[test]
fn a_payout_has_one_of_four_statuses_and_what_goes_with_it() {
    for (name, body) in bodies().filter(|(_, body)| body.get("beneficiary").is_some()) {
        let Some(status) = body.get("status").and_then(Value::as_str) else { continue };
        assert!(["pending", "authorized", "executed", "failed"].contains(&status), "{name}");
        assert_eq!(status == "executed", body.get("executed_at").is_some() && status != "failed");
        assert_eq!(status == "failed", body["failed_at"].is_string(), "{name}");
        assert_eq!(status == "failed", body["failure_reason"].is_string(), "{name}");
    }
}

#[test]
fn schemes_are_those_that_java_knows() {
    let java: BTreeSet<&str> = [
        "faster_payments_service",
        "sepa_credit_transfer",
        "sepa_credit_transfer_instant",
        "internal_transfer",
        "polish_domestic_standard",
        "polish_domestic_express",
        "norwegian_domestic_credit_transfer",
        "swedish_domestic_credit_transfer",
        "unknown",
    ]
    .into();

    let ours: BTreeSet<&str> = payout_domain::Scheme::ALL.map(payout_domain::Scheme::id).into();

    assert_eq!(ours, java);
}

#[test]
fn whoever_sent_money_past_the_api_is_spelled_both_ways() {
    let page = golden::all().remove("transaction_page").expect("it is one of the bodies");
    let page: Value = serde_json::from_slice(&page).expect("what we write is JSON");
    let remitter = &page["items"][1]["remitter"];

    assert_eq!(remitter["account_identifier"], remitter["account_identifiers"][0]);
    assert_eq!(remitter["account_identifier"]["sort_code"], "040668");
}

#[test]
fn a_british_account_is_listed_by_both_of_its_names() {
    let body = golden::all().remove("payout_executed").expect("it is one of the bodies");
    let body: Value = serde_json::from_slice(&body).expect("what we write is JSON");

    let kinds: Vec<_> = body["beneficiary"]["account_identifiers"]
        .as_array()
        .expect("it is a list")
        .iter()
        .map(|identifier| identifier["type"].clone())
        .collect();

    assert_eq!(kinds, ["sort_code_account_number", "iban"]);
}

#[test]
fn resources_carry_microseconds_and_events_milliseconds() {
    for (name, body) in bodies() {
        let digits = if name.starts_with("webhook") { 3 } else { 6 };
        walk(&body, &mut |value| {
            let Some(time) = value.as_str().filter(|text| text.starts_with("2026-")) else {
                return;
            };
            let fraction = time.strip_suffix('Z').and_then(|time| time.split_once('.'));
            let (_, fraction) = fraction.expect("a time in UTC with a fraction");
            assert_eq!(fraction.len(), digits, "{name}");
        });
    }
}

#[test]
fn a_token_is_a_bearer_and_brings_no_refresh_token() {
    for (name, body) in bodies().filter(|(name, _)| name.starts_with("token_response")) {
        assert_eq!(body["token_type"], "Bearer", "{name}");
        assert_eq!(body["expires_in"], 3600, "{name}");
        assert!(body.get("refresh_token").is_none(), "{name}");
    }
}
