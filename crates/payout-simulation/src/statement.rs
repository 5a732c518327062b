//! What always holds, by name, and what is seen when it does not.

use std::fmt;
use std::str::FromStr;

/// What always holds, and is found broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statement {
    /// Nobody is paid who never paid in.
    ClosedLoop,
    /// One currency from end to end.
    OneCurrency,
    /// At most one execution of a payout, and one payout for a key.
    AtMostOnce,
    /// What was acknowledged is there, and comes to its end.
    NoLoss,
    /// Clients are told what is true.
    NoLie,
    /// Nothing is sent outside the send rule.
    SendRule,
    /// Money is where the bank's book says that it is.
    Ledger,
}

/// Something that always holds, and did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What does not hold.
    pub statement: Statement,
    /// What was seen.
    pub what: String,
}

impl Statement {
    /// Every statement.
    pub const ALL: [Self; 7] = [
        Self::ClosedLoop,
        Self::OneCurrency,
        Self::AtMostOnce,
        Self::NoLoss,
        Self::NoLie,
        Self::SendRule,
        Self::Ledger,
    ];
}

/// The name is of no statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such statement")]
pub struct UnknownStatement;

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromStr for Statement {
    type Err = UnknownStatement;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| known.to_string() == text).ok_or(UnknownStatement)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.statement, self.what)
    }
}
