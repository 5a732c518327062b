//! Transmissions, one by one.

use payout_domain::{Timestamp, TokenLife};

use crate::Epoch;

/// A transmission of a payout: what its sender wrote down before the first byte left, and after the
/// last one came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which transmission of its payout, counted from 1.
    pub attempt: u32,
    /// When it began, by our clock.
    pub begun_at: Timestamp,
    /// The life of the token that it carried, by the provider's clock: nothing of it can arrive after
    /// the token has expired.
    pub token: TokenLife,
    /// The claim that it belongs to.
    pub epoch: Epoch,
    /// How it ended; `None` if its sender has not said so (yet).
    pub ended: Option<AttemptEnd>,
}

/// How a transmission ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptEnd {
    /// Which transmission.
    pub attempt: u32,
    /// When its sender knew, by our clock.
    pub at: Timestamp,
    /// What its sender saw, in a short text for operators.
    pub outcome: Box<str>,
}
