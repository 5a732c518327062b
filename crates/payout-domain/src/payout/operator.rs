//! What operators decide, and what binds them.

use std::fmt;
use std::str::FromStr;

use super::{Evidence, FailureReason, ParkReason, PayoutState as S, Progress};
use crate::Timestamp;
use crate::payout::transition::Contradiction;

/// Who decided: the name of one person, 1 to 64 characters from `A-Z a-z 0-9 . _ @ -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorName(Box<str>);

/// The text is no operator's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an operator's name must be 1 to 64 characters from A-Z, a-z, 0-9, `.`, `_`, `@` and `-`")]
pub struct OperatorNameError;

/// What operators found out about a payout that nobody else could tell us about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// The provider has told an operator that it executed it.
    Executed {
        /// When, by the provider's clock.
        at: Timestamp,
    },
    /// The provider has told an operator that it failed.
    Failed,
    /// The provider has never had it. Two people must say so.
    NeverSubmitted,
}

impl OperatorName {
    /// Stands for whoever it was, where names are nobody's business.
    pub fn anybody() -> Self {
        Self("operator".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for OperatorName {
    type Err = OperatorNameError;

    fn from_str(text: &str) -> Result<Self, OperatorNameError> {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._@-".contains(&c);
        let holds = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        if holds { Ok(Self(text.into())) } else { Err(OperatorNameError) }
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Executed { at } => write!(f, "executed:{}", at.as_micros()),
            Self::Failed => f.write_str("failed"),
            Self::NeverSubmitted => f.write_str("never_submitted"),
        }
    }
}

impl FromStr for Resolution {
    type Err = super::ParseEvidenceError;

    fn from_str(text: &str) -> Result<Self, super::ParseEvidenceError> {
        match text.split_once(':') {
            None if text == "failed" => Ok(Self::Failed),
            None if text == "never_submitted" => Ok(Self::NeverSubmitted),
            Some(("executed", micros)) => {
                let micros = micros.parse().map_err(|_| super::ParseEvidenceError)?;
                Ok(Self::Executed { at: Timestamp::from_micros(micros) })
            }
            None | Some(_) => Err(super::ParseEvidenceError),
        }
    }
}

impl Evidence {
    /// The same without who decided it and why, for readers who are not operators.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        let (by, because) = (OperatorName::anybody(), Box::default());
        match self {
            Self::Released { .. } => Self::Released { by },
            Self::Cancelled { .. } => Self::Cancelled { by },
            Self::NeverSubmittedProposed { .. } => Self::NeverSubmittedProposed { by, because },
            Self::Resolved { outcome, .. } => Self::Resolved { by, outcome: *outcome, because },
            Self::Accepted
            | Self::TransmissionBegun { .. }
            | Self::NotProcessed { .. }
            | Self::OutcomeUnknown { .. }
            | Self::Rejected { .. }
            | Self::Acknowledged { .. }
            | Self::Reported { .. }
            | Self::MoneyCameBack { .. }
            | Self::Parked(_) => self.clone(),
        }
    }
}

/// Only what nobody has begun to send can be called off: from then on it is the provider's word.
pub(super) fn cancelled(p: &mut Progress, at: Timestamp) -> Result<(), Contradiction> {
    match p.state {
        S::Failed(FailureReason::Cancelled) => return Ok(()),
        S::Accepted | S::Parked(ParkReason::TooOld | ParkReason::ProfileChanged)
            if p.attempts == 0 => {}
        S::Accepted
        | S::Sending { .. }
        | S::Unknown
        | S::Parked(_)
        | S::Submitted { .. }
        | S::Executed
        | S::Failed(_)
        | S::Returned => return Err(Contradiction),
    }
    p.state = S::Failed(FailureReason::Cancelled);
    p.failed_at = Some(at);
    Ok(())
}

/// Only a payout that waits for its provider account can be let go on. Whether an earlier
/// transmission is open is not known any more, so it counts as open.
pub(super) fn released(p: &mut Progress) -> Result<(), Contradiction> {
    if p.state != S::Parked(ParkReason::ProfileChanged) {
        return Err(Contradiction);
    }
    p.state = if p.attempts == 0 { S::Accepted } else { S::Unknown };
    Ok(())
}

/// The first of two people says that the provider never had it.
pub(super) fn proposed(p: &mut Progress, by: &OperatorName) -> Result<(), Contradiction> {
    if !(matches!(p.state, S::Parked(_)) && may_be_with_the_provider(p)) {
        return Err(Contradiction);
    }
    p.proposed_by.get_or_insert_with(|| by.clone());
    Ok(())
}

/// What an operator found out, where the provider's own word did not reach us.
pub(super) fn resolved(
    p: &mut Progress,
    by: &OperatorName,
    outcome: Resolution,
    at: Timestamp,
) -> Result<(), Contradiction> {
    let open = matches!(p.state, S::Unknown | S::Parked(_) | S::Submitted { .. });
    if !(open && may_be_with_the_provider(p)) {
        return Err(Contradiction);
    }
    match outcome {
        Resolution::Executed { at } => {
            p.state = S::Executed;
            p.executed_at.get_or_insert(at);
        }
        Resolution::Failed => fail(p, FailureReason::Unknown, at),
        Resolution::NeverSubmitted => {
            let somebody_else = p.proposed_by.as_ref().is_some_and(|first| first != by);
            if !somebody_else {
                return Err(Contradiction);
            }
            fail(p, FailureReason::NeverSubmitted, at);
        }
    }
    Ok(())
}

/// Of what was surely never sent there is nothing to find out: it is called off.
fn may_be_with_the_provider(p: &Progress) -> bool {
    p.attempts > 0 || p.gateway_payout_id.is_some() || p.state == S::Parked(ParkReason::Restored)
}

fn fail(p: &mut Progress, reason: FailureReason, at: Timestamp) {
    p.state = S::Failed(reason);
    p.failed_at.get_or_insert(at);
}
