//! A payment has settled: its source may be paid back.

use std::sync::Arc;

use payout_domain::{ClientId, EventId, Payment};
use payout_ports::{
    Clock, IdGenerator, NewNotification, NotificationKind, PaymentRepository, RecordedPayment,
};

use crate::{Doorbell, ServiceError};

/// Records a settled payment and its source, and lets its client know.
///
/// The payment must have been read from the provider with our own credentials: a webhook alone proves
/// nothing.
#[derive(Clone)]
pub struct RecordPayment {
    /// Where payments are remembered.
    pub payments: Arc<dyn PaymentRepository>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Names for notifications.
    pub ids: Arc<dyn IdGenerator>,
    /// The client whose users pay in.
    pub client_id: ClientId,
    /// Wakes whoever tells clients.
    pub notifications: Doorbell,
}

impl RecordPayment {
    /// Records the payment; once, however often it comes.
    pub async fn run(&self, payment: &Payment) -> Result<RecordedPayment, ServiceError> {
        let notification = NewNotification {
            event_id: EventId::from_uuid(self.ids.next()),
            kind: NotificationKind::PaymentSettled,
            sequence: 1,
            created_at: self.clock.now(),
        };
        let recorded =
            self.payments.record_payment(&self.client_id, payment, Some(notification)).await?;
        match recorded {
            RecordedPayment::Fresh => self.notifications.ring(),
            RecordedPayment::Known => {}
            RecordedPayment::Contradicts => {
                tracing::error!(
                    payment_id = %payment.id,
                    payment_source_id = %payment.payment_source_id,
                    "a payment contradicts what is known of its source: it was not recorded"
                );
            }
        }
        Ok(recorded)
    }
}
