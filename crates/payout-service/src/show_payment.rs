//! Shows one payment.

use std::sync::Arc;

use payout_domain::{ClientId, Payment, PaymentId};
use payout_ports::{PaymentRepository, PayoutGateway};

use crate::ServiceError;

/// Shows a settled payment.
#[derive(Clone)]
pub struct ShowPayment {
    /// Where payments are remembered.
    pub payments: Arc<dyn PaymentRepository>,
    /// The provider, for payments that nobody has told us of yet.
    pub gateway: Arc<dyn PayoutGateway>,
}

impl ShowPayment {
    /// Finds the payment; `None` if there is none, or it has not settled.
    pub async fn run(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, ServiceError> {
        if let Some(payment) = self.payments.payment(client_id, id).await? {
            return Ok(Some(payment));
        }
        Ok(self.gateway.find_payment(id).await?)
    }
}
