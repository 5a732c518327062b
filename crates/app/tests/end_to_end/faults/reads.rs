//! Questions that are answered wrongly, late or not at all.

use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::stage::eventually;
use crate::world::World;

/// Each fault once, on one call.
fn each_once(on: &str, faults: &Json) -> Json {
    let with = |mut fault: Json| {
        fault["on"] = on.into();
        fault["next"] = 1.into();
        fault
    };
    faults.as_array().cloned().unwrap_or_default().into_iter().map(with).collect()
}

/// What can go wrong with any question.
fn of_any_question() -> Json {
    json!([
        {"do": "answer", "status": 404},
        {"do": "answer", "status": 500},
        {"do": "answer", "status": 429, "retry_after_seconds": 1},
        {"do": "answer", "status": 401},
        {"do": "cut"},
        {"do": "cut", "when": "after", "after_bytes": 40},
        {"do": "html"},
        {"do": "empty", "status": 200},
        {"do": "empty", "status": 204},
        {"do": "redirect", "status": 307, "location": "http://127.0.0.1:9"},
        {"do": "truncate"},
        {"do": "oversize"},
        {"do": "delay", "milliseconds": 200},
    ])
}

#[test]
fn whatever_is_said_of_a_payout_its_status_is_true() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let mut faults = of_any_question();
    faults
        .as_array_mut()
        .expect("they are a list")
        .extend([json!({"do": "wrong_amount"}), json!({"do": "wrong_currency"})]);
    world.misbehave(&each_once("get_payout", &faults));

    let payouts = world.several(&sam, 6);

    for id in &payouts {
        world.paid_once(&sam, id);
        assert_eq!(world.transmissions(id), 1);
    }
    eventually("all of it went wrong", || {
        let report = world.report();
        let rules = report["rules"].as_array().cloned().unwrap_or_default();
        // An executed payout is asked after again only much later, so some may be left.
        let done = rules.iter().filter(|rule| rule["injected"] == 1).count();
        (done + 3 >= rules.len()).then_some(())
    });
    assert_eq!(world.calls("create_payout"), 6);
}

#[test]
fn a_payout_of_another_amount_or_currency_is_not_the_one_that_was_sent() {
    for fault in ["wrong_amount", "wrong_currency"] {
        let world = World::new();
        let sam = world.paid_in("sam", "25.00 GBP");
        world.misbehave(&json!([{"on": "get_payout", "do": fault}]));

        let id = world.accepted(&sam, "1.00 GBP");
        eventually("it is asked after", || (world.calls("get_payout") >= 2).then_some(()));

        assert_eq!(world.payout(&id)["status"], "pending", "{fault}");
        assert_eq!(world.payout(&id)["amount_in_minor"], 100);
        assert_eq!(world.debits(&sam.merchant_account, &id), 1);
        world.behave();
        world.paid_once(&sam, &id);
    }
}

#[test]
fn a_payout_that_cannot_be_found_for_a_while_is_not_one_that_was_never_made() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([{"on": "get_payout", "do": "answer", "status": 404, "next": 4}]));

    let id = world.accepted(&sam, "1.00 GBP");

    world.paid_once(&sam, &id);
    world.has_injected(4);
    assert_eq!((world.calls("create_payout"), world.transmissions(&id)), (1, 1));
}

#[test]
fn without_a_token_nothing_is_sent_and_with_the_next_one_everything_is() {
    let world = World::with(
        &["--token-life", "2s", "--authorization-delay-ms", "10", "--execution-delay-ms", "20"],
        &[],
    );
    let sam = world.paid_in("sam", "25.00 GBP");
    // From now on the source is known, and a payout is accepted without the provider.
    let first = world.accepted(&sam, "1.00 GBP");
    world.paid_once(&sam, &first);
    let mut faults = of_any_question();
    faults.as_array_mut().expect("they are a list").push(json!({"do": "answer", "status": 503}));
    world.misbehave(&each_once("token", &faults));

    // The service's token ends meanwhile.
    thread::sleep(Duration::from_secs(2));
    let payouts = world.several(&sam, 2);
    for id in &payouts {
        world.watch(id).ended_with(0);
        assert_eq!(world.transmissions(id), 1);
    }

    assert_eq!(world.calls("create_payout"), 2);
    assert!(world.calls("token") > 10, "{}", world.report());
    // The book is read with a token, too.
    world.behave();
    for id in &payouts {
        world.paid_once(&sam, id);
    }
}

#[test]
fn a_source_that_cannot_be_asked_for_is_no_reason_to_accept_or_to_refuse() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    for fault in [
        json!({"do": "answer", "status": 500}),
        json!({"do": "html"}),
        json!({"do": "truncate"}),
        json!({"do": "cut", "when": "after", "after_bytes": 30}),
    ] {
        world.misbehave(&each_once("payment_sources", &json!([fault])));

        let key = ["--idempotency-key", "withdrawal-1"];
        let asked = world.create(&sam, "1.00 GBP", &key);

        assert!(matches!(asked.code, Some(1 | 6 | 8)), "{fault}: {asked:#?}");
        world.has_injected(1);
    }
    world.behave();
    let key = ["--idempotency-key", "withdrawal-1"];
    let id = world.create(&sam, "1.00 GBP", &key).ended_with(0).line();
    world.paid_once(&sam, &id);
}

#[test]
fn a_listing_that_lags_or_is_shuffled_is_passed_on_as_it_is() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.paid_once(&sam, &id);
    let listed = || {
        let verb = ["transactions", "--json", "--merchant-account", &sam.merchant_account];
        world.ask(&verb).ended_with(0).json()["items"].as_array().map_or(0, Vec::len)
    };

    let truth = listed();
    world.misbehave(&json!([{"on": "transactions", "do": "lag", "milliseconds": 3_600_000}]));
    let lagging = listed();
    world.misbehave(&json!([{"on": "transactions", "do": "shuffle"}]));
    let shuffled = listed();

    assert_eq!((truth, lagging, shuffled), (2, 0, 2));
    assert_eq!(world.payout(&id)["status"], "executed");
}
