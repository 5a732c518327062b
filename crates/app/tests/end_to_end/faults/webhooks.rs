//! Webhooks that are lost, late, doubled, out of order or lies, and keys that cannot be had.

use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::receiver::Receiver;
use crate::world::World;

#[test]
fn whatever_the_provider_tells_each_payout_is_executed_once_and_told_once() {
    let client = Receiver::with_statuses(&[]);
    let url = client.url();
    let quick = ["--authorization-delay-ms", "10", "--execution-delay-ms", "20"];
    let world = World::with(&quick, &["--webhook", &url]);
    world.tell_the_service();
    let sam = world.paid_in("sam", "25.00 GBP");
    let faults = ["drop", "double", "reorder", "foreign", "contradict"];
    let mut rules: Vec<Json> =
        faults.iter().map(|fault| json!({"on": "webhook", "do": fault, "next": 1})).collect();
    rules.push(json!({"on": "webhook", "do": "late", "milliseconds": 1500, "next": 1}));
    world.misbehave(&rules.into());

    let payouts = world.several(&sam, 8);

    for id in &payouts {
        world.paid_once(&sam, id);
    }
    // Time for what is late and what contradicts.
    thread::sleep(Duration::from_secs(2));
    world.has_injected(1);
    for id in &payouts {
        assert_eq!(world.payout(id)["status"], "executed");
        assert_eq!(world.transmissions(id), 1);
    }
    let told = client.so_far();
    let of_kind = |kind: &str| told.iter().filter(|seen| seen.json()["type"] == kind).count();
    assert_eq!((of_kind("payout_executed"), of_kind("payout_failed")), (8, 0));
}

#[test]
fn keys_that_cannot_be_had_stop_no_payout_and_are_not_asked_for_in_a_storm() {
    let faults = [
        json!({"do": "answer", "status": 500}),
        json!({"do": "hold"}),
        json!({"do": "oversize"}),
        json!({"do": "no_keys"}),
        json!({"do": "html"}),
        json!({"do": "truncate"}),
    ];

    // They only wait, so they wait together.
    thread::scope(|scope| {
        for fault in &faults {
            scope.spawn(|| is_no_storm(fault));
        }
    });
}

/// Pays while the key set goes wrong in this way.
fn is_no_storm(fault: &Json) {
    let world = World::new();
    world.tell_the_service();
    let mut rule = fault.clone();
    rule["on"] = "jwks".into();
    world.misbehave(&json!([rule]));
    let sam = world.paid_in("sam", "25.00 GBP");

    let payouts = world.several(&sam, 4);

    for id in &payouts {
        world.paid_once(&sam, id);
    }
    let asked = world.calls("jwks");
    assert!((1..=2).contains(&asked), "{fault}: asked {asked} times");
    assert_eq!(world.calls("create_payout"), 4);
}
