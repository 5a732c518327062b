//! Remembers what the provider tells us unasked.

use std::sync::Arc;

use payout_domain::EventId;
use payout_ports::{Clock, GatewayProfile, Inbox, InboxEntry, InboxSubject, Remembered};

use crate::{Doorbell, ServiceError};

/// Remembers an event, so that its sender may forget it. What it says is believed by nobody before
/// [`FollowEvents`](crate::FollowEvents) has asked.
#[derive(Clone)]
pub struct ReceiveEvent {
    /// Where events are remembered.
    pub inbox: Arc<dyn Inbox>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who tells them.
    pub profile: GatewayProfile,
    /// Wakes whoever follows them.
    pub events: Doorbell,
}

impl ReceiveEvent {
    /// Remembers an event whose signature has been verified. `digest` is of its body.
    pub async fn run(
        &self,
        event_id: EventId,
        digest: [u8; 32],
        subject: InboxSubject,
    ) -> Result<Remembered, ServiceError> {
        let (profile, received_at) = (self.profile.clone(), self.clock.now());
        let entry = InboxEntry { profile, event_id, digest, subject, received_at };
        let remembered = self.inbox.remember(&entry).await?;
        match remembered {
            Remembered::Fresh => self.events.ring(),
            Remembered::Duplicate => {}
            Remembered::Altered => {
                tracing::error!(%event_id, "an event came again with another body: the first stands");
            }
        }
        Ok(remembered)
    }
}
