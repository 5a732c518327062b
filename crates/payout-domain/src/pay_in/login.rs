//! How a user's visit to the bank ends.

use std::fmt;
use std::str::FromStr;

/// How a user's visit to the bank ends: the names that the provider's mock banks let a tester log in
/// with, and their button to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// The user authorises, and the bank executes.
    Executed,
    /// The user does not get through.
    AuthorisationFailed,
    /// The user authorises, and the bank does not execute.
    ExecutionRejected,
    /// The user turns back.
    Cancelled,
}

/// The text is no such name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be test_executed, test_authorisation_failed, test_execution_rejected or test_cancelled"
)]
pub struct ParseLoginError;

impl Login {
    /// Every way.
    pub const ALL: [Self; 4] =
        [Self::Executed, Self::AuthorisationFailed, Self::ExecutionRejected, Self::Cancelled];

    /// The name to log in with. The last one stands for the button.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "test_executed",
            Self::AuthorisationFailed => "test_authorisation_failed",
            Self::ExecutionRejected => "test_execution_rejected",
            Self::Cancelled => "test_cancelled",
        }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Login {
    type Err = ParseLoginError;

    fn from_str(text: &str) -> Result<Self, ParseLoginError> {
        Self::ALL.into_iter().find(|login| login.as_str() == text).ok_or(ParseLoginError)
    }
}
