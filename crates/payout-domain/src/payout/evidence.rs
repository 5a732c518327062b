//! What can be learned of a payout.

use std::fmt;
use std::str::FromStr;

use super::{FailureReason, ParkReason};
use crate::{GatewayPayoutId, Scheme, Timestamp};

/// Something that was learned of a payout. Evidence may come late, twice and in any order.
///
/// What we did ourselves names its transmission by number, counted from 1, so that a late word about
/// an earlier one is never taken for a word about the current one.
///
/// It prints as a short text for the record, such as `transmission_begun 2`, and is read back from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The payout was accepted.
    Accepted,
    /// We are about to send it: written down before the first byte leaves.
    TransmissionBegun {
        /// Which transmission.
        attempt: u32,
    },
    /// The transmission did not reach the provider, or was turned away before anything happened.
    NotProcessed {
        /// Which transmission.
        attempt: u32,
    },
    /// The transmission may have reached the provider.
    OutcomeUnknown {
        /// Which transmission.
        attempt: u32,
    },
    /// The provider refused the transmission for good.
    Rejected {
        /// Which transmission.
        attempt: u32,
        /// What the provider said, for the record.
        detail: Box<str>,
    },
    /// The provider answered that it has the payout.
    Acknowledged {
        /// The provider's name for it.
        gateway_payout_id: GatewayPayoutId,
    },
    /// The provider said how it stands, in answer to our own authenticated question.
    Reported {
        /// The provider's name for it.
        gateway_payout_id: GatewayPayoutId,
        /// How it stands.
        status: ProviderStatus,
    },
    /// It must wait for an operator.
    Parked(ParkReason),
}

/// How the provider says that a payout stands. Times are the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderStatus {
    /// Created there.
    Pending,
    /// Sent to the scheme.
    Authorized {
        /// When, if the provider says so.
        at: Option<Timestamp>,
    },
    /// Executed: the merchant account is debited.
    Executed {
        /// When.
        at: Timestamp,
        /// By which scheme, if the provider says so.
        scheme: Option<Scheme>,
    },
    /// Failed, or come back.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: FailureReason,
    },
}

/// The text is no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such piece of evidence")]
pub struct ParseEvidenceError;

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::TransmissionBegun { attempt } => write!(f, "transmission_begun {attempt}"),
            Self::NotProcessed { attempt } => write!(f, "not_processed {attempt}"),
            Self::OutcomeUnknown { attempt } => write!(f, "outcome_unknown {attempt}"),
            Self::Rejected { attempt, detail } => write!(f, "rejected {attempt} {detail}"),
            Self::Acknowledged { gateway_payout_id } => {
                write!(f, "acknowledged {gateway_payout_id}")
            }
            Self::Reported { gateway_payout_id, status } => {
                write!(f, "reported {gateway_payout_id} {status}")
            }
            Self::Parked(reason) => write!(f, "parked {}", reason.as_str()),
        }
    }
}

impl FromStr for Evidence {
    type Err = ParseEvidenceError;

    fn from_str(text: &str) -> Result<Self, ParseEvidenceError> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        Ok(match word {
            "accepted" if rest.is_empty() => Self::Accepted,
            "transmission_begun" => Self::TransmissionBegun { attempt: part(rest)? },
            "not_processed" => Self::NotProcessed { attempt: part(rest)? },
            "outcome_unknown" => Self::OutcomeUnknown { attempt: part(rest)? },
            "rejected" => {
                let (attempt, detail) = rest.split_once(' ').ok_or(ParseEvidenceError)?;
                Self::Rejected { attempt: part(attempt)?, detail: detail.into() }
            }
            "acknowledged" => Self::Acknowledged { gateway_payout_id: part(rest)? },
            "reported" => {
                let (id, status) = rest.split_once(' ').ok_or(ParseEvidenceError)?;
                Self::Reported { gateway_payout_id: part(id)?, status: part(status)? }
            }
            "parked" => Self::Parked(part(rest)?),
            _ => return Err(ParseEvidenceError),
        })
    }
}

impl fmt::Display for ProviderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("pending"),
            Self::Authorized { at: None } => f.write_str("authorized"),
            Self::Authorized { at: Some(at) } => write!(f, "authorized {}", at.as_micros()),
            Self::Executed { at, scheme: None } => write!(f, "executed {}", at.as_micros()),
            Self::Executed { at, scheme: Some(scheme) } => {
                write!(f, "executed {} {scheme}", at.as_micros())
            }
            Self::Failed { at, reason } => write!(f, "failed {} {reason}", at.as_micros()),
        }
    }
}

impl FromStr for ProviderStatus {
    type Err = ParseEvidenceError;

    fn from_str(text: &str) -> Result<Self, ParseEvidenceError> {
        let mut parts = text.splitn(3, ' ');
        let word = parts.next().unwrap_or_default();
        let at = parts.next().map(|micros| part(micros).map(Timestamp::from_micros)).transpose()?;
        let rest = parts.next();
        Ok(match (word, at, rest) {
            ("pending", None, None) => Self::Pending,
            ("authorized", at, None) => Self::Authorized { at },
            ("executed", Some(at), scheme) => {
                Self::Executed { at, scheme: scheme.map(part).transpose()? }
            }
            ("failed", Some(at), Some(reason)) => Self::Failed { at, reason: reason.into() },
            _ => return Err(ParseEvidenceError),
        })
    }
}

fn part<T: FromStr>(text: &str) -> Result<T, ParseEvidenceError> {
    text.parse().map_err(|_| ParseEvidenceError)
}
