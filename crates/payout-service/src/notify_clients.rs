//! Tells clients what happened, until they have heard it.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::Timestamp;
use payout_ports::{
    AfterFailure, Clock, Delivery, IdGenerator, NotDelivered, Notification, Notifier, Outbox, chain,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Backoff, ServiceError};

/// Tells clients what happened.
///
/// A notification is told again, later and later, until its client confirms it or the patience with
/// it ends; then it waits for an operator. A slow or dead client holds up nobody else.
#[derive(Clone)]
pub struct NotifyClients {
    outbox: Arc<dyn Outbox>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    settings: NotifySettings,
    places: Arc<Semaphore>,
}

/// How clients are told.
#[derive(Clone, Copy, Debug)]
pub struct NotifySettings {
    /// How long to wait before telling again.
    pub backoff: Backoff,
    /// How long a delivery may take before it is tried again.
    pub lease: Duration,
    /// How many may be told at once.
    pub at_once_max: usize,
    /// How long a notification is tried before it is given up.
    pub patience: Duration,
}

impl NotifyClients {
    /// Tells clients through one notifier.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        notifier: Arc<dyn Notifier>,
        (clock, ids): (Arc<dyn Clock>, Arc<dyn IdGenerator>),
        settings: NotifySettings,
    ) -> Self {
        let places = Arc::new(Semaphore::new(settings.at_once_max));
        Self { outbox, notifier, clock, ids, settings, places }
    }

    /// Starts to tell what is due, as far as there are free places. It returns how many notifications.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let limit = self.places.available_permits();
        if limit == 0 {
            return Ok(0);
        }
        let now = self.clock.now();
        let due = self.outbox.claim_notifications(now, limit, self.settings.lease).await?;
        let claimed = due.len();
        for notification in due {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { break };
            tokio::spawn(Box::pin(self.clone().tell(notification, place)));
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
                let then = self.after_failure(notification.tried_since, failures);
                if let AfterFailure::GiveUp(_) = then {
                    tracing::error!(%event_id, failures, "a notification was given up");
                }
                self.outbox.notification_failed(event_id, then).await
            }
        };
        if let Err(error) = recorded {
            // The lease ends, and the notification is told again.
            tracing::warn!(%event_id, error = chain(&error), "a delivery was not recorded");
        }
    }

    fn after_failure(&self, tried_since: Timestamp, failures: u32) -> AfterFailure {
        let now = self.clock.now();
        if now.since(tried_since) >= self.settings.patience {
            return AfterFailure::GiveUp(now);
        }
        AfterFailure::Again(now.plus(self.settings.backoff.wait(failures, &*self.ids)))
    }
}
