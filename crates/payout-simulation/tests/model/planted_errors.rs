//! Errors that the model must find: each test breaks the protocol in one place.

use crate::planted::Planted;
use crate::properties::{EXECUTED_ONCE, FAILED_IS_TRUE, INTENT_FIRST, SENT_BY_THE_RULE};
use crate::protocol::Protocol;
use crate::search::counterexample;

/// The error does this harm, and the shortest story of it has so many steps.
fn does_harm(planted: Planted, property: &'static str, steps: usize) {
    let protocol = match planted {
        Planted::OnePerson | Planted::AbsenceTooEarly | Planted::CancelAfterSend => {
            Protocol::operated()
        }
        Planted::NoMarker => Protocol::put_back(),
        Planted::FreshKey
        | Planted::NoWindowCheck
        | Planted::NoMargin
        | Planted::NoTokenFence
        | Planted::TimeoutIsFailure
        | Planted::AbsenceIsFailure
        | Planted::RefusalAfterDoubtIsFailure
        | Planted::IntentAfterSend
        | Planted::OwnClock
        | Planted::NoFence => Protocol::ours(),
    };

    let story =
        counterexample(protocol.with(planted), property).expect("the error breaks the promise");

    assert_eq!(story.steps(), steps, "{planted:?}: not so: {property}\n{}", story.told());
}

#[test]
fn a_fresh_key_for_each_transmission_pays_twice() {
    does_harm(Planted::FreshKey, EXECUTED_ONCE, 9);
}

#[test]
fn to_send_again_after_the_window_pays_twice() {
    does_harm(Planted::NoWindowCheck, EXECUTED_ONCE, 11);
}

#[test]
fn to_leave_out_the_margin_pays_twice() {
    does_harm(Planted::NoMargin, EXECUTED_ONCE, 11);
}

#[test]
fn a_token_that_is_taken_after_the_check_lets_a_stalled_worker_pay_twice() {
    does_harm(Planted::NoTokenFence, EXECUTED_ONCE, 11);
}

#[test]
fn to_take_a_timeout_for_a_failure_is_a_lie() {
    does_harm(Planted::TimeoutIsFailure, FAILED_IS_TRUE, 5);
}

#[test]
fn to_take_absence_for_a_failure_is_a_lie() {
    does_harm(Planted::AbsenceIsFailure, FAILED_IS_TRUE, 5);
}

#[test]
fn to_take_the_refusal_of_a_repetition_for_a_failure_is_a_lie() {
    does_harm(Planted::RefusalAfterDoubtIsFailure, FAILED_IS_TRUE, 9);
}

#[test]
fn an_intent_that_is_written_after_the_send_pays_twice() {
    does_harm(Planted::IntentAfterSend, EXECUTED_ONCE, 11);
}

#[test]
fn an_intent_that_is_written_after_the_send_is_seen_at_once() {
    does_harm(Planted::IntentAfterSend, INTENT_FIRST, 2);
}

#[test]
fn to_measure_the_window_by_our_own_clock_pays_twice() {
    does_harm(Planted::OwnClock, EXECUTED_ONCE, 12);
}

#[test]
fn a_transmission_outside_the_rule_is_seen_before_it_pays() {
    does_harm(Planted::NoWindowCheck, SENT_BY_THE_RULE, 9);
}

#[test]
fn one_person_who_errs_alone_is_a_lie() {
    does_harm(Planted::OnePerson, FAILED_IS_TRUE, 8);
}

#[test]
fn to_believe_in_absence_too_early_is_a_lie() {
    does_harm(Planted::AbsenceTooEarly, FAILED_IS_TRUE, 8);
}

#[test]
fn to_call_off_what_was_sent_is_a_lie() {
    does_harm(Planted::CancelAfterSend, FAILED_IS_TRUE, 5);
}

#[test]
fn a_store_that_went_back_unnoticed_pays_twice() {
    does_harm(Planted::NoMarker, EXECUTED_ONCE, 13);
}
