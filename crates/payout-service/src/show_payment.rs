//! Shows one payment.

use std::sync::Arc;

use payout_domain::{ClientId, Payment, PaymentId};
use payout_ports::{AccountOwners, PaymentRepository, PayoutGateway};

use crate::ServiceError;

/// Shows a settled payment.
#[derive(Clone)]
pub struct ShowPayment {
    /// Where payments are remembered.
    pub payments: Arc<dyn PaymentRepository>,
    /// The provider, for payments that nobody has told us of yet.
    pub gateway: Arc<dyn PayoutGateway>,
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
}

impl ShowPayment {
    /// Finds the payment; `None` if this client has none, or it has not settled.
    pub async fn run(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, ServiceError> {
        if let Some(payment) = self.payments.payment(client_id, id).await? {
            return Ok(Some(payment));
        }
        let found = self.gateway.find_payment(id).await?;
        let is_own = |it: &Payment| self.owners.owner(it.merchant_account_id) == *client_id;
        Ok(found.filter(is_own))
    }
}
