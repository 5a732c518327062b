//! The switch that stops all sending.

use async_trait::async_trait;
use payout_domain::{OperatorName, Timestamp};

use crate::RepositoryError;

/// Stops all sending, and lets it go on.
///
/// # Laws
///
/// 1. *It fails closed*: a store that cannot tell how the switch stands gives out no claim to send
///    ([`PayoutRepository::claim_sendable`](crate::PayoutRepository::claim_sendable)).
/// 2. *It is remembered*: paused stays paused through a restart, for every instance.
/// 3. *The first pause stands*: to pause again changes nothing until somebody resumes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SendSwitch: Send + Sync {
    /// Stops all sending. What is on its way already is not called back.
    async fn pause(&self, pause: &Pause) -> Result<(), RepositoryError>;

    /// Lets sending go on; it may do so already.
    async fn resume(&self) -> Result<(), RepositoryError>;

    /// Who has stopped sending, if somebody has.
    async fn paused(&self) -> Result<Option<Pause>, RepositoryError>;
}

/// Sending is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// By whom.
    pub by: OperatorName,
    /// Why.
    pub because: Box<str>,
    /// Since when, by our clock.
    pub at: Timestamp,
}
