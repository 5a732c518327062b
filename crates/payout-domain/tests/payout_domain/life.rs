//! The life of a payout: whatever is heard of it, in whatever order.

use std::collections::BTreeSet;

use payout_domain::strategies as any;
use payout_domain::strategies::History;
use payout_domain::*;
use proptest::prelude::*;

use crate::fixtures::{NOW, accepted, known, told};

fn retold() -> impl Strategy<Value = (History, Vec<Evidence>, Vec<Evidence>)> {
    any::history()
        .prop_flat_map(|history| (Just(history.clone()), history.retold(), history.retold()))
}

/// A piece of random evidence about one or two transmissions, so that many pieces fit together.
fn some_evidence() -> impl Strategy<Value = Vec<Evidence>> {
    let began = |attempt| Evidence::TransmissionBegun { attempt };
    let ours = (1..=3_u32, 0..4).prop_map(move |(attempt, kind)| match kind {
        0 => began(attempt),
        1 => Evidence::NotProcessed { attempt },
        2 => Evidence::OutcomeUnknown { attempt },
        _ => Evidence::Rejected { attempt, detail: "422".into() },
    });
    prop::collection::vec(prop_oneof![3 => ours, 1 => any::evidence()], 0..16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn every_order_of_the_providers_words_ends_in_the_same_state(
        (history, one, other) in retold(),
    ) {
        let straight = told(&history.in_order());

        prop_assert_eq!(known(&told(&one)), known(&straight), "{:?}", one);
        prop_assert_eq!(known(&told(&other)), known(&straight), "{:?}", other);
    }

    #[test]
    fn a_coherent_story_contradicts_nothing((_, story, _) in retold()) {
        let mut payout = accepted();
        for evidence in &story {
            prop_assert_ne!(payout.apply(evidence, NOW), Applied::Contradicted, "{}", evidence);
        }
    }

    #[test]
    fn a_story_told_twice_says_nothing_new((history, _, _) in retold()) {
        let mut payout = told(&history.in_order());
        let once = payout.clone();
        let settled = !history.theirs.is_empty() || once.state().is_final();
        prop_assume!(settled);

        for evidence in &history.in_order() {
            prop_assert_ne!(payout.apply(evidence, NOW), Applied::Changed, "{}", evidence);
        }
        prop_assert_eq!(known(&payout), known(&once));
    }

    #[test]
    fn the_version_grows_by_one_exactly_if_there_is_news(all in some_evidence()) {
        let mut payout = accepted();
        for evidence in &all {
            let before = payout.clone();

            let applied = payout.apply(evidence, NOW);

            let news = u32::from(applied != Applied::Unchanged);
            prop_assert_eq!(payout.version(), before.version() + news);
            prop_assert_eq!(known(&payout) != known(&before), applied == Applied::Changed);
        }
    }

    #[test]
    fn nothing_leaves_a_final_state_and_only_a_return_leaves_executed(all in some_evidence()) {
        let mut payout = accepted();
        for evidence in &all {
            let before = payout.state().clone();

            let _ = payout.apply(evidence, NOW);

            let after = payout.state();
            if before.is_final() {
                prop_assert_eq!(after, &before, "{}", evidence);
            }
            if before == PayoutState::Executed {
                prop_assert!(matches!(after, PayoutState::Executed | PayoutState::Returned));
            }
        }
    }

    #[test]
    fn a_callers_word_never_goes_back(all in some_evidence()) {
        let mut payout = accepted();
        for evidence in &all {
            let before = payout.state().status();

            let _ = payout.apply(evidence, NOW);

            prop_assert!(payout.state().status() >= before, "{} after {}", evidence, before);
        }
    }

    #[test]
    fn executed_is_said_only_on_the_providers_word(all in some_evidence()) {
        let payout = told(&all);
        let said = all.iter().any(|e| matches!(
            e,
            Evidence::Reported {
                status: ProviderStatus::Executed { .. } | ProviderStatus::Failed { .. },
                ..
            } | Evidence::MoneyCameBack { .. }
                // An operator passes on what the provider said elsewhere.
                | Evidence::Resolved { outcome: Resolution::Executed { .. }, .. }
        ));

        let claims = matches!(payout.state(), PayoutState::Executed | PayoutState::Returned);
        prop_assert!(said || !claims, "{}", payout.state());
    }

    #[test]
    fn failed_is_said_only_if_nothing_can_have_moved_or_the_provider_says_so(
        all in some_evidence(),
    ) {
        let mut payout = accepted();
        let mut heard = Heard::default();
        for evidence in &all {
            let before = payout.state().clone();
            let applied = payout.apply(evidence, NOW);
            heard.hear(evidence, applied);
            let has_failed = matches!(payout.state(), PayoutState::Failed(_)) && !before.is_final();
            if has_failed {
                prop_assert!(heard.allows_failure(evidence, &payout), "{}", evidence);
            }
        }
    }

    #[test]
    fn the_providers_name_is_learned_once(all in some_evidence()) {
        let mut payout = accepted();
        for evidence in &all {
            let before = payout.gateway_payout_id();

            let _ = payout.apply(evidence, NOW);

            prop_assert!(before.is_none() || payout.gateway_payout_id() == before);
        }
    }
}

/// What was heard of each transmission, counted here once more.
#[derive(Default)]
struct Heard {
    not_processed: BTreeSet<u32>,
    unknown: BTreeSet<u32>,
}

impl Heard {
    fn hear(&mut self, evidence: &Evidence, applied: Applied) {
        if applied == Applied::Contradicted {
            return;
        }
        match evidence {
            Evidence::NotProcessed { attempt } => {
                self.not_processed.insert(*attempt);
            }
            Evidence::OutcomeUnknown { attempt } => {
                self.unknown.insert(*attempt);
            }
            Evidence::Accepted
            | Evidence::TransmissionBegun { .. }
            | Evidence::Rejected { .. }
            | Evidence::Acknowledged { .. }
            | Evidence::Reported { .. }
            | Evidence::MoneyCameBack { .. }
            | Evidence::Parked(_)
            | Evidence::Released { .. }
            | Evidence::Cancelled { .. }
            | Evidence::NeverSubmittedProposed { .. }
            | Evidence::Resolved { .. } => {}
        }
    }

    /// Whether this evidence may make a payout fail.
    fn allows_failure(&self, evidence: &Evidence, payout: &Payout) -> bool {
        if let Evidence::Reported { status: ProviderStatus::Failed { .. }, .. } = evidence {
            return true;
        }
        if let Evidence::Cancelled { .. } = evidence {
            return payout.progress().attempts == 0;
        }
        // What operators may say, the tests of their decisions hold.
        if let Evidence::Resolved { .. } = evidence {
            return true;
        }
        let Evidence::Rejected { attempt, .. } = evidence else { return false };
        payout.gateway_payout_id().is_none()
            && !self.unknown.contains(attempt)
            && self.all_others_resolved(*attempt, payout.progress().attempts)
    }

    /// Whether every transmission but this one is surely without effect. The numbers need not be
    /// known one by one: one that was left out counts as unresolved.
    fn all_others_resolved(&self, attempt: u32, attempts: u32) -> bool {
        (1..=attempts)
            .filter(|other| *other != attempt)
            .all(|other| self.not_processed.contains(&other) && !self.unknown.contains(&other))
    }
}
