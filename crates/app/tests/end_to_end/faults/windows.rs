//! A provider that forgets keys while answers are lost, and one that is bad by chance.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::stage::eventually;
use crate::world::World;

/// A provider that forgets a key after five seconds, and a service that was told so.
fn forgetful(window: &str) -> World {
    let sandbox = ["--token-life", "2s", "--key-window", "5s", "--execution-delay-ms", "20"];
    World::with_environment(&sandbox, &[], &[("PAYOUT_SERVE_KEY_WINDOW", window)])
}

#[test]
fn a_payout_whose_key_may_be_forgotten_is_parked_and_never_sent_again() {
    let world = forgetful("5s");
    let sam = world.paid_in("sam", "25.00 GBP");
    let hidden = json!({"on": "transactions", "do": "answer", "status": 503});
    world.misbehave(&json!([{"on": "create_payout", "do": "cut", "when": "after"}, hidden]));

    let id = world.accepted(&sam, "1.00 GBP");
    eventually("it is parked", || (world.state(&id) == "parked:window_closed").then_some(()));
    let sent = world.calls("create_payout");
    world.misbehave(&json!([hidden]));
    thread::sleep(Duration::from_secs(6));

    assert!(sent >= 2, "it was sent {sent} times");
    assert_eq!(world.calls("create_payout"), 0, "nothing is sent after that");
    assert_eq!(world.payout(&id)["status"], "pending");
    world.behave();
    // The statement shows it, and nothing is sent for that.
    world.paid_once(&sam, &id);
    assert_eq!(world.calls("create_payout"), 0);
}

#[test]
fn a_window_that_is_set_longer_than_the_providers_own_pays_twice() {
    // The sandbox really forgets, so the test before could fail.
    let world = forgetful("6h");
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([{"on": "create_payout", "do": "cut", "when": "after"}]));

    let id = world.accepted(&sam, "1.00 GBP");

    let twice = || world.debits(&sam.merchant_account, &id) >= 2;
    eventually("the accident that must not be", || twice().then_some(()));
}

#[test]
fn a_provider_that_is_bad_by_chance_is_outlived() {
    let world = World::new();
    world.tell_the_service();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([
        {"on": "create_payout", "do": "cut", "when": "after", "percent": 20},
        {"on": "create_payout", "do": "answer", "status": 503, "percent": 20},
        {"on": "create_payout", "do": "html", "when": "after", "percent": 20},
        {"on": "get_payout", "do": "answer", "status": 404, "percent": 20},
        {"on": "get_payout", "do": "wrong_amount", "percent": 20},
        {"on": "get_payout", "do": "truncate", "percent": 20},
        {"on": "webhook", "do": "drop", "percent": 20},
        {"on": "webhook", "do": "contradict", "percent": 20},
        {"on": "webhook", "do": "foreign", "percent": 20},
    ]));

    let payouts = world.several(&sam, 15);

    for id in &payouts {
        world.paid_once(&sam, id);
    }
    let transmissions: u64 = payouts.iter().map(|id| world.transmissions(id)).sum();
    assert_eq!(world.calls("create_payout"), transmissions);
    assert!(transmissions > 15, "chance did nothing: {}", world.report());
}
