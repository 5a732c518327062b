//! A payout comes back from a store as it went in.

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

use crate::fixtures::{NOW, accepted, record, with_progress};

proptest! {
    #[test]
    fn every_payout_comes_back(payout in any::payout()) {
        let restored = Payout::restore(record(&payout));

        prop_assert_eq!(restored, Ok(payout));
    }

    #[test]
    fn whatever_evidence_says_the_payout_comes_back(
        all in prop::collection::vec(any::evidence(), 0..12),
    ) {
        let mut payout = accepted();
        for evidence in &all {
            let _ = payout.apply(evidence, NOW);
        }

        let restored = Payout::restore(record(&payout));

        prop_assert_eq!(restored, Ok(payout));
    }
}

#[test]
fn a_state_without_the_facts_that_lead_to_it_is_refused() {
    let bare = accepted().progress().clone();
    let lacking = [
        PayoutState::Sending { earlier_unresolved: false },
        PayoutState::Sending { earlier_unresolved: true },
        PayoutState::Unknown,
        PayoutState::Submitted { authorized: false },
        PayoutState::Submitted { authorized: true },
        PayoutState::Executed,
        PayoutState::Failed(FailureReason::Rejected),
        PayoutState::Returned,
    ];

    for state in lacking {
        let progress = Progress { state: state.clone(), ..bare.clone() };

        assert!(with_progress(progress).is_err(), "{state} has a cause");
    }
    for state in [PayoutState::Accepted, PayoutState::Parked(ParkReason::TooOld)] {
        let progress = Progress { state: state.clone(), ..bare.clone() };

        assert!(with_progress(progress).is_ok(), "{state} needs none");
    }
}

#[test]
fn a_transmission_has_a_number_and_a_time() {
    let state = PayoutState::Unknown;
    let sent =
        Progress { state, attempts: 1, first_sent_at: Some(NOW), ..accepted().progress().clone() };

    assert!(with_progress(Progress { attempts: 0, ..sent.clone() }).is_err());
    assert!(with_progress(Progress { first_sent_at: None, ..sent.clone() }).is_err());
    assert!(with_progress(Progress { version: 0, ..sent.clone() }).is_err());
    assert!(with_progress(sent).is_ok());
}
