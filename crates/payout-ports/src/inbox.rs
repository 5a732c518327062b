//! What the provider told us unasked.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{EventId, GatewayPayoutId, PaymentId, Timestamp};

use crate::{GatewayProfile, RepositoryError};

/// Remembers the events that a provider has told us, for ever, so that none is taken in twice.
///
/// An event is a hint: whoever works it off asks the provider before believing it.
///
/// # Laws
///
/// 1. *Remembered before acknowledged*: after [`remember`](Self::remember) has returned `Ok` the
///    event survives a crash, and is claimed until it is done.
/// 2. *Each once*: an event id of a profile is `Fresh` once, for ever.
/// 3. *Other words under the same name*: an event id that comes with another digest is `Altered`, and
///    what was remembered first stands.
/// 4. *Done is done*: an event that is done is never claimed again.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Remembers an event.
    async fn remember(&self, entry: &InboxEntry) -> Result<Remembered, RepositoryError>;

    /// Claims events that are due to be worked off, oldest due time first. Each is due from the time
    /// that it came in, and again when the lease ends.
    async fn claim_events(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<InboxEntry>, RepositoryError>;

    /// Marks an event as worked off. It may be marked again, or be unknown.
    async fn event_done(
        &self,
        profile: &GatewayProfile,
        event_id: EventId,
    ) -> Result<(), RepositoryError>;
}

/// An event as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// Who told it.
    pub profile: GatewayProfile,
    /// The provider's name for it.
    pub event_id: EventId,
    /// A digest of the body.
    pub digest: [u8; 32],
    /// What it is about.
    pub subject: InboxSubject,
    /// When it came in.
    pub received_at: Timestamp,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxSubject {
    /// A payout.
    Payout(GatewayPayoutId),
    /// A payment.
    Payment(PaymentId),
    /// Something that we do nothing about.
    Other,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// It is new.
    Fresh,
    /// It was known.
    Duplicate,
    /// It was known with another body: somebody must be told.
    Altered,
}
