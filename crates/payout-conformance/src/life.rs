//! Every step in the life of a payout, for stores that hold them as data.

use std::collections::BTreeSet;

use payout_domain::{
    Applied, Evidence, FailureReason, OperatorName, ParkReason, Payout, PayoutRecord, PayoutState,
    Progress, ProviderStatus, Resolution, TransactionId,
};

use crate::fixtures::{Accepting, gateway_payout_id, seconds};

/// A step between two states, each without its reason.
pub type Step = (String, String);

/// What every piece of evidence does to a payout in every state, with few and with many
/// transmissions, and with a proposal and without.
pub fn possible_steps() -> BTreeSet<Step> {
    let mut steps = BTreeSet::new();
    for state in states() {
        for attempts in 0..=2 {
            for proposed_by in [None, Some("ada")] {
                for evidence in evidence() {
                    steps.extend(step(&state, attempts, proposed_by, &evidence));
                }
            }
        }
    }
    steps
}

/// The step that this evidence takes from this state, if the state can be and the evidence moves it.
fn step(
    state: &PayoutState,
    attempts: u32,
    proposed_by: Option<&str>,
    evidence: &Evidence,
) -> Option<Step> {
    let mut payout = restored(state.clone(), attempts, proposed_by)?;
    let applied = payout.apply(evidence, seconds(9));
    let moved = applied == Applied::Changed && payout.state() != state;
    moved.then(|| (kind(state), kind(payout.state())))
}

fn restored(state: PayoutState, attempts: u32, proposed_by: Option<&str>) -> Option<Payout> {
    let accepted = Accepting::number(1).payout();
    let request = accepted.request();
    let with_provider = matches!(
        state,
        PayoutState::Submitted { .. } | PayoutState::Executed | PayoutState::Returned
    );
    let progress = Progress {
        state,
        version: 5,
        attempts,
        first_sent_at: (attempts > 0).then_some(seconds(1)),
        gateway_payout_id: with_provider.then_some(gateway_payout_id(1)),
        scheme: None,
        authorized_at: None,
        executed_at: Some(seconds(2)),
        failed_at: Some(seconds(3)),
        returned_by: None,
        proposed_by: proposed_by.map(operator),
    };
    Payout::restore(PayoutRecord {
        id: accepted.id(),
        client_id: accepted.client_id().clone(),
        idempotency_key: accepted.idempotency_key().clone(),
        order: request.order().clone(),
        proof: request.proof(),
        scheme: request.scheme(),
        account_holder_name: None,
        account_identifiers: Vec::new(),
        created_at: accepted.created_at(),
        progress,
    })
    .ok()
}

fn states() -> Vec<PayoutState> {
    use PayoutState as S;
    let mut all = vec![
        S::Accepted,
        S::Sending { earlier_unresolved: false },
        S::Sending { earlier_unresolved: true },
        S::Unknown,
        S::Submitted { authorized: false },
        S::Submitted { authorized: true },
        S::Executed,
        S::Failed(FailureReason::Blocked),
        S::Failed(FailureReason::Rejected),
        S::Returned,
    ];
    all.extend(ParkReason::ALL.map(S::Parked));
    all
}

fn evidence() -> Vec<Evidence> {
    let mut all = vec![Evidence::Accepted];
    for attempt in 0..=3 {
        all.push(Evidence::TransmissionBegun { attempt });
        all.push(Evidence::NotProcessed { attempt });
        all.push(Evidence::OutcomeUnknown { attempt });
        all.push(Evidence::Rejected { attempt, detail: "no".into() });
    }
    for gateway_payout_id in [gateway_payout_id(1), gateway_payout_id(2)] {
        all.push(Evidence::Acknowledged { gateway_payout_id });
        for status in statuses() {
            all.push(Evidence::Reported { gateway_payout_id, status });
        }
        let (transaction_id, at) = (TransactionId::from_uuid(uuid::Uuid::nil()), seconds(5));
        all.push(Evidence::MoneyCameBack { gateway_payout_id, transaction_id, at });
    }
    all.extend(ParkReason::ALL.map(Evidence::Parked));
    all.extend(decisions());
    all
}

/// What operators decide.
fn decisions() -> Vec<Evidence> {
    let (by, because) = (operator("bob"), "a ticket");
    let mut all = vec![
        Evidence::Released { by: by.clone() },
        Evidence::Cancelled { by: by.clone() },
        Evidence::NeverSubmittedProposed { by: by.clone(), because: because.into() },
    ];
    let outcomes =
        [Resolution::Executed { at: seconds(4) }, Resolution::Failed, Resolution::NeverSubmitted];
    for outcome in outcomes {
        all.push(Evidence::Resolved { by: by.clone(), outcome, because: because.into() });
    }
    all
}

fn operator(name: &str) -> OperatorName {
    name.parse().expect("the name is plain")
}

fn statuses() -> Vec<ProviderStatus> {
    let at = seconds(4);
    let mut all = vec![
        ProviderStatus::Pending,
        ProviderStatus::Authorized { at: Some(at) },
        ProviderStatus::Executed { at, scheme: None },
    ];
    all.extend(FailureReason::NAMED.map(|reason| ProviderStatus::Failed { at, reason }));
    all
}

/// The state without its reason.
fn kind(state: &PayoutState) -> String {
    match state {
        PayoutState::Parked(_) => "parked".to_owned(),
        PayoutState::Failed(_) => "failed".to_owned(),
        PayoutState::Accepted
        | PayoutState::Sending { .. }
        | PayoutState::Unknown
        | PayoutState::Submitted { .. }
        | PayoutState::Executed
        | PayoutState::Returned => state.to_string(),
    }
}

/// The steps as rows of an `INSERT`, to be put into a migration.
pub fn as_sql(steps: &BTreeSet<Step>) -> String {
    let rows: Vec<_> = steps.iter().map(|(from, to)| format!("    ('{from}', '{to}')")).collect();
    format!("\n{};", rows.join(",\n"))
}
