//! Every state × every piece of evidence, written out to be read by a person.

use std::fmt::Write;

use expect_test::expect_file;
use payout_domain::*;

use crate::fixtures::{NOW, accepted, gateway_id, reported, with_progress};

#[test]
fn golden_life_of_a_payout() {
    let table = format!(
        "{}\n{}\n{}",
        section("Nothing was ever sent.", &never_sent(), &evidence(0)),
        section("One transmission has begun.", &sent(1), &evidence(1)),
        section("Two transmissions have begun.", &sent(2), &evidence(2)),
    );

    expect_file!["../golden/life.txt"].assert_eq(&table);
}

fn section(title: &str, payouts: &[(String, Payout)], evidence: &[(String, Evidence)]) -> String {
    let mut text = format!("{title}\n");
    for (state, payout) in payouts {
        text.push('\n');
        for (heard, evidence) in evidence {
            let result = result(payout, evidence);
            writeln!(text, "{state:<25} + {heard:<31} -> {result}").expect("a string takes all");
        }
    }
    text
}

fn result(payout: &Payout, evidence: &Evidence) -> String {
    let mut after = payout.clone();
    match after.apply(evidence, NOW) {
        Applied::Unchanged => "(unchanged)".to_owned(),
        Applied::Contradicted => "(contradicts)".to_owned(),
        Applied::Changed if after.state() == payout.state() => {
            format!("{} (and more is known)", payout.state())
        }
        Applied::Changed => after.state().to_string(),
    }
}

fn never_sent() -> Vec<(String, Payout)> {
    [
        PayoutState::Accepted,
        PayoutState::Parked(ParkReason::TooOld),
        PayoutState::Parked(ParkReason::ProfileChanged),
        PayoutState::Parked(ParkReason::Restored),
    ]
    .map(|state| payout(&state, 0, None))
    .to_vec()
}

fn sent(attempts: u32) -> Vec<(String, Payout)> {
    let ours = [
        Some(PayoutState::Accepted),
        Some(PayoutState::Sending { earlier_unresolved: false }),
        (attempts > 1).then_some(PayoutState::Sending { earlier_unresolved: true }),
        Some(PayoutState::Unknown),
        Some(PayoutState::Parked(ParkReason::WindowClosed)),
        Some(PayoutState::Failed(FailureReason::Rejected)),
    ];
    let theirs = [
        PayoutState::Submitted { authorized: false },
        PayoutState::Submitted { authorized: true },
        PayoutState::Executed,
        PayoutState::Failed(FailureReason::Blocked),
        PayoutState::Returned,
    ];
    let ours = ours.into_iter().flatten().map(|state| payout(&state, attempts, None));
    let theirs = theirs.into_iter().map(|state| payout(&state, attempts, Some(gateway_id(1))));
    let waiting = payout(&PayoutState::Parked(ParkReason::ProfileChanged), attempts, None);
    ours.chain([waiting, proposed(attempts)]).chain(theirs).collect()
}

fn payout(
    state: &PayoutState,
    attempts: u32,
    gateway_payout_id: Option<GatewayPayoutId>,
) -> (String, Payout) {
    let executed = matches!(state, PayoutState::Executed | PayoutState::Returned);
    let failed = matches!(state, PayoutState::Failed(_) | PayoutState::Returned);
    let progress = Progress {
        state: state.clone(),
        attempts,
        first_sent_at: (attempts > 0).then_some(NOW),
        gateway_payout_id,
        executed_at: executed.then_some(NOW),
        failed_at: failed.then_some(NOW),
        ..accepted().progress().clone()
    };
    (state.to_string(), with_progress(progress).expect("the state has its facts"))
}

/// A parked payout of which anna says that the provider never had it.
fn proposed(attempts: u32) -> (String, Payout) {
    let (name, mut payout) = payout(&PayoutState::Parked(ParkReason::Restored), attempts, None);
    let _changed = payout.apply(&proposed_by("anna"), NOW);
    (format!("{name}, proposed"), payout)
}

/// All evidence, when so many transmissions have begun.
fn evidence(attempts: u32) -> Vec<(String, Evidence)> {
    let next = attempts + 1;
    let mut all = vec![("accepted".to_owned(), Evidence::Accepted)];
    all.push((
        "transmission_begun, the next".into(),
        Evidence::TransmissionBegun { attempt: next },
    ));
    if attempts > 0 {
        let again = Evidence::TransmissionBegun { attempt: attempts };
        all.push(("transmission_begun, again".into(), again));
    }
    let mut numbers = vec![(next, "never begun")];
    if attempts > 0 {
        numbers.insert(0, (attempts, "current"));
    }
    if attempts > 1 {
        numbers.insert(1, (1, "earlier"));
    }
    for (attempt, which) in numbers {
        let detail = "422".into();
        all.extend([
            (format!("not_processed, {which}"), Evidence::NotProcessed { attempt }),
            (format!("outcome_unknown, {which}"), Evidence::OutcomeUnknown { attempt }),
            (format!("rejected, {which}"), Evidence::Rejected { attempt, detail }),
        ]);
    }
    all.extend(from_provider());
    all.push(("parked key_reused".into(), Evidence::Parked(ParkReason::KeyReused)));
    all.push(("parked restored".into(), Evidence::Parked(ParkReason::Restored)));
    all.extend(from_operators());
    all
}

fn from_operators() -> Vec<(String, Evidence)> {
    let resolved = |outcome| Evidence::Resolved { by: ben(), outcome, because: "a call".into() };
    vec![
        ("released".into(), Evidence::Released { by: ben() }),
        ("cancelled".into(), Evidence::Cancelled { by: ben() }),
        ("proposed by anna".into(), proposed_by("anna")),
        ("resolved executed".into(), resolved(Resolution::Executed { at: NOW })),
        ("resolved failed".into(), resolved(Resolution::Failed)),
        ("resolved never_submitted".into(), resolved(Resolution::NeverSubmitted)),
    ]
}

fn ben() -> OperatorName {
    "ben".parse().expect("it is a name")
}

fn proposed_by(name: &str) -> Evidence {
    let by = name.parse().expect("it is a name");
    Evidence::NeverSubmittedProposed { by, because: "the statement is complete".into() }
}

fn from_provider() -> Vec<(String, Evidence)> {
    let at = NOW;
    let failed = |reason| ProviderStatus::Failed { at, reason };
    let executed = ProviderStatus::Executed { at, scheme: None };
    let said = [
        ("reported pending", ProviderStatus::Pending),
        ("reported authorized", ProviderStatus::Authorized { at: None }),
        ("reported executed", executed.clone()),
        ("reported failed blocked", failed(FailureReason::Blocked)),
        ("reported failed server_error", failed(FailureReason::ServerError)),
        ("reported failed returned", failed(FailureReason::Returned)),
    ];
    let other = gateway_id(2);
    [("acknowledged".to_owned(), Evidence::Acknowledged { gateway_payout_id: gateway_id(1) })]
        .into_iter()
        .chain(said.map(|(name, status)| (name.to_owned(), reported(status))))
        .chain([
            ("money_came_back".into(), money_came_back()),
            (
                "acknowledged, another id".into(),
                Evidence::Acknowledged { gateway_payout_id: other },
            ),
            (
                "reported executed, another id".into(),
                Evidence::Reported { gateway_payout_id: other, status: executed },
            ),
        ])
        .collect()
}

fn money_came_back() -> Evidence {
    let transaction_id = "0d0e0f00-0000-4000-8000-000000000001".parse().expect("it is an id");
    Evidence::MoneyCameBack { gateway_payout_id: gateway_id(1), transaction_id, at: NOW }
}
