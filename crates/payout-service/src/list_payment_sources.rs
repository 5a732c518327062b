//! Lists the accounts that a user has paid in from.

use std::sync::Arc;

use payout_domain::{ClientId, MerchantAccountId, PaymentSource, UserId};
use payout_ports::{AccountOwners, PaymentRepository, PayoutGateway};

use crate::ServiceError;

/// Lists the accounts that a user has paid in from, into one merchant account.
#[derive(Clone)]
pub struct ListPaymentSources {
    /// Where they are remembered for later payouts.
    pub payments: Arc<dyn PaymentRepository>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
}

impl ListPaymentSources {
    /// Asks the provider; `None` if this client has no such merchant account.
    pub async fn run(
        &self,
        client_id: &ClientId,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<Option<Vec<PaymentSource>>, ServiceError> {
        if self.owners.owner(merchant_account_id) != *client_id {
            return Ok(None);
        }
        let listed = self.gateway.payment_sources(merchant_account_id, user_id).await?;
        for source in listed.iter().flatten() {
            self.payments.record_source(client_id, source).await?;
        }
        Ok(listed)
    }
}
