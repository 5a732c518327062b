//! A planted bug is found; without it, nothing is.

use std::collections::BTreeSet;

use payout_simulation::{FaultKind, Plant, Statement, WorldOptions, run_world};

/// Lives through worlds from seed 1 on until the bug breaks something, and says what; `None` if it
/// is not found within the budget. In the same
/// world without the bug nothing is broken.
fn first_broken(plant: Plant, budget: u64, blind_to: &[Statement]) -> Option<Statement> {
    // A planted bug may also leave work undone; what counts here is money and truth.
    let mut blind_to: BTreeSet<_> = blind_to.iter().copied().collect();
    blind_to.insert(Statement::NoLoss);
    for seed in 1..=budget {
        let sound = WorldOptions { blind_to: blind_to.clone(), ..WorldOptions::new(seed, 40) };
        let planted = WorldOptions { plant: Some(plant), ..sound.clone() };
        if let Some(violation) = run_world(&planted).violations.first() {
            let without = run_world(&sound).violations;
            assert!(without.is_empty(), "seed {seed}: {without:?}");
            return Some(violation.statement);
        }
    }
    None
}

#[test]
fn a_key_for_every_transmission_pays_twice() {
    assert_eq!(
        first_broken(Plant::FreshKey, 100, &[Statement::SendRule]),
        Some(Statement::AtMostOnce)
    );
}

#[test]
fn a_window_that_nobody_checks_pays_twice() {
    let broken = first_broken(Plant::NoWindowCheck, 300, &[Statement::SendRule, Statement::NoLoss]);

    assert_eq!(broken, Some(Statement::AtMostOnce));
}

#[test]
fn a_token_that_is_renewed_on_the_way_pays_twice() {
    let broken = first_broken(Plant::NoTokenFence, 300, &[Statement::SendRule]);

    assert_eq!(broken, Some(Statement::AtMostOnce));
}

#[test]
fn a_window_by_the_machines_clock_pays_twice() {
    let broken = first_broken(Plant::LocalClock, 1_500, &[Statement::SendRule]);

    assert_eq!(broken, Some(Statement::AtMostOnce));
}

#[test]
fn silence_that_is_taken_for_a_refusal_is_a_lie() {
    assert_eq!(first_broken(Plant::TimeoutIsFailed, 100, &[]), Some(Statement::NoLie));
}

#[test]
fn a_server_error_that_is_taken_for_a_refusal_is_a_lie() {
    assert_eq!(first_broken(Plant::ServerErrorIsFailed, 100, &[]), Some(Statement::NoLie));
}

#[test]
fn absence_that_is_taken_for_failure_is_a_lie() {
    assert_eq!(first_broken(Plant::AbsentIsFailed, 100, &[]), Some(Statement::NoLie));
}

#[test]
fn a_refused_repetition_that_is_taken_for_failure_is_a_lie() {
    assert_eq!(first_broken(Plant::RejectAfterUnknown, 200, &[]), Some(Statement::NoLie));
}

#[test]
fn an_intent_that_is_written_after_the_send_pays_twice_or_lies_about_it() {
    let broken = first_broken(Plant::IntentAfterSend, 300, &[Statement::SendRule]);

    assert!(matches!(broken, Some(Statement::AtMostOnce | Statement::NoLie)), "{broken:?}");
}

#[test]
fn a_store_that_went_back_unnoticed_pays_twice() {
    let broken = first_broken(Plant::RestoreRedispatch, 300, &[Statement::SendRule]);

    assert_eq!(broken, Some(Statement::AtMostOnce));
}

#[test]
fn an_older_state_that_overwrites_a_newer_one_is_found() {
    assert_eq!(first_broken(Plant::Regress, 100, &[]), Some(Statement::NoLie));
}

#[test]
fn other_bytes_under_the_same_name_are_seen_when_they_leave() {
    assert_eq!(first_broken(Plant::BodyDrift, 100, &[]), Some(Statement::SendRule));
}

#[test]
fn other_bytes_under_the_same_name_leave_payouts_to_the_operator() {
    // The auditor looks away, and no provider disputes a key without a reason.
    let sound = |seed| WorldOptions {
        blind_to: [Statement::SendRule, Statement::NoLoss].into(),
        without: [FaultKind::KeyDisputed].into(),
        ..WorldOptions::new(seed, 40)
    };
    let disputed = |plant: Option<Plant>| {
        let report = |seed| run_world(&WorldOptions { plant, ..sound(seed) });
        (1..=20).map(|seed| report(seed).disputed).sum::<u64>()
    };

    assert_eq!(disputed(None), 0);
    assert!(disputed(Some(Plant::BodyDrift)) > 0);
}
