//! Tells clients what happened, until they have heard it.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::Timestamp;
use payout_ports::{
    AfterFailure, Clock, Delivery, IdGenerator, NotDelivered, Notification, Notifier, Outbox, chain,
};

use crate::places::{Place, Places};
use crate::{Backoff, Doorbell, ServiceError};

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
    places: Places,
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
        let places = Places::new(settings.at_once_max);
        Self { outbox, notifier, clock, ids, settings, places }
    }

    /// Rings when there is room again for what has found none.
    #[must_use]
    pub fn ringing(self, bell: Doorbell) -> Self {
        Self { places: self.places.ringing(bell), ..self }
    }

    /// Starts to tell what is due, as far as there are free places. It returns how many notifications; 0
    /// while too few places are free, and then [the bell](Self::ringing) rings later.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let Some(limit) = self.places.room() else { return Ok(0) };
        let now = self.clock.now();
        let due = self.outbox.claim_notifications(now, limit, self.settings.lease).await?;
        let claimed = due.len();
        for notification in due {
            let Some(place) = self.places.take().await else { break };
            tokio::spawn(Box::pin(self.clone().tell(notification, place)));
        }
        Ok(claimed)
    }

    async fn tell(self, notification: Notification, _place: Place) {
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
