//! Why a payout did not reach its account.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Why a payout did not reach its account: the provider's words, and two of our own for payouts that
/// the provider never had.
///
/// The provider may add reasons, so an unknown one is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureReason {
    /// Stopped for a regulatory reason, such as a sanctions list.
    Blocked,
    /// An operator called it off before anything was sent.
    Cancelled,
    /// The merchant account held too little.
    InsufficientFunds,
    /// The IBAN recorded with the payment is not valid.
    InvalidIban,
    /// The sort code and account number could not be turned into an IBAN.
    InvalidScan,
    /// Two operators found that the provider never had it.
    NeverSubmitted,
    /// The provider refused the request: it never became a payout there.
    Rejected,
    /// The beneficiary's bank sent the money back after execution.
    Returned,
    /// A fault at the scheme.
    SchemeError,
    /// A fault at the provider.
    ServerError,
    /// The provider does not know.
    Unknown,
    /// A reason that the provider has added since.
    Other(Box<str>),
}

impl FailureReason {
    /// Every reason that has a name of its own.
    pub const NAMED: [Self; 11] = [
        Self::Blocked,
        Self::Cancelled,
        Self::InsufficientFunds,
        Self::InvalidIban,
        Self::InvalidScan,
        Self::NeverSubmitted,
        Self::Rejected,
        Self::Returned,
        Self::SchemeError,
        Self::ServerError,
        Self::Unknown,
    ];

    /// The provider's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Blocked => "blocked",
            Self::Cancelled => "cancelled",
            Self::InsufficientFunds => "insufficient_funds",
            Self::InvalidIban => "invalid_iban",
            Self::InvalidScan => "invalid_scan",
            Self::NeverSubmitted => "never_submitted",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::SchemeError => "scheme_error",
            Self::ServerError => "server_error",
            Self::Unknown => "unknown",
            Self::Other(reason) => reason,
        }
    }
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<&str> for FailureReason {
    fn from(text: &str) -> Self {
        // The older name of the same reason.
        if text == "scan_conversion" {
            return Self::InvalidScan;
        }
        let named = Self::NAMED.into_iter().find(|reason| reason.as_str() == text);
        named.unwrap_or_else(|| Self::Other(text.into()))
    }
}

impl FromStr for FailureReason {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}
