//! Where a payout stands.

use std::fmt;
use std::str::FromStr;

use super::FailureReason;

/// Where a payout stands.
///
/// Richer than the four words that a caller sees ([`status`](Self::status)), because between "we
/// have it" and "the provider has it" lies everything that can go wrong.
///
/// It prints as a short text, such as `sending` or `failed:blocked`, and is read back from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayoutState {
    /// On our disk; no transmission is open.
    Accepted,
    /// A transmission has begun and has no outcome yet.
    Sending {
        /// Whether an earlier transmission may have reached the provider.
        earlier_unresolved: bool,
    },
    /// A transmission may have reached the provider, and nobody can say yet.
    Unknown,
    /// Nothing happens before an operator has looked.
    Parked(ParkReason),
    /// The provider has it.
    Submitted {
        /// Whether the provider has sent it to the scheme.
        authorized: bool,
    },
    /// The provider has executed it: the merchant account is debited. It can still come back.
    Executed,
    /// No money moved, and none will.
    Failed(FailureReason),
    /// The beneficiary's bank sent the money back after execution.
    Returned,
}

/// Why a payout waits for an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParkReason {
    /// It may have been sent, and the provider may have forgotten its key by now: to send it again
    /// could pay twice.
    WindowClosed,
    /// It was accepted so long ago, without ever being sent, that it may have been paid by hand.
    TooOld,
    /// The provider says that its key belongs to another request.
    KeyReused,
    /// It was accepted for another provider account than the one that is configured now.
    ProfileChanged,
    /// Its store went back in time, such as to a backup: it may have been sent since.
    Restored,
}

/// The four words that a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Accepted, and not known to be with the scheme.
    Pending,
    /// With the scheme.
    Authorized,
    /// The merchant account is debited.
    Executed,
    /// No money moved, or it came back.
    Failed,
}

impl PayoutState {
    /// What a caller is told.
    pub fn status(&self) -> Status {
        match self {
            Self::Accepted
            | Self::Sending { .. }
            | Self::Unknown
            | Self::Parked(_)
            | Self::Submitted { authorized: false } => Status::Pending,
            Self::Submitted { authorized: true } => Status::Authorized,
            Self::Executed => Status::Executed,
            Self::Failed(_) | Self::Returned => Status::Failed,
        }
    }

    /// Whether nothing can change it any more. `Executed` is not final: the money can come back.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Failed(_) | Self::Returned => true,
            Self::Accepted
            | Self::Sending { .. }
            | Self::Unknown
            | Self::Parked(_)
            | Self::Submitted { .. }
            | Self::Executed => false,
        }
    }

    /// Whether it waits for a transmission: a first one, or one more under the same key.
    pub fn is_sendable(&self) -> bool {
        match self {
            Self::Accepted | Self::Sending { .. } | Self::Unknown => true,
            Self::Parked(_)
            | Self::Submitted { .. }
            | Self::Executed
            | Self::Failed(_)
            | Self::Returned => false,
        }
    }

    /// Why it failed, if it did.
    pub fn failure_reason(&self) -> Option<FailureReason> {
        match self {
            Self::Failed(reason) => Some(reason.clone()),
            Self::Returned => Some(FailureReason::Returned),
            Self::Accepted
            | Self::Sending { .. }
            | Self::Unknown
            | Self::Parked(_)
            | Self::Submitted { .. }
            | Self::Executed => None,
        }
    }
}

impl ParkReason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::WindowClosed, Self::TooOld, Self::KeyReused, Self::ProfileChanged, Self::Restored];

    /// A short name for records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::TooOld => "too_old",
            Self::KeyReused => "key_reused",
            Self::ProfileChanged => "profile_changed",
            Self::Restored => "restored",
        }
    }
}

impl Status {
    /// The word itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Executed => "executed",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such payout state")]
pub struct ParseStateError;

impl fmt::Display for PayoutState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.pad("accepted"),
            Self::Sending { earlier_unresolved: false } => f.pad("sending"),
            Self::Sending { earlier_unresolved: true } => f.pad("sending:again"),
            Self::Unknown => f.pad("unknown"),
            Self::Parked(reason) => f.pad(&format!("parked:{}", reason.as_str())),
            Self::Submitted { authorized: false } => f.pad("submitted"),
            Self::Submitted { authorized: true } => f.pad("submitted:authorized"),
            Self::Executed => f.pad("executed"),
            Self::Failed(reason) => f.pad(&format!("failed:{reason}")),
            Self::Returned => f.pad("returned"),
        }
    }
}

impl FromStr for PayoutState {
    type Err = ParseStateError;

    fn from_str(text: &str) -> Result<Self, ParseStateError> {
        Ok(match text.split_once(':') {
            None => match text {
                "accepted" => Self::Accepted,
                "sending" => Self::Sending { earlier_unresolved: false },
                "unknown" => Self::Unknown,
                "submitted" => Self::Submitted { authorized: false },
                "executed" => Self::Executed,
                "returned" => Self::Returned,
                _ => return Err(ParseStateError),
            },
            Some(("sending", "again")) => Self::Sending { earlier_unresolved: true },
            Some(("submitted", "authorized")) => Self::Submitted { authorized: true },
            Some(("failed", reason)) => Self::Failed(reason.into()),
            Some(("parked", reason)) => Self::Parked(reason.parse()?),
            Some(_) => return Err(ParseStateError),
        })
    }
}

impl FromStr for ParkReason {
    type Err = ParseStateError;

    fn from_str(text: &str) -> Result<Self, ParseStateError> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(ParseStateError)
    }
}
