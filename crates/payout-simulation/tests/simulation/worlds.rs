//! What always holds, holds in worlds where everything goes wrong.

use std::process::Command;

use payout_simulation::{FaultKind, WorldOptions, run_worlds};

/// How many worlds a test run lives through.
const WORLDS: u64 = 250;

#[test]
fn in_no_world_is_anything_broken_that_always_holds() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);

    let sum = run_worlds(&WorldOptions::new(1, 40), WORLDS, threads, &|| ());

    let violations: Vec<_> =
        sum.failures.iter().flat_map(|(_, report)| &report.violations).collect();
    assert!(violations.is_empty(), "{violations:#?}");
    assert_eq!(sum.worlds, WORLDS);
    assert!(sum.faults.total() > sum.payouts, "{} faults", sum.faults.total());
    // A provider that disputes a key is rarer than the worlds of one test run.
    for kind in FaultKind::ALL.iter().filter(|kind| **kind != FaultKind::KeyDisputed) {
        assert!(sum.faults.of(*kind) > 0, "{kind} never struck");
    }
}

#[test]
fn the_last_line_of_a_run_is_one_json_object() {
    let mut binary = Command::new(env!("CARGO_BIN_EXE_payout-simulation"));

    let output = binary.args(["--worlds", "3", "--payouts", "5", "--json"]).output();

    let output = output.expect("the binary is built with the tests");
    let text = String::from_utf8(output.stdout).expect("it writes text");
    let json: serde_json::Value = serde_json::from_str(text.trim()).expect("one object");
    assert!(output.status.success());
    assert_eq!(
        (&json["worlds"], &json["payouts"], &json["violations"]),
        (&3.into(), &15.into(), &0.into())
    );
    assert!(json["faults"].as_u64() > Some(0) && json["faults_by_kind"]["clock_skew"].is_u64());
    assert!(json["parked_share"].is_number() && json["first_seed"] == 1);
}

#[test]
fn a_failing_world_names_its_seed_and_ends_without_success() {
    let mut binary = Command::new(env!("CARGO_BIN_EXE_payout-simulation"));

    let output = binary.args(["--worlds", "40", "--plant", "fresh-key"]).output();

    let output = output.expect("the binary is built with the tests");
    let text = String::from_utf8(output.stderr).expect("it writes text");
    assert!(!output.status.success());
    assert!(
        text.contains("again: cargo xtask simulate --seed") && text.contains("AtMostOnce"),
        "{text}"
    );
    assert!(text.contains("with the fewest kinds of faults"), "{text}");
}
