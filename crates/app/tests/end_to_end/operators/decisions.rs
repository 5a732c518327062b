//! People find out what became of a payout.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::http;
use crate::stage::eventually;
use crate::world::World;

/// A service whose provider forgets keys after seconds, and whose statement is soon complete.
const HURRIED: [(&str, &str); 2] =
    [("PAYOUT_SERVE_KEY_WINDOW", "6s"), ("PAYOUT_SERVE_READ_LAG", "1s")];

const NEVER: [&str; 4] =
    ["--as", "never-submitted", "--evidence", "not in the statement, ticket 4711"];

#[test]
fn what_nobody_answered_is_parked_and_people_find_out_what_became_of_it() {
    let sandbox = ["--token-life", "2s", "--execution-delay-ms", "20"];
    let world = World::with_environment(&sandbox, &[], &HURRIED);
    let sam = world.paid_in("sam", "25.00 GBP");
    let known = world.accepted(&sam, "0.01 GBP");
    world.watch(&known).ended_with(0);
    world.add_operator("bob");
    let rules = json!({ "rules": [{ "on": "create_payout", "do": "cut" }] }).to_string();
    let json = [("Content-Type", "application/json")];
    let faults = |method: &str, body: &str| {
        let answer =
            http::send(world.sandbox.url(), method, "/sandbox/faults", &json, body.as_bytes());
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let resolve = |id: &str, how: &[&str]| world.ask(&[&["resolve", id], how].concat());

    faults("PUT", &rules);
    let lost = world.accepted(&sam, "1.00 GBP");
    let found = world.accepted(&sam, "2.00 GBP");
    let unknown = world.listed("unknown", &lost);
    let parked = world.listed("parked", &lost);
    world.listed("parked", &found);
    faults("DELETE", "");

    assert_eq!(unknown["decisions"], json!(["resolve"]), "{unknown}");
    assert_eq!(parked["state"], "parked:window_closed", "{parked}");
    world.ask(&["cancel", &lost]).ended_with(4).said("look for it at the provider");
    resolve(&lost, &NEVER)
        .ended_with(4)
        .said("It is not proven yet: the statement must first show");

    // A payout that the provider makes after the last one could have arrived proves that the statement
    // is complete.
    let proposed = eventually("it is proven", || {
        thread::sleep(Duration::from_secs(1));
        let later = world.accepted(&sam, "0.01 GBP");
        world.watch(&later).ended_with(0);
        let proposed = resolve(&lost, &NEVER);
        (proposed.code != Some(4)).then_some(proposed)
    });

    proposed.ended_with(9).said("not done before another operator says the same");
    resolve(&lost, &NEVER).ended_with(4).said("another person must confirm it");
    assert_eq!(world.real_state(&lost), "parked:window_closed", "one person is not enough");
    resolve(&lost, &[&NEVER[..], &["--as-operator", "bob"]].concat()).ended_with(0);
    assert_eq!(world.payout(&lost)["failure_reason"], "never_submitted");
    assert_eq!(world.debits(&sam.merchant_account, &lost), 0);

    let executed = ["--as", "executed", "--evidence", "a call", "--executed-at"];
    let future = [&executed[..], &["2999-01-01T00:00:00Z"]].concat();
    resolve(&found, &future).ended_with(4).said("is in the future");
    resolve(&found, &[&executed[..], &["2026-03-02T09:14:09Z"]].concat()).ended_with(0);
    assert_eq!(world.payout(&found)["executed_at"], "2026-03-02T09:14:09.000000Z");

    let history = world.ask(&["history", &lost]).ended_with(0).stdout;
    for words in [
        "state     failed:never_submitted",
        "transmission 1 begins, with a token until 2",
        "transmission 1 ended: ",
        "waits for an operator: window_closed",
        "operator says that the provider never had it: not in the statement, ticket 4711",
        "bob says that the provider never had it, as the second: not in the statement",
    ] {
        assert!(history.contains(words), "{words}: {history}");
    }
}

#[test]
fn a_word_that_is_not_well_said_is_not_taken() {
    let world = World::new();
    let nobody = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";
    let resolve = |how: &[&str]| world.ask(&[&["resolve", nobody], how].concat());

    resolve(&["--as", "paid", "--evidence", "x"]).ended_with(2).said("never-submitted");
    resolve(&["--as", "failed"]).ended_with(2).said("--evidence");
    resolve(&["--as", "executed", "--evidence", "x"]).ended_with(2).said("--executed-at");
    resolve(&["--as", "failed", "--evidence", " "]).ended_with(4).said("1 to 500 characters");
    let time = ["--executed-at", "2026-03-02T09:14:09Z"];
    let with_time = [&["--as", "failed", "--evidence", "x"], &time[..]].concat();
    resolve(&with_time).ended_with(4).said("leave it out");
    resolve(&["--as", "failed", "--evidence", "x"]).ended_with(3).said("could not be found");
    world.ask(&["cancel", nobody]).ended_with(3);
    world.ask(&["replay", nobody]).ended_with(3);
}
