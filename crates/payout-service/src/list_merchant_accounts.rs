//! Lists merchant accounts.

use std::sync::Arc;

use payout_domain::{ClientId, MerchantAccount};
use payout_ports::{AccountOwners, PaymentRepository, PayoutGateway};

use crate::ServiceError;

/// Lists a client's merchant accounts with their balances, as the provider tells them now: a remembered
/// balance would be a false one.
#[derive(Clone)]
pub struct ListMerchantAccounts {
    /// Where they are remembered for the checks of later payouts.
    pub payments: Arc<dyn PaymentRepository>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
}

impl ListMerchantAccounts {
    /// Asks the provider.
    pub async fn run(&self, client_id: &ClientId) -> Result<Vec<MerchantAccount>, ServiceError> {
        let mut accounts = self.gateway.merchant_accounts().await?;
        self.payments.remember_merchant_accounts(&accounts).await?;
        accounts.retain(|account| self.owners.owner(account.id) == *client_id);
        Ok(accounts)
    }
}
