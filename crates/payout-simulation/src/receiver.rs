//! A client's end of the line.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payout_ports::{Delivery, NotDelivered, Notification, Notifier};
use tokio::time::sleep;

use crate::FaultKind;
use crate::life::Life;

/// The way of one instance to its clients.
pub(crate) struct Receiver {
    pub(crate) life: Arc<Life>,
}

#[async_trait]
impl Notifier for Receiver {
    async fn deliver(&self, notification: &Notification) -> Result<Delivery, NotDelivered> {
        self.life.risk().await;
        let world = &self.life.world;
        sleep(Duration::from_millis(10)).await;
        if world.strikes(FaultKind::ReceiverFailed) {
            return Err(not_delivered("503"));
        }
        world.auditor().told(notification, &world.bank);
        world.note(notification.kind.as_str(), notification.event_id.as_uuid(), 0);
        if world.strikes(FaultKind::ConfirmationLost) {
            return Err(not_delivered("no answer in time"));
        }
        self.life.risk().await;
        Ok(Delivery::Delivered)
    }
}

fn not_delivered(reason: &str) -> NotDelivered {
    NotDelivered { reason: reason.into() }
}
