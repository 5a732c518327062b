//! The traps in a payout's life, one by one.

use payout_domain::*;

use crate::fixtures::{NOW, accepted, gateway_id, known, reported, told};

#[test]
fn a_timeout_is_never_a_failure() {
    let mut payout = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::OutcomeUnknown { attempt: 1 },
        Evidence::TransmissionBegun { attempt: 2 },
        Evidence::Rejected { attempt: 2, detail: "403 insufficient funds".into() },
    ]);

    assert_eq!(payout.state(), &PayoutState::Unknown, "the first one took the money");
    let executed = ProviderStatus::Executed { at: NOW, scheme: None };
    assert_eq!(payout.apply(&reported(executed), NOW), Applied::Changed);
    assert_eq!(payout.state(), &PayoutState::Executed);
}

#[test]
fn of_two_words_about_one_transmission_the_doubt_wins() {
    let begun = Evidence::TransmissionBegun { attempt: 1 };
    let not_processed = Evidence::NotProcessed { attempt: 1 };
    let unknown = Evidence::OutcomeUnknown { attempt: 1 };

    let forth = told(&[begun.clone(), not_processed.clone(), unknown.clone()]);
    let back = told(&[begun, unknown, not_processed]);

    assert_eq!(known(&forth), known(&back));
    assert_eq!(forth.state(), &PayoutState::Unknown);
}

#[test]
fn a_late_doubt_about_an_earlier_transmission_taints_the_open_one() {
    let payout = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::NotProcessed { attempt: 1 },
        Evidence::TransmissionBegun { attempt: 2 },
        Evidence::OutcomeUnknown { attempt: 1 },
        Evidence::Rejected { attempt: 2, detail: "422".into() },
    ]);

    assert_eq!(payout.state(), &PayoutState::Unknown);
}

#[test]
fn a_transmission_that_was_left_out_counts_as_unresolved() {
    let payout = told(&[
        Evidence::TransmissionBegun { attempt: 2 },
        Evidence::Rejected { attempt: 2, detail: "422".into() },
    ]);

    assert_eq!(payout.state(), &PayoutState::Unknown);
}

#[test]
fn a_return_heard_before_the_execution_keeps_both_times() {
    let [executed_at, failed_at] = [NOW, Timestamp::from_seconds(1_772_542_847)];
    let returned = ProviderStatus::Failed { at: failed_at, reason: FailureReason::Returned };
    let executed =
        ProviderStatus::Executed { at: executed_at, scheme: Some(Scheme::FasterPaymentsService) };

    let payout = told(&[reported(returned), reported(executed)]);

    assert_eq!(payout.state(), &PayoutState::Returned);
    assert_eq!(payout.state().failure_reason(), Some(FailureReason::Returned));
    assert_eq!(payout.progress().executed_at, Some(executed_at));
    assert_eq!(payout.progress().failed_at, Some(failed_at));
    assert_eq!(payout.scheme(), Some(Scheme::FasterPaymentsService));
}

#[test]
fn the_first_time_that_is_heard_is_kept() {
    let later = Timestamp::from_seconds(1_772_542_847);
    let executed = |at, scheme| reported(ProviderStatus::Executed { at, scheme });
    let authorized = |at| reported(ProviderStatus::Authorized { at });

    let payout = told(&[
        authorized(None),
        authorized(Some(NOW)),
        authorized(Some(later)),
        executed(NOW, None),
        executed(later, Some(Scheme::InternalTransfer)),
    ]);

    assert_eq!(payout.progress().authorized_at, Some(NOW));
    assert_eq!(payout.progress().executed_at, Some(NOW));
    assert_eq!(payout.scheme(), Some(Scheme::InternalTransfer), "the provider knows best");
    assert_eq!(accepted().scheme(), Some(Scheme::FasterPaymentsService));
}

#[test]
fn a_failure_keeps_the_time_at_which_it_was_first_heard() {
    let later = Timestamp::from_seconds(1_772_542_847);
    for reason in [FailureReason::Blocked, FailureReason::Returned] {
        let failed = |at| reported(ProviderStatus::Failed { at, reason: reason.clone() });

        let payout = told(&[failed(NOW), failed(later)]);

        assert_eq!(payout.progress().failed_at, Some(NOW), "{reason}");
    }
}

#[test]
fn a_rejection_is_dated_by_us_and_a_failure_by_the_provider() {
    let at_provider = Timestamp::from_seconds(1_772_442_999);
    let blocked = ProviderStatus::Failed { at: at_provider, reason: FailureReason::Blocked };

    let rejected = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::Rejected { attempt: 1, detail: "422".into() },
    ]);
    let failed = told(&[reported(blocked)]);

    assert_eq!(rejected.progress().failed_at, Some(NOW));
    assert_eq!(failed.progress().failed_at, Some(at_provider));
    assert_eq!(failed.gateway_payout_id(), Some(gateway_id(1)));
}

#[test]
fn a_doubt_about_an_earlier_transmission_after_a_failure_is_told_to_somebody() {
    let mut payout = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::NotProcessed { attempt: 1 },
        Evidence::TransmissionBegun { attempt: 2 },
        Evidence::Rejected { attempt: 2, detail: "422".into() },
    ]);

    let doubt = payout.apply(&Evidence::OutcomeUnknown { attempt: 1 }, NOW);

    assert_eq!(doubt, Applied::Contradicted);
    assert_eq!(payout.state(), &PayoutState::Failed(FailureReason::Rejected));
}

#[test]
fn a_late_word_about_an_earlier_transmission_does_not_close_the_open_one() {
    let open = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::NotProcessed { attempt: 1 },
        Evidence::TransmissionBegun { attempt: 2 },
    ]);
    for late in [
        Evidence::NotProcessed { attempt: 1 },
        Evidence::Rejected { attempt: 1, detail: "422".into() },
    ] {
        let mut payout = open.clone();

        assert_eq!(payout.apply(&late, NOW), Applied::Unchanged, "{late}");
        assert_eq!(payout, open, "the second one may arrive yet");
    }
}

#[test]
fn nothing_is_said_of_a_transmission_that_never_began() {
    for attempt in [0, 2, u32::MAX] {
        for word in [
            Evidence::NotProcessed { attempt },
            Evidence::OutcomeUnknown { attempt },
            Evidence::Rejected { attempt, detail: "422".into() },
        ] {
            let mut payout = told(&[Evidence::TransmissionBegun { attempt: 1 }]);

            assert_eq!(payout.apply(&word, NOW), Applied::Contradicted, "{word}");
            assert_eq!(payout.state(), &PayoutState::Sending { earlier_unresolved: false });
        }
    }
}

#[test]
fn a_provider_that_refused_the_only_transmission_cannot_have_the_payout() {
    let begun = Evidence::TransmissionBegun { attempt: 1 };
    let rejected = Evidence::Rejected { attempt: 1, detail: "422".into() };
    let acknowledged = Evidence::Acknowledged { gateway_payout_id: gateway_id(1) };
    for (first, second) in [(&rejected, &acknowledged), (&acknowledged, &rejected)] {
        let mut payout = told(&[begun.clone(), first.clone()]);

        assert_eq!(payout.apply(second, NOW), Applied::Contradicted, "{second}");
    }
}
