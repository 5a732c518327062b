//! Tells clients what happened, until they have heard it.

use std::sync::Arc;
use std::time::Duration;

use payout_ports::{
    Clock, Delivery, IdGenerator, NotDelivered, Notification, Notifier, Outbox, chain,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Backoff, ServiceError};

/// Tells clients what happened.
///
/// A notification is told again, later and later, until its client confirms it. A slow or dead client
/// holds up nobody else.
#[derive(Clone)]
pub struct NotifyClients {
    outbox: Arc<dyn Outbox>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    backoff: Backoff,
    lease: Duration,
    places: Arc<Semaphore>,
}

impl NotifyClients {
    /// Tells at most `at_once_max` notifications at once; one whose delivery takes longer than
    /// `lease` is told again.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        notifier: Arc<dyn Notifier>,
        (clock, ids): (Arc<dyn Clock>, Arc<dyn IdGenerator>),
        backoff: Backoff,
        lease: Duration,
        at_once_max: usize,
    ) -> Self {
        let places = Arc::new(Semaphore::new(at_once_max));
        Self { outbox, notifier, clock, ids, backoff, lease, places }
    }

    /// Starts to tell what is due, as far as there are free places. It returns how many notifications.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let limit = self.places.available_permits();
        if limit == 0 {
            return Ok(0);
        }
        let now = self.clock.now();
        let due = self.outbox.claim_notifications(now, limit, self.lease).await?;
        let claimed = due.len();
        for notification in due {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { break };
            tokio::spawn(self.clone().tell(notification, place));
        }
        Ok(claimed)
    }

    async fn tell(self, notification: Notification, _place: OwnedSemaphorePermit) {
        let event_id = notification.event_id;
        let recorded = match self.notifier.deliver(&notification).await {
            Ok(Delivery::Delivered | Delivery::NobodyListens) => {
                self.outbox.notification_done(event_id).await
            }
            Err(NotDelivered { reason }) => {
                let failures = notification.failures.saturating_add(1);
                tracing::warn!(%event_id, failures, reason, "a client did not confirm a notification");
                let due_at = self.clock.now().plus(self.backoff.wait(failures, &*self.ids));
                self.outbox.notification_failed(event_id, due_at).await
            }
        };
        if let Err(error) = recorded {
            // The lease ends, and the notification is told again.
            tracing::warn!(%event_id, error = chain(&error), "a delivery was not recorded");
        }
    }
}
