//! Shows what was given up, and tells it once more.

use std::sync::Arc;

use payout_domain::EventId;
use payout_ports::{Clock, DeadLetter, Outbox};

use crate::{Doorbell, ServiceError};

/// Shows the notifications that were given up, and lets them be told again.
#[derive(Clone)]
pub struct ReplayNotifications {
    /// What clients are to be told.
    pub outbox: Arc<dyn Outbox>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Wakes whoever tells clients.
    pub notifications: Doorbell,
}

impl ReplayNotifications {
    /// Lists what was given up, oldest first, after the given one.
    pub async fn list(
        &self,
        limit: usize,
        after: Option<EventId>,
    ) -> Result<Vec<DeadLetter>, ServiceError> {
        Ok(self.outbox.dead_letters(limit, after).await?)
    }

    /// Lets a notification be told again from now on; `false` if none of this name was given up.
    pub async fn replay(&self, id: EventId) -> Result<bool, ServiceError> {
        let replayed = self.outbox.replay(id, self.clock.now()).await?;
        self.notifications.ring();
        Ok(replayed)
    }
}
