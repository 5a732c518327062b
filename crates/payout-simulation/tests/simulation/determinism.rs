//! A seed is a whole world.

use std::process::Command;

use payout_simulation::{WorldOptions, run_world, run_worlds};

#[test]
fn a_seed_gives_the_same_world_again() {
    for seed in 1..=12 {
        let options = WorldOptions::new(seed, 20);

        let (first, second) = (run_world(&options), run_world(&options));

        assert_eq!(first.digest, second.digest, "seed {seed}");
        assert_eq!(first.faults, second.faults, "seed {seed}");
    }
}

#[test]
fn two_seeds_give_two_worlds() {
    let digest = |seed| run_world(&WorldOptions::new(seed, 20)).digest;

    assert_ne!(digest(1), digest(2));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let options = WorldOptions::new(1, 20);

    let (one, two) = (run_worlds(&options, 16, 1, &|| ()), run_worlds(&options, 16, 2, &|| ()));

    assert_eq!((one.digest, one.faults), (two.digest, two.faults));
}

#[test]
fn another_process_lives_through_the_same_world() {
    let told = |seed: u64| {
        let mut binary = Command::new(env!("CARGO_BIN_EXE_payout-simulation"));
        let output = binary.args(["--seed", &seed.to_string(), "--payouts", "20"]).output();
        String::from_utf8(output.expect("the binary is built with the tests").stdout)
    };
    for seed in [3, 4] {
        let here = run_world(&WorldOptions::new(seed, 20));

        let there = told(seed).expect("it writes text");

        assert!(there.contains(&format!("digest {:016x}", here.digest)), "{there}");
    }
}
