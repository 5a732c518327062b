//! What an operator can do about a payout, and what is best done next.

use payout_domain::{Applied, Evidence, OperatorName, ParkReason, Payout, PayoutState, Resolution};

/// The decisions that can be taken of a payout now: `cancel`, `release`, `resolve`.
///
/// They are tried out on a copy, so that this never says anything else than the decision itself would.
pub(super) fn decisions(payout: &Payout) -> Vec<String> {
    let Ok(by) = "somebody".parse::<OperatorName>() else { return Vec::new() };
    let tried = [
        ("cancel", Evidence::Cancelled { by: by.clone() }),
        ("release", Evidence::Released { by: by.clone() }),
        ("resolve", Evidence::Resolved { by, outcome: Resolution::Failed, because: "".into() }),
    ];
    let possible = |evidence: &Evidence| {
        payout.clone().apply(evidence, payout.created_at()) == Applied::Changed
    };
    tried.into_iter().filter(|(_, it)| possible(it)).map(|(name, _)| name.to_owned()).collect()
}

/// What is best done next, in a sentence.
pub(super) fn next(payout: &Payout) -> String {
    let progress = payout.progress();
    if let Some(first) = &progress.proposed_by {
        return format!(
            "{first} says that the provider never had it: another person must resolve it as the same"
        );
    }
    match &progress.state {
        PayoutState::Accepted => "nothing: it is sent as soon as that is possible",
        PayoutState::Sending { .. } => "nothing: it is being sent",
        PayoutState::Unknown => {
            "nothing yet: it is asked again under its key until the answer is clear"
        }
        PayoutState::Parked(reason) => parked(*reason, progress.attempts == 0),
        PayoutState::Submitted { .. } => "nothing: the provider has it and is asked after it",
        PayoutState::Executed => "nothing: it is executed, and watched for a return",
        PayoutState::Failed(_) | PayoutState::Returned => "nothing: it has ended",
    }
    .to_owned()
}

fn parked(reason: ParkReason, never_sent: bool) -> &'static str {
    match reason {
        ParkReason::WindowClosed => {
            "look for it at the provider, then resolve it; never pay it anew before that"
        }
        ParkReason::TooOld => {
            "find out whether it was paid by hand, then cancel it; its client can ask anew"
        }
        ParkReason::KeyReused => "ask the provider what it has under this key, then resolve it",
        ParkReason::ProfileChanged if never_sent => {
            "configure its provider account again and release it, or cancel it"
        }
        ParkReason::ProfileChanged => {
            "configure its provider account again and release it, or look for it there and resolve it"
        }
        ParkReason::Restored => {
            "it is looked for in the statement; if it stays here, ask the provider and resolve it"
        }
    }
}
