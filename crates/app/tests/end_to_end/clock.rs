//! A sandbox's time, which can be moved.

use serde_json::Value as Json;

use crate::world::World;

const WEEK: &str = "604800";
const DAY_MS: &str = "86400000";

/// What time it is in the sandbox, to the day.
fn day(world: &World) -> String {
    let clock = world.ask_sandbox(&["steer", "clock"]).ended_with(0).line();
    clock.split('T').next().unwrap_or_default().to_owned()
}

#[test]
fn what_takes_a_day_happens_at_once_when_a_week_goes_by() {
    let world = World::with(&["--execution-delay-ms", DAY_MS], &[]);
    world.tell_the_service();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.until(&id, "authorized");

    world.ask_sandbox(&["steer", "clock", "--advance", WEEK]).ended_with(0);

    world.watch(&id).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
}

#[test]
fn a_payment_settles_when_its_time_has_come() {
    let world = World::with(&["--settlement-delay-ms", DAY_MS], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    world.create(&sam, "1.00 GBP", &[]).ended_with(4);

    world.ask_sandbox(&["steer", "clock", "--advance", WEEK]).ended_with(0);

    let id = world.accepted(&sam, "1.00 GBP");
    world.watch(&id).ended_with(0);
}

#[test]
fn the_verbs_and_the_service_work_on_when_their_tokens_have_ended() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let first = world.accepted(&sam, "1.00 GBP");
    world.watch(&first).ended_with(0);

    world.ask_sandbox(&["steer", "clock", "--advance", WEEK]).ended_with(0);

    world.ask_sandbox(&["accounts"]).ended_with(0);
    world.ask(&["accounts"]).ended_with(0);
    let second = world.accepted(&sam, "2.00 GBP");
    world.watch(&second).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &second), 1);
}

#[test]
fn delays_hold_from_now_on() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.ask_sandbox(&["steer", "delays", "--execution-ms", DAY_MS]).ended_with(0);
    let slow = world.accepted(&sam, "1.00 GBP");
    world.until(&slow, "authorized");

    world.ask_sandbox(&["steer", "delays", "--execution-ms", "0"]).ended_with(0);
    let quick = world.accepted(&sam, "2.00 GBP");

    world.watch(&quick).ended_with(0);
    assert_eq!(world.payout(&slow)["status"], Json::from("authorized"));
}

#[test]
fn time_does_not_run_backwards_through_a_restart() {
    let mut world = World::with(&["--execution-delay-ms", DAY_MS], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.until(&id, "authorized");
    world.ask_sandbox(&["steer", "clock", "--advance", WEEK]).ended_with(0);
    let (before, book) = (day(&world), world.book(&sam.merchant_account, "payout"));

    world.sandbox.kill();
    world.sandbox.start_again(&world.stage);

    assert!(day(&world) >= before, "{} {before}", day(&world));
    assert_eq!(world.book(&sam.merchant_account, "payout"), book);
}
