//! `payout demo`.

use std::fs;
use std::time::Duration;

use serde_json::Value as Json;

use crate::stage::Stage;

/// The members of an executed payout, in the order of the provider's documentation.
const MEMBERS: [&str; 9] = [
    "id",
    "merchant_account_id",
    "amount_in_minor",
    "currency",
    "beneficiary",
    "scheme_id",
    "status",
    "created_at",
    "authorized_at",
];

const BENEFICIARY: [&str; 6] = [
    "type",
    "payment_source_id",
    "user_id",
    "reference",
    "account_holder_name",
    "account_identifiers",
];

fn names(object: &Json) -> Vec<&str> {
    object
        .as_object()
        .map(|members| members.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

#[test]
fn the_demo_ends_within_ten_seconds_with_an_executed_payout() {
    let stage = Stage::new();

    let demo = stage.run(&["demo"]).ended_with(0);

    assert!(demo.took < Duration::from_secs(10), "{demo:#?}");
    let payout = demo.json();
    assert_eq!(payout["status"], "executed");
    assert_eq!(names(&payout), [MEMBERS.as_slice(), &["executed_at"]].concat());
    assert_eq!(names(&payout["beneficiary"]), BENEFICIARY);
    assert_eq!(payout["beneficiary"]["type"], "payment_source");
}

#[test]
fn the_demo_tells_its_steps_as_they_happen() {
    let stage = Stage::new();

    let demo = stage.run(&["demo"]).ended_with(0);

    let mut rest = demo.stderr.as_str();
    for step in [
        "sandbox     http://127.0.0.1:",
        "service     http://127.0.0.1:",
        "pay-in      25.00 GBP",
        "payout      12.50 GBP asked for, signed: 202",
        "the same key again: the same payout",
        "status      executed",
        "webhook     payout_executed, signature verified",
        "pay-in      40.00 EUR",
        "refusal     12.50 GBP",
        "currency: GBP cannot be paid to an account that paid in EUR",
        "the book    shows one debit",
    ] {
        let (_, after) = rest.split_once(step).unwrap_or_else(|| panic!("{step}: {demo:#?}"));
        rest = after;
    }
}

#[test]
fn the_demo_leaves_nothing() {
    let stage = Stage::new();

    stage.run(&["demo"]).ended_with(0);

    let left = |path| fs::read_dir(path).expect("it is there").flatten().collect::<Vec<_>>();
    assert_eq!(left(stage.path("tmp")).len(), 0, "{:?}", left(stage.path("tmp")));
    assert_eq!(left(stage.path("")).len(), 1, "{:?}", left(stage.path("")));
}

#[test]
fn a_demo_that_is_kept_can_be_looked_into() {
    let stage = Stage::new();

    stage.run(&["demo", "--keep", "kept"]).ended_with(0);

    for name in ["sandbox/payout.sqlite", "sandbox/bank.ndjson", "service/payout.sqlite"] {
        assert!(stage.path("kept").join(name).is_file(), "{name}");
    }
}

#[test]
fn with_json_the_demo_says_one_document_and_nothing_else() {
    let stage = Stage::new();

    let demo = stage.run(&["demo", "--json"]).ended_with(0);

    assert_eq!(demo.json()["status"], "executed");
    assert_eq!(demo.stdout.lines().count(), 1, "{demo:#?}");
    assert_eq!(demo.stderr, "");
}
