//! The short texts of evidence, as records keep them.

use std::fmt;
use std::str::FromStr;

use super::{Evidence, ParseEvidenceError, ProviderStatus};
use crate::Timestamp;

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
            Self::MoneyCameBack { gateway_payout_id, transaction_id, at } => {
                let at = at.as_micros();
                write!(f, "money_came_back {gateway_payout_id} {transaction_id} {at}")
            }
            Self::Parked(reason) => write!(f, "parked {}", reason.as_str()),
            Self::Released { by } => write!(f, "released {by}"),
            Self::Cancelled { by } => write!(f, "cancelled {by}"),
            Self::NeverSubmittedProposed { by, because } => {
                write!(f, "never_submitted_proposed {by} {because}")
            }
            Self::Resolved { by, outcome, because } => {
                write!(f, "resolved {by} {outcome} {because}")
            }
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
                let (attempt, detail) = split(rest)?;
                Self::Rejected { attempt: part(attempt)?, detail: detail.into() }
            }
            "acknowledged" => Self::Acknowledged { gateway_payout_id: part(rest)? },
            "reported" => {
                let (id, status) = split(rest)?;
                Self::Reported { gateway_payout_id: part(id)?, status: part(status)? }
            }
            "money_came_back" => money_came_back(rest)?,
            "parked" => Self::Parked(part(rest)?),
            "released" => Self::Released { by: part(rest)? },
            "cancelled" => Self::Cancelled { by: part(rest)? },
            "never_submitted_proposed" => {
                let (by, because) = split(rest)?;
                Self::NeverSubmittedProposed { by: part(by)?, because: because.into() }
            }
            "resolved" => {
                let (by, rest) = split(rest)?;
                let (outcome, because) = split(rest)?;
                let (by, outcome) = (part(by)?, part(outcome)?);
                Self::Resolved { by, outcome, because: because.into() }
            }
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

fn money_came_back(text: &str) -> Result<Evidence, ParseEvidenceError> {
    let (id, rest) = split(text)?;
    let (transaction_id, at) = split(rest)?;
    Ok(Evidence::MoneyCameBack {
        gateway_payout_id: part(id)?,
        transaction_id: part(transaction_id)?,
        at: Timestamp::from_micros(part(at)?),
    })
}

fn split(text: &str) -> Result<(&str, &str), ParseEvidenceError> {
    text.split_once(' ').ok_or(ParseEvidenceError)
}

fn part<T: FromStr>(text: &str) -> Result<T, ParseEvidenceError> {
    text.parse().map_err(|_| ParseEvidenceError)
}
