//! The binary on trial with PostgreSQL, in short: the long runs are `cargo xtask crash` and its sisters.
//!
//! `cargo xtask test` starts the server and builds the binary `payout` beside this test. The trials
//! come one after the other, because some of them kill the server.

#[path = "../on_trial/verdict.rs"]
mod verdict;

use std::env;
use std::sync::{Mutex, PoisonError};

use serde_json::Value as Json;

/// Held while a trial uses the server.
static SERVER: Mutex<()> = Mutex::new(());

/// Runs a trial on the server that was started for it.
#[track_caller]
fn on_the_server(words: &[&str]) -> Json {
    let _nobody_kills_it_meanwhile = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    let variable = |name| env::var(name).expect("`cargo xtask test` starts a server and names it");
    let (url, crash) = (variable("PAYOUT_TEST_POSTGRES"), variable("PAYOUT_TEST_POSTGRES_CRASH"));
    let server = ["--store", "postgres", "--database", &url, "--database-crash", &crash];
    verdict::of(&[words, &server].concat())
}

/// Nothing is wrong, and at least so many payouts were accepted to tell by.
#[track_caller]
fn nothing_is_wrong_with(least: u64, report: &Json) {
    for wrong in ["lost", "twice", "false_status", "findings"] {
        assert_eq!(report[wrong], 0, "{report}");
    }
    let accepted = report["accepted"].as_u64().unwrap_or_default();
    assert!(accepted >= least, "there was load: {report}");
}

#[test]
fn three_instances_that_are_killed_with_their_database_lose_nothing_and_pay_nothing_twice() {
    let report = on_the_server(&[
        "crash",
        "--kills",
        "60",
        "--instances",
        "3",
        "--database-every",
        "15",
        "--seed",
        "7",
    ]);

    nothing_is_wrong_with(20, &report);
    assert_eq!((&report["kills"], &report["database_kills"]), (&60.into(), &4.into()), "{report}");
}

#[test]
fn a_payout_survives_a_kill_at_its_system_calls_on_postgres() {
    let report = on_the_server(&["sweep", "--stride", "10"]);

    let points = report["points"].as_u64().unwrap_or_default();
    nothing_is_wrong_with(points, &report);
    for act in ["points", "points_of_start"] {
        assert!(report[act].as_u64().unwrap_or_default() >= 5, "{act}: {report}");
    }
}

#[test]
fn a_standstill_past_lease_and_key_window_pays_nothing_twice_on_postgres() {
    let report = on_the_server(&["trials", "stall"]);

    assert_eq!(report["findings"], 0, "{report}");
}
