//! A payment has settled: its source may be paid back.

use std::sync::Arc;

use payout_domain::{EventId, Payment};
use payout_ports::{
    AccountOwners, Clock, IdGenerator, NewNotification, NotificationKind, PaymentRepository,
    RecordedPayment,
};

use crate::{Doorbell, ServiceError};

/// Records a settled payment and its source for the client whose merchant account was paid into, and
/// lets it know.
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
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
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
        let client_id = self.owners.owner(payment.merchant_account_id);
        let recorded =
            self.payments.record_payment(&client_id, payment, Some(notification)).await?;
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
