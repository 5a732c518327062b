//! One key, one payout.

use std::collections::BTreeSet;
use std::thread;

use crate::world::World;

const KEY: [&str; 2] = ["--idempotency-key", "withdrawal-20417"];

#[test]
fn the_same_key_signed_anew_gives_the_same_payout() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");

    let first = world.create(&sam, "10.00 GBP", &KEY).ended_with(0).line();
    let again = world.create(&sam, "10.00 GBP", &KEY).ended_with(0).line();
    world.watch(&first).ended_with(0);
    let after_its_end = world.create(&sam, "10.00 GBP", &KEY).ended_with(0).line();

    assert_eq!([&again, &after_its_end], [&first, &first]);
    assert_eq!(world.book(&sam.merchant_account, "payout").len(), 1);
}

#[test]
fn the_same_key_gives_the_same_payout_after_a_kill() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let first = world.create(&sam, "10.00 GBP", &KEY).ended_with(0).line();

    world.service.kill();
    world.service.start_again(&world.stage);

    assert_eq!(world.create(&sam, "10.00 GBP", &KEY).ended_with(0).line(), first);
}

#[test]
fn twenty_processes_with_one_key_make_one_payout() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");

    let ids: BTreeSet<String> = thread::scope(|scope| {
        let asked: Vec<_> =
            (0..20).map(|_| scope.spawn(|| world.create(&sam, "10.00 GBP", &KEY))).collect();
        let outcomes = asked.into_iter().map(|asked| asked.join().expect("nothing panics there"));
        outcomes.map(|outcome| outcome.ended_with(0).line()).collect()
    });

    let [id] = ids.iter().collect::<Vec<_>>()[..] else { panic!("{ids:?}") };
    world.watch(id).ended_with(0);
    assert_eq!(world.book(&sam.merchant_account, "payout").len(), 1);
}

#[test]
fn a_key_belongs_to_its_first_order() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.create(&sam, "10.00 GBP", &KEY).ended_with(0);

    let refused = world.create(&sam, "11.00 GBP", &KEY).ended_with(5);
    let problem = world.create(&sam, "11.00 GBP", &[&KEY[..], &["--json"]].concat()).ended_with(5);

    refused
        .said("The Idempotency-Key value has already been used for a different request")
        .said("use a new --idempotency-key");
    assert_eq!(problem.problem()["title"], "Idempotency-Key Reuse");
}
