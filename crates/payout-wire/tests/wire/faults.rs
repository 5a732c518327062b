//! The rules by which a sandbox misbehaves, as they are read.

use payout_wire::sandbox::{FaultCall, FaultKind, FaultOften, FaultReport, FaultRules, distort};
use serde_json::{Value as Json, json};

use crate::fixture::at;

fn parsed(rule: &Json) -> Result<FaultRules, Vec<String>> {
    let body = json!({ "rules": [rule] }).to_string();
    FaultRules::parse(body.as_bytes())
        .map_err(|invalid| invalid.into_errors().into_keys().collect())
}

#[test]
fn rules_and_reports_are_read_as_they_were_written() {
    let rules = include_bytes!("../golden/sandbox_fault_rules.json");
    let report = include_bytes!("../golden/sandbox_fault_report.json");

    let rules = FaultRules::parse(rules).expect("it is ours");
    let report = FaultReport::parse(report).expect("it is ours");

    assert_eq!(FaultRules::parse(&rules.to_bytes()), Ok(rules.clone()));
    assert_eq!(FaultReport::parse(&report.to_bytes()), Ok(report.clone()));
    assert_eq!(report.rules.into_iter().map(|tally| tally.rule).collect::<Vec<_>>(), rules.rules);
}

#[test]
fn a_rule_says_how_often() {
    let often = |more: Json| {
        let mut rule = json!({"on": "token", "do": "hold"});
        for (name, value) in more.as_object().into_iter().flatten() {
            rule[name] = value.clone();
        }
        parsed(&rule).map(|rules| rules.rules.first().map(|rule| (rule.skip, rule.often)))
    };

    assert_eq!(often(json!({})), Ok(Some((0, FaultOften::Every))));
    assert_eq!(often(json!({"next": 2, "skip": 1})), Ok(Some((1, FaultOften::Next(2)))));
    assert_eq!(often(json!({"percent": 100})), Ok(Some((0, FaultOften::Percent(100)))));
    for wrong in [json!({"next": 0}), json!({"percent": 0}), json!({"percent": 101})] {
        assert!(often(wrong.clone()).is_err(), "{wrong}");
    }
    assert_eq!(often(json!({"next": 1, "percent": 1})), Err(vec!["rules[0].percent".to_owned()]));
}

#[test]
fn what_is_not_known_is_named_by_its_place() {
    let unknown = br#"{"rules":[{"on":"payouts","do":"explode","stauts":500}],"sed":1}"#;

    let places = FaultRules::parse(unknown).expect_err("nothing of it is known").into_errors();

    let places: Vec<_> = places.into_keys().collect();
    assert_eq!(places, ["rules[0].do", "rules[0].on", "rules[0].stauts", "sed"]);
    for body in ["{}", "[]", r#"{"rules":{}}"#, r#"{"rules":[1]}"#, r#"{"rules":[{}]}"#] {
        assert!(FaultRules::parse(body.as_bytes()).is_err(), "{body}");
    }
    let many = json!({ "rules": vec![json!({"on": "token", "do": "hold"}); 65] }).to_string();
    assert!(FaultRules::parse(many.as_bytes()).is_err());
}

#[test]
fn a_rule_has_what_its_kind_needs_and_nothing_else() {
    for (rule, place) in [
        (json!({"on": "token", "do": "answer"}), "rules[0].status"),
        (json!({"on": "token", "do": "answer", "status": 99}), "rules[0].status"),
        (json!({"on": "token", "do": "delay"}), "rules[0].milliseconds"),
        (json!({"on": "token", "do": "redirect", "status": 307}), "rules[0].location"),
        (json!({"on": "token", "do": "hold", "status": 500}), "rules[0].status"),
        (json!({"on": "token", "do": "hold", "when": "later"}), "rules[0].when"),
        (json!({"on": "webhook", "do": "drop", "when": "after"}), "rules[0].when"),
        (json!({"on": "webhook", "do": "hold"}), "rules[0].on"),
        (json!({"on": "token", "do": "drop"}), "rules[0].on"),
        (json!({"on": "token", "do": "delay", "milliseconds": 3_600_001}), "rules[0].milliseconds"),
    ] {
        assert_eq!(parsed(&rule), Err(vec![place.to_owned()]), "{rule}");
    }
}

#[test]
fn every_kind_can_happen_somewhere() {
    use FaultKind as K;
    for kind in FaultKind::ALL {
        for call in kind.calls() {
            let mut rule = json!({"on": call.as_str(), "do": kind.as_str()});
            if matches!(kind, K::Answer | K::Remember | K::Empty | K::Redirect) {
                rule["status"] = 307.into();
            }
            if kind == K::Redirect {
                rule["location"] = "http://127.0.0.1:9".into();
            }
            if matches!(kind, K::Delay | K::Lag | K::Late) {
                rule["milliseconds"] = 1.into();
            }
            assert!(parsed(&rule).is_ok(), "{rule}");
        }
    }
    let reached = |call| FaultKind::ALL.iter().any(|kind| kind.calls().contains(&call));
    assert!(FaultCall::ALL.into_iter().all(reached));
}

#[test]
fn a_distorted_body_is_well_formed_and_says_something_else() {
    let payout = include_bytes!("../golden/payout_executed.json");
    let event = include_bytes!("../golden/webhook_payout_executed.json");
    let page = include_bytes!("../golden/transaction_page.json");
    let read = |body: &[u8]| -> Json { serde_json::from_slice(body).expect("it is JSON") };
    let ids = |body: &[u8]| -> Vec<String> {
        let page = read(body);
        let items = page["items"].as_array().expect("it is a page").iter();
        items.map(|item| item["status"].to_string()).collect()
    };

    assert_eq!(read(&distort::wrong_amount(payout))["amount_in_minor"], 1251);
    assert_eq!(read(&distort::wrong_currency(payout))["currency"], "EUR");
    assert_eq!(distort::id(&distort::with_id(payout, "other")).as_deref(), Some("other"));
    assert_eq!(read(&distort::with_id(event, "other"))["payout_id"], "other");
    assert_eq!(read(&distort::with_event_id(event, "other"))["event_id"], "other");
    let failed = read(&distort::contradicted(event));
    assert_eq!(
        (&failed["type"], &failed["failure_reason"]),
        (&"payout_failed".into(), &"blocked".into())
    );
    assert_eq!(failed.get("executed_at"), None);
    assert_eq!(
        read(&distort::contradicted(&distort::contradicted(event)))["type"],
        "payout_executed"
    );
    assert!(serde_json::from_slice::<Json>(&distort::truncated(payout)).is_err());
    let early = at("2026-03-01T20:00:00Z");
    assert_eq!(ids(&distort::lagging(page, early)), [r#""settled""#]);
    assert_ne!(ids(&distort::shuffled(page, 1)), ids(page));
    assert_eq!(distort::wrong_amount(b"no JSON"), b"no JSON");
}
