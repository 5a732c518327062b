//! When a payout may be sent: never so that it could arrive after its key is forgotten.

use std::time::Duration;

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

use crate::fixtures::{NOW, accepted, with_progress};

const HOUR: Duration = Duration::from_hours(1);

const RULE: SendRule = SendRule {
    key_window: Duration::from_hours(6),
    margin: Duration::from_mins(15),
    first_send_age_max: Duration::from_hours(24),
};

const MICROSECOND: Duration = Duration::from_micros(1);

fn token(issued_at: Timestamp) -> TokenLife {
    TokenLife { issued_at, expires_at: issued_at.plus(HOUR) }
}

/// A token that expires exactly when the rule ends, or so much later.
fn token_at_the_end(first_sent_at: Timestamp, later: Duration) -> TokenLife {
    let end = first_sent_at.plus(RULE.key_window).minus(RULE.margin);
    TokenLife { issued_at: end.minus(HOUR), expires_at: end.plus(later) }
}

fn send(payout: &mut Payout, at: Timestamp) -> Result<Evidence, CannotSend> {
    payout.begin_transmission(&RULE, token(at), at)
}

fn hear(payout: &mut Payout, evidence: &Evidence) {
    assert_ne!(payout.apply(evidence, NOW), Applied::Contradicted);
}

/// A payout whose first transmission has this outcome.
fn sent_once(outcome: Option<Evidence>) -> Payout {
    let mut payout = accepted();
    send(&mut payout, NOW).expect("a new payout may be sent");
    if let Some(outcome) = outcome {
        hear(&mut payout, &outcome);
    }
    payout
}

fn span(hours: u64) -> impl Strategy<Value = Duration> {
    (0..hours * 3_600_000_000).prop_map(Duration::from_micros)
}

/// A rule of any provider.
fn rule() -> impl Strategy<Value = SendRule> {
    (span(48), span(2)).prop_map(|(key_window, margin)| SendRule {
        key_window,
        margin,
        first_send_age_max: Duration::MAX,
    })
}

proptest! {
    #[test]
    fn what_is_allowed_expires_before_the_key_is_forgotten(
        rule in rule(),
        first_sent_at in proptest::option::of(any::timestamp()),
        issued_at in any::timestamp(),
        life in span(48),
    ) {
        let token = TokenLife { issued_at, expires_at: issued_at.plus(life) };
        let first = first_sent_at.unwrap_or(issued_at);
        let micros = |span: Duration| i128::try_from(span.as_micros()).expect("days fit");

        let end = i128::from(first.as_micros()) + micros(rule.key_window) - micros(rule.margin);

        let in_time = i128::from(token.expires_at.as_micros()) <= end;
        prop_assert_eq!(rule.allows(first_sent_at, token), in_time);
    }

    /// The provider may see any transmission at any time before its token expires, unless we know
    /// that it did not reach it; and it remembers the key from the first one that it saw.
    #[test]
    fn no_transmission_can_arrive_after_the_provider_forgot_the_key(
        rule in rule(),
        steps in prop::collection::vec((span(12), span(6), 0..4), 1..12),
    ) {
        let mut payout = accepted();
        let mut now = NOW;
        // Of each transmission: when it was begun at the earliest, and when its token expires.
        let mut perhaps_arrived: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (wait, life, outcome) in steps {
            now = now.plus(wait);
            let token = TokenLife { issued_at: now, expires_at: now.plus(life) };
            let Ok(Evidence::TransmissionBegun { attempt }) =
                payout.begin_transmission(&rule, token, now)
            else {
                continue;
            };
            perhaps_arrived.push((token.issued_at, token.expires_at));
            match outcome {
                0 => {
                    let _ = payout.apply(&Evidence::NotProcessed { attempt }, now);
                    perhaps_arrived.pop();
                }
                1 => {
                    let _ = payout.apply(&Evidence::OutcomeUnknown { attempt }, now);
                }
                2 => {
                    let _ = payout.apply(&Evidence::Rejected { attempt, detail: "x".into() }, now);
                }
                _ => {}
            }
            if let Some((first_seen, _)) = perhaps_arrived.first() {
                let forgotten = first_seen.plus(rule.key_window).minus(rule.margin);
                for (_, expires_at) in &perhaps_arrived {
                    prop_assert!(*expires_at <= forgotten);
                }
            }
        }
    }

    #[test]
    fn what_does_not_wait_is_not_sent(payout in any::payout()) {
        let state = payout.state().clone();
        let mut payout = payout;
        let before = payout.clone();

        let begun = payout.begin_transmission(&RULE, token(NOW), payout.created_at());

        match begun {
            Ok(Evidence::TransmissionBegun { attempt }) => {
                let again = state != PayoutState::Accepted;
                prop_assert!(state.is_sendable());
                prop_assert_eq!(attempt, before.progress().attempts + 1);
                prop_assert_eq!(
                    payout.state(),
                    &PayoutState::Sending { earlier_unresolved: again }
                );
                prop_assert!(payout.progress().first_sent_at.is_some());
                prop_assert_eq!(payout.version(), before.version() + 1);
            }
            Ok(other) => prop_assert!(false, "{} is no transmission", other),
            Err(error) => {
                prop_assert_eq!(&payout, &before, "what is refused changes nothing");
                prop_assert_eq!(error == CannotSend::NotWaiting, !state.is_sendable());
            }
        }
    }
}

#[test]
fn the_end_of_the_rule_is_exact() {
    let mut in_time = sent_once(Some(Evidence::OutcomeUnknown { attempt: 1 }));
    let mut late = in_time.clone();
    let closed = CannotSend::Park(ParkReason::WindowClosed);

    let last = in_time.begin_transmission(&RULE, token_at_the_end(NOW, Duration::ZERO), NOW);
    let one_late = late.begin_transmission(&RULE, token_at_the_end(NOW, MICROSECOND), NOW);

    assert_eq!(last, Ok(Evidence::TransmissionBegun { attempt: 2 }));
    assert_eq!(one_late, Err(closed));
}

#[test]
fn a_first_transmission_is_held_to_the_rule_too() {
    let long = TokenLife { issued_at: NOW, expires_at: NOW.plus(RULE.key_window) };
    let mut payout = accepted();

    let begun = payout.begin_transmission(&RULE, long, NOW);

    // A repetition with a short token could arrive first, and this one after the key is forgotten.
    assert_eq!(begun, Err(CannotSend::Park(ParkReason::WindowClosed)));
    assert_eq!(payout, accepted());
}

#[test]
fn the_age_of_an_unsent_payout_is_exact() {
    let oldest = NOW.plus(RULE.first_send_age_max);

    assert!(send(&mut accepted(), oldest).is_ok());
    assert_eq!(
        send(&mut accepted(), oldest.plus(MICROSECOND)),
        Err(CannotSend::Park(ParkReason::TooOld))
    );
}

#[test]
fn a_payout_that_was_only_turned_away_grows_too_old_as_well() {
    let mut payout = sent_once(Some(Evidence::NotProcessed { attempt: 1 }));
    let too_late = NOW.plus(RULE.first_send_age_max).plus(MICROSECOND);

    assert_eq!(send(&mut payout, too_late), Err(CannotSend::Park(ParkReason::TooOld)));
}

#[test]
fn a_repetition_is_not_too_old_but_out_of_its_window() {
    let mut payout = sent_once(Some(Evidence::OutcomeUnknown { attempt: 1 }));
    let next_week = NOW.plus(HOUR * 24 * 7);

    assert_eq!(send(&mut payout, next_week), Err(CannotSend::Park(ParkReason::WindowClosed)));
}

#[test]
fn a_clock_that_went_back_stops_nothing() {
    assert!(send(&mut accepted(), NOW.minus(HOUR)).is_ok());
}

#[test]
fn after_a_crash_the_open_transmission_is_repeated_under_its_first_time() {
    let mut payout = sent_once(None);

    let again = send(&mut payout, NOW.plus(HOUR));

    assert_eq!(again, Ok(Evidence::TransmissionBegun { attempt: 2 }));
    assert_eq!(payout.state(), &PayoutState::Sending { earlier_unresolved: true });
    assert_eq!(payout.progress().first_sent_at, Some(NOW));
}

#[test]
fn the_window_begins_anew_only_if_nothing_can_have_arrived() {
    let later = NOW.plus(HOUR * 10);
    let mut turned_away = sent_once(Some(Evidence::NotProcessed { attempt: 1 }));
    let mut unknown = sent_once(Some(Evidence::OutcomeUnknown { attempt: 1 }));
    send(&mut unknown, NOW.plus(HOUR)).expect("the window is open");
    hear(&mut unknown, &Evidence::NotProcessed { attempt: 2 });

    assert!(send(&mut turned_away, later).is_ok());
    assert_eq!(turned_away.progress().first_sent_at, Some(later));
    assert_eq!(turned_away.state(), &PayoutState::Sending { earlier_unresolved: false });
    assert_eq!(send(&mut unknown, later), Err(CannotSend::Park(ParkReason::WindowClosed)));
    assert_eq!(unknown.progress().first_sent_at, Some(NOW));
}

#[test]
fn the_first_time_is_that_of_the_token_not_of_our_clock() {
    let mut payout = accepted();
    let issued_at = NOW.minus(HOUR / 2);

    let begun = payout.begin_transmission(&RULE, token(issued_at), NOW);

    assert!(begun.is_ok());
    assert_eq!(payout.progress().first_sent_at, Some(issued_at));
}

#[test]
fn what_was_heard_of_before_is_not_sent() {
    let mut payout = sent_once(None);
    let id = crate::fixtures::gateway_id(1);
    hear(&mut payout, &Evidence::Acknowledged { gateway_payout_id: id });

    assert_eq!(send(&mut payout, NOW), Err(CannotSend::NotWaiting));
}

#[test]
fn a_transmission_that_was_only_replayed_from_a_record_has_a_time_too() {
    let mut payout = accepted();
    hear(&mut payout, &Evidence::TransmissionBegun { attempt: 1 });

    assert_eq!(payout.progress().first_sent_at, Some(NOW));
    assert!(with_progress(payout.progress().clone()).is_ok());
}

#[test]
fn the_last_number_is_not_used_twice() {
    let progress = Progress {
        state: PayoutState::Unknown,
        attempts: u32::MAX,
        first_sent_at: Some(NOW),
        ..accepted().progress().clone()
    };
    let mut payout = with_progress(progress).expect("the state has its facts");
    let before = payout.clone();

    assert_eq!(send(&mut payout, NOW), Err(CannotSend::NotWaiting));
    assert_eq!(payout, before);
}

#[test]
fn the_reason_is_said_in_a_sentence() {
    let closed = CannotSend::Park(ParkReason::WindowClosed);

    assert_eq!(closed.to_string(), "the payout must wait for an operator: window_closed");
    assert_eq!(CannotSend::NotWaiting.to_string(), "the payout does not wait for a transmission");
}
