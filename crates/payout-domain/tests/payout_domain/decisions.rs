//! What operators may decide, and what they may not.

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

use crate::fixtures::{NOW, gateway_id, told};

fn operator(name: &str) -> OperatorName {
    name.parse().expect("it is a name")
}

fn proposed(by: &str) -> Evidence {
    Evidence::NeverSubmittedProposed { by: operator(by), because: "nothing is listed".into() }
}

fn never_submitted(by: &str) -> Evidence {
    let outcome = Resolution::NeverSubmitted;
    Evidence::Resolved { by: operator(by), outcome, because: "nothing is listed".into() }
}

fn parked_after_a_transmission() -> Vec<Evidence> {
    vec![
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::OutcomeUnknown { attempt: 1 },
        Evidence::Parked(ParkReason::WindowClosed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn nobody_alone_says_that_the_provider_never_had_it(
        all in prop::collection::vec(any::evidence(), 0..16),
    ) {
        let by_another = |evidence: &Evidence| {
            matches!(
                evidence,
                Evidence::NeverSubmittedProposed { by, .. } | Evidence::Resolved { by, .. }
                    if by.as_str() != "anna"
            )
        };
        let by_anna: Vec<_> = all.into_iter().filter(|evidence| !by_another(evidence)).collect();

        let payout = told(&by_anna);

        let never = PayoutState::Failed(FailureReason::NeverSubmitted);
        // The provider could use our word; it does not.
        let said = by_anna.iter().any(|e| matches!(e, Evidence::Reported { .. }));
        prop_assert!(said || *payout.state() != never);
    }

    #[test]
    fn nothing_that_was_sent_is_called_off(
        all in prop::collection::vec(any::evidence(), 0..16),
    ) {
        let mut payout = told(&[Evidence::TransmissionBegun { attempt: 1 }]);
        for evidence in &all {
            let _ = payout.apply(evidence, NOW);
        }
        let before = payout.state().clone();

        let _ = payout.apply(&Evidence::Cancelled { by: operator("anna") }, NOW);

        prop_assert_eq!(payout.state(), &before);
    }

    #[test]
    fn an_anonymous_decision_says_what_and_neither_who_nor_why(decision in any::decision()) {
        let shown = decision.anonymous().to_string();

        prop_assert!(!shown.contains("anna") && !shown.contains("shop-1"), "{}", shown);
        let first = |text: &str| text.split(' ').next().map(str::to_owned);
        prop_assert_eq!(first(&shown), first(&decision.to_string()));
    }

    #[test]
    fn a_decision_is_read_back_as_it_was_written(decision in any::decision()) {
        let text = decision.to_string();

        prop_assert_eq!(text.parse::<Evidence>(), Ok(decision));
    }
}

#[test]
fn two_people_resolve_what_was_never_submitted() {
    let mut payout = told(&parked_after_a_transmission());

    assert_eq!(payout.apply(&proposed("anna"), NOW), Applied::Changed);
    assert_eq!(payout.state(), &PayoutState::Parked(ParkReason::WindowClosed));
    assert_eq!(payout.apply(&never_submitted("anna"), NOW), Applied::Contradicted);
    assert_eq!(payout.apply(&never_submitted("ben"), NOW), Applied::Changed);

    assert_eq!(payout.state(), &PayoutState::Failed(FailureReason::NeverSubmitted));
}

#[test]
fn news_ends_a_proposal() {
    let mut payout = told(&parked_after_a_transmission());
    let _ = payout.apply(&proposed("anna"), NOW);
    let found = Evidence::Acknowledged { gateway_payout_id: gateway_id(1) };

    let _ = payout.apply(&found, NOW);

    assert_eq!(payout.progress().proposed_by, None);
    assert_eq!(payout.apply(&never_submitted("ben"), NOW), Applied::Contradicted);
}

#[test]
fn the_first_proposal_stands() {
    let mut payout = told(&parked_after_a_transmission());
    let _ = payout.apply(&proposed("anna"), NOW);

    assert_eq!(payout.apply(&proposed("ben"), NOW), Applied::Unchanged);
    assert_eq!(payout.progress().proposed_by, Some(operator("anna")));
}

#[test]
fn only_what_is_parked_can_be_said_to_have_never_been_submitted() {
    let mut unknown = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::OutcomeUnknown { attempt: 1 },
    ]);

    assert_eq!(unknown.apply(&proposed("anna"), NOW), Applied::Contradicted);
}

#[test]
fn what_the_provider_turns_out_to_have_after_all_is_told_to_somebody() {
    let mut payout = told(&parked_after_a_transmission());
    let _ = payout.apply(&proposed("anna"), NOW);
    let _ = payout.apply(&never_submitted("ben"), NOW);

    let found = payout.apply(&Evidence::Acknowledged { gateway_payout_id: gateway_id(1) }, NOW);

    assert_eq!(found, Applied::Contradicted);
}

#[test]
fn there_is_nothing_to_find_out_of_what_was_never_sent() {
    let outcome = Resolution::Executed { at: NOW };
    let by = operator("anna");
    let resolved = Evidence::Resolved { by, outcome, because: "a letter".into() };
    for decision in [proposed("anna"), resolved] {
        let mut payout = told(&[Evidence::Parked(ParkReason::TooOld)]);

        assert_eq!(payout.apply(&decision, NOW), Applied::Contradicted, "{decision}");
    }
}

#[test]
fn after_a_restore_nothing_is_called_off() {
    let mut payout = told(&[Evidence::Parked(ParkReason::TooOld)]);
    let _ = payout.apply(&Evidence::Parked(ParkReason::Restored), NOW);

    let cancelled = payout.apply(&Evidence::Cancelled { by: operator("anna") }, NOW);

    assert_eq!(cancelled, Applied::Contradicted);
    assert_eq!(payout.state(), &PayoutState::Parked(ParkReason::Restored));
}

#[test]
fn a_released_payout_that_was_sent_counts_as_unresolved() {
    let mut payout = told(&[
        Evidence::TransmissionBegun { attempt: 1 },
        Evidence::NotProcessed { attempt: 1 },
        Evidence::Parked(ParkReason::ProfileChanged),
    ]);

    let _ = payout.apply(&Evidence::Released { by: operator("anna") }, NOW);

    assert_eq!(payout.state(), &PayoutState::Unknown);
}

#[test]
fn money_comes_back_by_one_movement() {
    let movement = |n: u8| Evidence::MoneyCameBack {
        gateway_payout_id: gateway_id(1),
        transaction_id: format!("0d0e0f00-0000-4000-8000-00000000000{n}").parse().expect("an id"),
        at: NOW,
    };
    let mut payout = told(&parked_after_a_transmission());

    assert_eq!(payout.apply(&movement(1), NOW), Applied::Changed);
    assert_eq!(payout.state(), &PayoutState::Returned);
    assert_eq!(payout.apply(&movement(1), NOW), Applied::Unchanged);
    assert_eq!(payout.apply(&movement(2), NOW), Applied::Contradicted);
}

#[test]
fn an_operators_name_is_one_plain_word() {
    for name in ["a", "anna", "ben.o@shop-1_x", &"x".repeat(64)] {
        assert_eq!(operator(name).as_str(), name);
    }
    for name in ["", "anna b", "änna", "a\n", "a:b", &"x".repeat(65)] {
        assert_eq!(name.parse::<OperatorName>(), Err(OperatorNameError), "{name:?}");
    }
}
