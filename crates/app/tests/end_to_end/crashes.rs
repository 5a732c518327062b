//! What a SIGKILL does to payouts: nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::receiver::Act;
use crate::world::World;

#[test]
fn a_payout_outlives_the_service_that_accepted_it() {
    let mut world = World::with(&["--execution-delay-ms", "1500"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");
    world.until_provider_has(&sam, &id);

    world.service.kill();
    world.service.start_again(&world.stage);

    world.watch(&id).ended_with(0);
    assert_eq!(world.payout(&id)["status"], "executed");
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
}

#[test]
fn ten_payouts_outlive_ten_kills_on_their_way_to_the_provider() {
    // Half of the kills come when the provider has the payout and the service has not heard so; the
    // other half right after the service has accepted it.
    let deaf = Arc::new(AtomicBool::new(false));
    let hold = Arc::clone(&deaf);
    let mut world =
        World::hard_of_hearing(move |_| hold.load(Ordering::SeqCst).then_some(Act::Hold));
    let sam = world.paid_in("sam", "25.00 GBP");
    let mut ids = Vec::new();

    for number in 0..10 {
        let is_deaf = number % 2 == 0;
        deaf.store(is_deaf, Ordering::SeqCst);
        let id = world.accepted(&sam, "1.00 GBP");
        if is_deaf {
            world.until_provider_has(&sam, &id);
        }
        ids.push(id);
        world.service.kill();
        deaf.store(false, Ordering::SeqCst);
        world.service.start_again(&world.stage);
    }

    for id in &ids {
        world.watch(id).ended_with(0);
        assert_eq!(world.debits(&sam.merchant_account, id), 1, "{id}");
    }
    assert_eq!(world.book(&sam.merchant_account, "payout").len(), ids.len());
}

#[test]
fn a_payout_whose_answer_was_lost_is_unknown_and_then_executed_once() {
    let mut lost = 0;
    let world = World::hard_of_hearing(move |_| {
        lost += 1;
        (lost <= 2).then_some(Act::Cut)
    });
    let sam = world.paid_in("sam", "25.00 GBP");

    let id = world.accepted(&sam, "10.00 GBP");
    world.watch(&id).ended_with(0);

    let history = world.ask(&["history", &id]).ended_with(0).stdout;
    assert!(history.contains("transmission 2: outcome unknown"), "{history}");
    assert!(history.contains("transmission 3 begins"), "{history}");
    assert_eq!(world.book(&sam.merchant_account, "payout").len(), 1);
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
}

#[test]
fn a_payout_of_which_nobody_has_heard_is_never_failed() {
    let world = World::hard_of_hearing(|_| Some(Act::Say(404, "{}".to_owned())));
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");
    world.until_provider_has(&sam, &id);

    world.ask(&["watch", &id, "--timeout", "2"]).ended_with(6);

    assert_eq!(world.payout(&id)["status"], "pending");
}

#[test]
fn who_hears_nothing_because_of_a_kill_asks_again_and_is_paid_once() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let keys: Vec<String> = (0..8).map(|number| format!("withdrawal-{number}")).collect();

    thread::scope(|scope| {
        let (world, sam) = (&world, &sam);
        let asked: Vec<_> = keys
            .iter()
            .map(|key| {
                scope.spawn(move || world.create(sam, "1.00 GBP", &["--idempotency-key", key]))
            })
            .collect();
        world.service.signal("KILL");
        for asked in asked {
            let outcome = asked.join().expect("nothing panics there");
            assert!(matches!(outcome.code, Some(0 | 6 | 8)), "{outcome:#?}");
        }
    });
    world.service.kill();
    world.service.start_again(&world.stage);

    for key in &keys {
        let again = world.create(&sam, "1.00 GBP", &["--idempotency-key", key]).ended_with(0);
        world.watch(&again.line()).ended_with(0);
        assert_eq!(world.debits(&sam.merchant_account, &again.line()), 1, "{key}");
    }
    assert_eq!(world.book(&sam.merchant_account, "payout").len(), keys.len());
}

#[test]
fn a_sandbox_knows_its_balances_after_a_kill() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");
    world.watch(&id).ended_with(0);
    let before = world.balances(&world.sandbox);
    let book = world.book(&sam.merchant_account, "payout");

    world.sandbox.kill();
    world.sandbox.start_again(&world.stage);

    assert_eq!(world.balances(&world.sandbox), before);
    assert_eq!(world.book(&sam.merchant_account, "payout"), book);
    assert_eq!(world.balances(&world.service), before);
}

#[test]
fn a_payout_outlives_a_provider_that_is_killed_while_it_executes() {
    let mut world = World::with(&["--execution-delay-ms", "1000"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");
    world.until_provider_has(&sam, &id);

    world.sandbox.kill();
    world.sandbox.start_again(&world.stage);

    world.watch(&id).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
}

#[test]
fn payouts_outlive_kills_of_both_servers_at_once() {
    let mut world = World::with(&["--execution-delay-ms", "800"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let mut ids = Vec::new();

    for _ in 0..3 {
        let id = world.accepted(&sam, "1.00 GBP");
        world.until_provider_has(&sam, &id);
        ids.push(id);
        world.sandbox.kill();
        world.service.kill();
        world.service.start_again(&world.stage);
        world.sandbox.start_again(&world.stage);
    }

    for id in &ids {
        world.watch(id).ended_with(0);
        assert_eq!(world.debits(&sam.merchant_account, id), 1, "{id}");
    }
}
