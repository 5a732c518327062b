//! What a client may do.

use std::fmt;
use std::str::FromStr;

/// What a client may do (OAuth 2.0, RFC 6749, section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything that a client can do. The provider's own scope.
    Payments,
    /// To see, and to change nothing. Ours alone: the provider has none like it.
    PaymentsRead,
}

/// The text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope is `payments` or `payments:read`")]
pub struct ScopeError;

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Payments, Self::PaymentsRead];

    /// As tokens and requests for them write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::PaymentsRead => "payments:read",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(ScopeError)
    }
}
