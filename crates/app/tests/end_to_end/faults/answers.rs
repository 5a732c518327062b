//! Answers to payouts that are lost, late or wrong.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::receiver::{Act, Receiver};
use crate::stage::eventually;
use crate::world::World;

#[test]
fn whatever_is_answered_each_payout_is_executed_once_and_sent_once_for_each_attempt() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let trap = Receiver::answering(|_| Act::Say(202, r#"{"id":"trap"}"#.to_owned()));
    let each_once = |faults: serde_json::Value| {
        let with = |mut fault: serde_json::Value| {
            fault["on"] = "create_payout".into();
            fault["next"] = 1.into();
            fault
        };
        faults.as_array().cloned().unwrap_or_default().into_iter().map(with).collect::<Vec<_>>()
    };
    let again = each_once(json!([
        {"do": "answer", "status": 500},
        {"do": "answer", "status": 503, "when": "after"},
        {"do": "answer", "status": 504, "when": "after"},
        {"do": "answer", "status": 401},
        {"do": "answer", "status": 403},
        {"do": "answer", "status": 409},
        {"do": "answer", "status": 409, "when": "after"},
        {"do": "answer", "status": 429, "retry_after_seconds": 1},
        {"do": "cut"},
        {"do": "cut", "when": "after"},
        {"do": "cut", "when": "after", "after_bytes": 12},
        {"do": "cut", "when": "after", "after_bytes": 90},
        {"do": "redirect", "status": 307, "location": trap.url()},
        {"do": "redirect", "status": 308, "location": format!("{}/v3/payouts", trap.url()), "when": "after"},
        {"do": "html", "status": 200},
        {"do": "html", "status": 502, "when": "after"},
        {"do": "empty", "status": 200, "when": "after"},
        {"do": "empty", "status": 204, "when": "after"},
        {"do": "truncate"},
        {"do": "oversize"},
    ]));
    let later = each_once(json!([
        {"do": "delay", "milliseconds": 300},
        {"do": "delay", "milliseconds": 300, "when": "after"},
    ]));
    let repeated = again.len();
    world.misbehave(&[again, later].concat().into());

    let payouts = world.several(&sam, 12);

    for id in &payouts {
        world.paid_once(&sam, id);
    }
    world.has_injected(1);
    let transmissions: u64 = payouts.iter().map(|id| world.transmissions(id)).sum();
    assert_eq!(world.calls("create_payout"), transmissions, "one transmission for each attempt");
    assert_eq!(transmissions, u64::try_from(payouts.len() + repeated).expect("they are few"));
    assert!(trap.saw_nothing(), "a redirect was followed");
}

#[test]
fn a_provider_that_accepts_and_never_answers_holds_up_nobody_else() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([
        {"on": "create_payout", "do": "hold", "when": "after", "next": 1},
        {"on": "create_payout", "do": "hold", "next": 1},
    ]));
    let held = world.several(&sam, 2);
    eventually("both are held", || (world.calls("create_payout") == 2).then_some(()));
    let begun = Instant::now();

    let others = world.several(&sam, 3);
    for id in &others {
        world.paid_once(&sam, id);
    }

    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    for id in &held {
        assert_eq!(world.payout(id)["status"], "pending");
    }
    for id in &held {
        world.paid_once(&sam, id);
        assert_eq!(world.transmissions(id), 2);
    }
    assert_eq!(world.calls("create_payout"), 7);
}

#[test]
fn an_answer_that_comes_after_the_webhook_changes_nothing() {
    let world = World::new();
    world.tell_the_service();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([
        {"on": "create_payout", "do": "delay", "milliseconds": 2500, "when": "after"},
    ]));

    let begun = Instant::now();
    let id = world.accepted(&sam, "1.00 GBP");
    world.until(&id, "executed");
    let executed_after = begun.elapsed();
    thread::sleep(Duration::from_secs(3).saturating_sub(executed_after));

    assert!(executed_after < Duration::from_millis(2_500), "{executed_after:?}");
    world.paid_once(&sam, &id);
    assert_eq!((world.calls("create_payout"), world.transmissions(&id)), (1, 1));
}

#[test]
fn a_refusal_is_believed_of_the_only_transmission_and_of_no_later_one() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let refusal = json!({"on": "create_payout", "do": "answer", "status": 400, "next": 1});

    world.misbehave(&json!([refusal]));
    let refused = world.accepted(&sam, "1.00 GBP");
    world.watch(&refused).ended_with(1);
    assert_eq!(world.debits(&sam.merchant_account, &refused), 0);
    assert_eq!(world.calls("create_payout"), 1);

    let lost = json!({"on": "create_payout", "do": "cut", "when": "after", "next": 1});
    world.misbehave(&json!([lost, refusal]));
    let paid = world.accepted(&sam, "1.00 GBP");
    world.paid_once(&sam, &paid);
    world.has_injected(1);
    assert_eq!(world.calls("create_payout"), 3);
}

#[test]
fn a_key_that_is_said_to_be_reused_parks_its_payout_until_there_is_evidence() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let rules = json!([
        {"on": "create_payout", "do": "cut", "when": "after", "next": 1},
        {"on": "create_payout", "do": "answer", "status": 422, "next": 1},
        {"on": "transactions", "do": "answer", "status": 503},
    ]);

    world.misbehave(&rules);
    let parked = world.accepted(&sam, "1.00 GBP");
    eventually("it is parked", || (world.state(&parked) == "parked:key_reused").then_some(()));
    assert_eq!(world.payout(&parked)["status"], "pending", "it was sent, and nobody knows");
    world.behave();
    world.paid_once(&sam, &parked);

    world.tell_the_service();
    world.misbehave(&rules);
    let told = world.accepted(&sam, "1.00 GBP");
    world.watch(&told).ended_with(0);
    world.behave();
    world.paid_once(&sam, &told);
}

#[test]
fn an_error_that_the_key_remembers_is_never_a_failure() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let remember = |when: &str| json!([{"on": "create_payout", "do": "remember", "status": 500, "when": when, "next": 1}]);

    world.misbehave(&remember("after"));
    let made = world.accepted(&sam, "1.00 GBP");
    eventually("it is asked again", || (world.calls("create_payout") >= 2).then_some(()));
    assert_eq!(world.payout(&made)["status"], "pending");
    assert_eq!(world.debits(&sam.merchant_account, &made), 1);
    world.misbehave(&remember("before"));
    let not_made = world.accepted(&sam, "1.00 GBP");
    eventually("it is asked again", || (world.calls("create_payout") >= 3).then_some(()));
    assert_eq!(world.payout(&not_made)["status"], "pending");
    assert_eq!(world.debits(&sam.merchant_account, &not_made), 0);

    world.behave();
    world.paid_once(&sam, &made);
    world.paid_once(&sam, &not_made);
}

#[test]
fn a_payout_that_the_provider_forgets_stays_pending() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([{"on": "create_payout", "do": "forget"}]));

    let id = world.accepted(&sam, "1.00 GBP");
    eventually("it is asked after", || (world.calls("get_payout") >= 3).then_some(()));

    assert_eq!(world.payout(&id)["status"], "pending");
    assert_eq!(world.debits(&sam.merchant_account, &id), 0);
    assert_eq!(world.calls("create_payout"), 1);
}

#[test]
fn one_id_for_two_payouts_makes_neither_the_other() {
    let world = World::new();
    world.tell_the_service();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.misbehave(&json!([{"on": "create_payout", "do": "same_id", "skip": 1, "next": 1}]));

    let first = world.accepted(&sam, "1.00 GBP");
    world.paid_once(&sam, &first);
    let second = world.accepted(&sam, "2.00 GBP");
    world.paid_once(&sam, &second);

    world.has_injected(1);
    assert_eq!(world.debits(&sam.merchant_account, &first), 1);
    let amount = |id: &str| world.payout(id)["amount_in_minor"].clone();
    assert_eq!((amount(&first), amount(&second)), (100.into(), 200.into()));
}
