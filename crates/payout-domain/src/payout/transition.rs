//! How evidence moves a payout.

use super::{
    Evidence, FailureReason, ParkReason, Payout, PayoutState as S, Progress, ProviderStatus,
    operator,
};
use crate::{GatewayPayoutId, Timestamp, TransactionId};

/// What a piece of evidence did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a contradiction must be seen by somebody"]
pub enum Applied {
    /// The payout knows more than before.
    Changed,
    /// It knew already, or knew better.
    Unchanged,
    /// It contradicts what is known. Nothing moved; somebody must be told.
    Contradicted,
}

impl Payout {
    /// Takes in a piece of evidence. This is the whole life of a payout: nothing else moves it.
    ///
    /// It is total, it can be repeated, and the order of the provider's words does not matter:
    /// whatever order they come in, the payout ends in the same state. Nothing leaves a final state,
    /// and nothing but a return leaves `executed`. Evidence that contradicts what is known moves
    /// nothing, and is recorded.
    ///
    /// `at` is when the evidence came, by our clock. The version grows by one unless the result is
    /// [`Applied::Unchanged`].
    pub fn apply(&mut self, evidence: &Evidence, at: Timestamp) -> Applied {
        let before = self.progress.clone();
        let applied = match learn(&mut self.progress, evidence, at) {
            Ok(()) if self.progress == before => Applied::Unchanged,
            Ok(()) => {
                // A proposal is about what was known then. It does not outlive any news.
                if self.progress.proposed_by == before.proposed_by {
                    self.progress.proposed_by = None;
                }
                Applied::Changed
            }
            Err(Contradiction) => {
                self.progress = before;
                Applied::Contradicted
            }
        };
        if applied != Applied::Unchanged {
            self.progress.version = self.progress.version.saturating_add(1);
        }
        applied
    }
}

/// The evidence cannot be true together with what is known.
pub(super) struct Contradiction;

fn learn(p: &mut Progress, evidence: &Evidence, at: Timestamp) -> Result<(), Contradiction> {
    match evidence {
        Evidence::Accepted => {}
        Evidence::TransmissionBegun { attempt } => begin(p, *attempt, at)?,
        Evidence::NotProcessed { attempt } => not_processed(p, *attempt)?,
        Evidence::OutcomeUnknown { attempt } => outcome_unknown(p, *attempt)?,
        Evidence::Rejected { attempt, .. } => rejected(p, *attempt, at)?,
        Evidence::Acknowledged { gateway_payout_id } => acknowledged(p, *gateway_payout_id)?,
        Evidence::Reported { gateway_payout_id, status } => {
            acknowledged(p, *gateway_payout_id)?;
            reported(p, status)?;
        }
        Evidence::MoneyCameBack { gateway_payout_id, transaction_id, at } => {
            acknowledged(p, *gateway_payout_id)?;
            money_came_back(p, *transaction_id, *at)?;
        }
        Evidence::Parked(reason) => parked(p, *reason),
        Evidence::Released { .. } => operator::released(p)?,
        Evidence::Cancelled { .. } => operator::cancelled(p, at)?,
        Evidence::NeverSubmittedProposed { by, .. } => operator::proposed(p, by)?,
        Evidence::Resolved { by, outcome, .. } => operator::resolved(p, by, *outcome, at)?,
    }
    Ok(())
}

fn begin(p: &mut Progress, attempt: u32, at: Timestamp) -> Result<(), Contradiction> {
    if attempt <= p.attempts {
        return Ok(());
    }
    if !p.state.is_sendable() {
        return Err(Contradiction);
    }
    // A transmission that is open when the next begins has lost its sender: nobody knows its outcome.
    // Nor does anybody know that of one whose number was left out.
    let all_known = p.state == S::Accepted && attempt == p.attempts.saturating_add(1);
    p.state = S::Sending { earlier_unresolved: !all_known };
    p.attempts = attempt;
    // Whoever has the time of the token corrects this; it is right but for the clocks' difference.
    p.first_sent_at.get_or_insert(at);
    Ok(())
}

/// What is said of a transmission that never began cannot be true.
fn has_begun(p: &Progress, attempt: u32) -> Result<(), Contradiction> {
    if (1..=p.attempts).contains(&attempt) { Ok(()) } else { Err(Contradiction) }
}

fn not_processed(p: &mut Progress, attempt: u32) -> Result<(), Contradiction> {
    has_begun(p, attempt)?;
    // Earlier transmissions count as unresolved once the next has begun; to leave it so is safe.
    if attempt != p.attempts {
        return Ok(());
    }
    match p.state {
        S::Sending { earlier_unresolved: false } => p.state = S::Accepted,
        S::Sending { earlier_unresolved: true } => p.state = S::Unknown,
        S::Accepted
        | S::Unknown
        | S::Parked(_)
        | S::Submitted { .. }
        | S::Executed
        | S::Failed(_)
        | S::Returned => {}
    }
    Ok(())
}

fn outcome_unknown(p: &mut Progress, attempt: u32) -> Result<(), Contradiction> {
    has_begun(p, attempt)?;
    match p.state {
        S::Sending { .. } if attempt == p.attempts => p.state = S::Unknown,
        // A late word about an earlier transmission does not close the one that is open, but the
        // refusal of that one now proves nothing any more.
        S::Sending { .. } => p.state = S::Sending { earlier_unresolved: true },
        // Of two words about one transmission, `not processed` and `unknown`, the doubt wins.
        S::Accepted => p.state = S::Unknown,
        // We said that no money would move because all earlier transmissions came to nothing.
        S::Failed(_) if p.gateway_payout_id.is_none() && attempt != p.attempts => {
            return Err(Contradiction);
        }
        S::Unknown
        | S::Parked(_)
        | S::Submitted { .. }
        | S::Executed
        | S::Failed(_)
        | S::Returned => {}
    }
    Ok(())
}

fn rejected(p: &mut Progress, attempt: u32, at: Timestamp) -> Result<(), Contradiction> {
    has_begun(p, attempt)?;
    if attempt != p.attempts {
        return Ok(());
    }
    match p.state {
        S::Sending { earlier_unresolved: false } => {
            p.state = S::Failed(FailureReason::Rejected);
            p.failed_at = Some(at);
        }
        // The refusal of a repetition proves nothing about the transmission before it: that one may
        // be the very reason for the refusal.
        S::Sending { earlier_unresolved: true } => p.state = S::Unknown,
        // The provider refused the only transmission there was, and yet has the payout.
        S::Submitted { .. } | S::Executed | S::Returned if p.attempts == 1 => {
            return Err(Contradiction);
        }
        S::Accepted
        | S::Unknown
        | S::Parked(_)
        | S::Submitted { .. }
        | S::Executed
        | S::Failed(_)
        | S::Returned => {}
    }
    Ok(())
}

fn acknowledged(p: &mut Progress, id: GatewayPayoutId) -> Result<(), Contradiction> {
    if p.gateway_payout_id.is_some_and(|known| known != id) {
        return Err(Contradiction);
    }
    match p.state {
        S::Accepted | S::Sending { .. } | S::Unknown | S::Parked(_) => {
            p.state = S::Submitted { authorized: false };
        }
        // We said that no money would move, and here it is with the provider after all.
        S::Failed(_) if p.gateway_payout_id.is_none() => return Err(Contradiction),
        S::Submitted { .. } | S::Executed | S::Failed(_) | S::Returned => {}
    }
    p.gateway_payout_id = Some(id);
    Ok(())
}

fn reported(p: &mut Progress, status: &ProviderStatus) -> Result<(), Contradiction> {
    match status {
        ProviderStatus::Pending => {}
        ProviderStatus::Authorized { at } => authorized(p, *at),
        ProviderStatus::Executed { at, scheme } => {
            if matches!(p.state, S::Failed(_)) {
                return Err(Contradiction);
            }
            if p.state != S::Returned {
                p.state = S::Executed;
            }
            p.executed_at.get_or_insert(*at);
            p.scheme = p.scheme.or(*scheme);
        }
        ProviderStatus::Failed { at, reason } => failed(p, *at, reason)?,
    }
    Ok(())
}

fn authorized(p: &mut Progress, at: Option<Timestamp>) {
    // Also worth knowing when it comes after the end: the order of arrival proves nothing.
    p.authorized_at = p.authorized_at.or(at);
    if p.state == (S::Submitted { authorized: false }) {
        p.state = S::Submitted { authorized: true };
    }
}

fn failed(p: &mut Progress, at: Timestamp, reason: &FailureReason) -> Result<(), Contradiction> {
    match &p.state {
        // After execution a failure is a return, whatever reason comes with it.
        S::Executed => p.state = S::Returned,
        S::Returned => {}
        S::Failed(known) if known == reason => {}
        S::Failed(_) => return Err(Contradiction),
        S::Accepted | S::Sending { .. } | S::Unknown | S::Parked(_) | S::Submitted { .. } => {
            let returned = *reason == FailureReason::Returned;
            p.state = if returned { S::Returned } else { S::Failed(reason.clone()) };
        }
    }
    p.failed_at.get_or_insert(at);
    Ok(())
}

fn money_came_back(
    p: &mut Progress,
    transaction_id: TransactionId,
    at: Timestamp,
) -> Result<(), Contradiction> {
    let another = p.returned_by.is_some_and(|known| known != transaction_id);
    if another || matches!(p.state, S::Failed(_)) {
        return Err(Contradiction);
    }
    p.state = S::Returned;
    p.returned_by = Some(transaction_id);
    p.failed_at.get_or_insert(at);
    Ok(())
}

fn parked(p: &mut Progress, reason: ParkReason) {
    // These two can be called off or let go, because nothing is open. After a restore that is not so.
    let may_still_go = S::Parked(ParkReason::TooOld) == p.state
        || S::Parked(ParkReason::ProfileChanged) == p.state;
    if p.state.is_sendable() || (reason == ParkReason::Restored && may_still_go) {
        p.state = S::Parked(reason);
    }
}
