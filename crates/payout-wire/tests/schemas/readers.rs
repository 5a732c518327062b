//! What is described is what the reader beside it takes.
//!
//! Every example of a body that is read is changed in one place, and then the schema and the reader are
//! asked. They say the same.

use payout_wire::openapi::described;
use payout_wire::operator::{ClientChange, ClientOrder, NewSecretOrder, PauseOrder, ResolveOrder};
use payout_wire::payment::{CreatePayment, SelectProvider, StartFlow, SubmitForm};
use payout_wire::payout::CreatePayout;
use payout_wire::refund::CreateRefund;
use payout_wire::sandbox::{
    BankLogin, ClockAdvance, Delays, Deposit, FailNext, FaultRules, Lifetimes, ReturnPayout,
    WebhookTarget,
};
use payout_wire::token::TokenRequest;
use payout_wire::webhook::InboundEvent;
use serde_json::{Value, json};

use crate::document::validator;

type Reader = fn(&[u8]) -> bool;

/// Every body that is read, with its reader.
const READERS: [(&str, Reader); 24] = [
    ("CreatePayout", |bytes| CreatePayout::parse(bytes).is_ok()),
    ("CreateOpenPayout", |bytes| CreatePayout::parse_any(bytes).is_ok()),
    ("CreatePayment", |bytes| CreatePayment::parse(bytes).is_ok()),
    ("StartFlow", |bytes| StartFlow::parse(bytes).is_ok()),
    ("SelectProvider", |bytes| SelectProvider::parse(bytes).is_ok()),
    ("SubmitForm", |bytes| SubmitForm::parse(bytes).is_ok()),
    ("CreateRefund", |bytes| CreateRefund::parse(bytes).is_ok()),
    ("TokenRequest", |bytes| TokenRequest::parse_json(bytes).is_ok()),
    ("HeardEvent", |bytes| InboundEvent::parse(bytes).is_ok()),
    ("ResolveOrder", |bytes| ResolveOrder::parse(bytes).is_ok()),
    ("PauseOrder", |bytes| PauseOrder::parse(bytes).is_ok()),
    ("ClientOrder", |bytes| ClientOrder::parse(bytes).is_ok()),
    ("ClientChange", |bytes| ClientChange::parse(bytes).is_ok()),
    ("NewSecretOrder", |bytes| NewSecretOrder::parse(bytes).is_ok()),
    ("Deposit", |bytes| Deposit::parse(bytes).is_ok()),
    ("BankLogin", |bytes| BankLogin::parse(bytes).is_ok()),
    ("FailNext", |bytes| FailNext::parse(bytes).is_ok()),
    ("FaultRules", |bytes| FaultRules::parse(bytes).is_ok()),
    ("ReturnPayout", |bytes| ReturnPayout::parse(bytes).is_ok()),
    ("Delays", |bytes| Delays::parse(bytes).is_ok()),
    ("Lifetimes", |bytes| Lifetimes::parse(bytes).is_ok()),
    ("ClockAdvance", |bytes| ClockAdvance::parse(bytes).is_ok()),
    ("WebhookTarget", |bytes| WebhookTarget::parse(bytes).is_ok()),
    ("Nothing", |bytes| payout_wire::payment::is_object_or_empty(bytes).is_ok()),
];

/// What a reader takes and whoever asked it refuses, by body and JSON pointer. The schema is of both.
const REFUSED_LATER: [(&str, &str); 5] = [
    ("ClientChange", "/scopes"),
    ("ClientOrder", "/scopes"),
    ("ClockAdvance", "/advance_seconds"),
    ("CreateRefund", "/amount_in_minor"),
    ("Deposit", "/amount_in_minor"),
];

/// Values that are right nowhere, somewhere, or nearly.
fn odd_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(100),
        json!(101),
        json!(9_007_199_254_740_991_u64),
        json!(9_007_199_254_740_992_u64),
        json!(""),
        json!(" "),
        json!(" a "),
        json!("a\tb"),
        json!("a\u{200b}b"),
        json!("sam"),
        json!("gbp"),
        json!("GBPX"),
        json!("x".repeat(64)),
        json!("x".repeat(65)),
        json!("é".repeat(140)),
        json!("é".repeat(141)),
        json!("x".repeat(2049)),
        json!("5A0E4C1D-9B72-4F86-8A3E-61C2D7F0B9A4"),
        json!("5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"),
        json!("2026-03-02T09:14:07Z"),
        json!("2026-03-02"),
        json!("http://"),
        json!("https://shop.example/back"),
        json!("ftp://shop.example"),
        json!("before"),
        json!("executed"),
        json!("payout_executed"),
        json!("user_selected"),
        json!("preselected"),
        json!("instant_only"),
        json!([]),
        json!(["payments"]),
        json!([null]),
        json!([{}]),
        json!({}),
        json!({ "a": "b" }),
        json!({ "a": null }),
        json!({ "a": 1 }),
        json!({ "": "b" }),
        json!({ "x".repeat(41): "b" }),
        json!({ "a": "x".repeat(501) }),
        json!({ "type": "iban", "iban": "gb72 clrb 0406 6800 0044 17" }),
        json!({ "type": "nrb", "nrb": "61109010140000071219812874" }),
    ]
}

/// Where the values of a body are.
fn places(body: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match body {
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{number}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The body with one value changed, with one left out, or with one more, wherever that can be.
fn changed(body: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(body, "", &mut found);
    let mut changed = Vec::new();
    for at in found {
        for value in odd_values() {
            let mut other = body.clone();
            *other.pointer_mut(&at).expect("it is a place of the body") = value;
            changed.push((at.clone(), other));
        }
        let Some((parent, name)) = at.rsplit_once('/') else { continue };
        let mut other = body.clone();
        let within = other.pointer_mut(parent).expect("it is a place of the body");
        if let Some(members) = within.as_object_mut() {
            members.remove(name);
            changed.push((format!("{at} (left out)"), other.clone()));
        }
        let mut other = body.clone();
        let within = other.pointer_mut(parent).expect("it is a place of the body");
        if let Some(members) = within.as_object_mut() {
            members.insert("of_nobody".to_owned(), json!(1));
            changed.push((format!("{parent}/of_nobody"), other));
        }
    }
    changed
}

#[test]
fn a_schema_says_what_its_reader_takes() {
    let mut differ = Vec::new();
    for (name, reads) in READERS {
        let it = described().into_iter().find(|it| it.name == name).expect("it is described");
        let validator = validator(name, false);
        for example in it.examples {
            let body: Value = serde_json::from_str(example.json).expect("an example is JSON");
            for (at, other) in changed(&body) {
                let bytes = serde_json::to_vec(&other).expect("it is JSON");
                let (taken, valid) = (reads(&bytes), validator.is_valid(&other));
                let refused_later = taken && REFUSED_LATER.contains(&(name, &at));
                if taken != valid && !refused_later {
                    let value = other.pointer(&at).map(ToString::to_string).unwrap_or_default();
                    let value: String = value.chars().take(60).collect();
                    differ.push(format!("{name} {at} {value}: read {taken}, described {valid}"));
                }
            }
        }
    }

    differ.sort();
    differ.dedup();
    assert!(differ.is_empty(), "{}\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn every_body_that_is_read_has_an_example_to_change() {
    let without = ["Nothing"];
    for (name, _) in READERS {
        let it = described().into_iter().find(|it| it.name == name).expect("it is described");
        assert_eq!(it.examples.is_empty(), without.contains(&name), "{name}");
    }
}
