//! Errors that the model must find: each test breaks the protocol in one place.

use crate::planted::Planted;
use crate::properties::{EXECUTED_ONCE, FAILED_IS_TRUE, INTENT_FIRST, SENT_BY_THE_RULE};
use crate::search::counterexample;

/// Says the shortest story in which the error does its harm.
fn is_found(planted: Planted, property: &'static str) {
    let story = counterexample(planted, property);

    let story = story.unwrap_or_else(|| panic!("{planted:?} breaks nothing: {property}"));
    println!("{planted:?}: not so: {property}, after {} steps\n{}", story.steps(), story.told());
}

#[test]
fn a_fresh_key_for_each_transmission_pays_twice() {
    is_found(Planted::FreshKey, EXECUTED_ONCE);
}

#[test]
fn to_send_again_after_the_window_pays_twice() {
    is_found(Planted::NoWindowCheck, EXECUTED_ONCE);
}

#[test]
fn to_leave_out_the_margin_pays_twice() {
    is_found(Planted::NoMargin, EXECUTED_ONCE);
}

#[test]
fn a_token_that_does_not_expire_lets_a_stalled_worker_pay_twice() {
    is_found(Planted::NoTokenFence, EXECUTED_ONCE);
}

#[test]
fn to_take_a_timeout_for_a_failure_is_a_lie() {
    is_found(Planted::TimeoutIsFailure, FAILED_IS_TRUE);
}

#[test]
fn to_take_absence_for_a_failure_is_a_lie() {
    is_found(Planted::AbsenceIsFailure, FAILED_IS_TRUE);
}

#[test]
fn to_take_the_refusal_of_a_repetition_for_a_failure_is_a_lie() {
    is_found(Planted::RefusalAfterDoubtIsFailure, FAILED_IS_TRUE);
}

#[test]
fn an_intent_that_is_written_after_the_send_pays_twice() {
    is_found(Planted::IntentAfterSend, EXECUTED_ONCE);
}

#[test]
fn an_intent_that_is_written_after_the_send_is_seen_at_once() {
    is_found(Planted::IntentAfterSend, INTENT_FIRST);
}

#[test]
fn to_measure_the_window_by_our_own_clock_pays_twice() {
    is_found(Planted::OwnClock, EXECUTED_ONCE);
}

#[test]
fn a_transmission_outside_the_rule_is_seen_before_it_pays() {
    is_found(Planted::NoWindowCheck, SENT_BY_THE_RULE);
}
