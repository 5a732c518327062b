//! Lists merchant accounts.

use std::sync::Arc;

use payout_domain::MerchantAccount;
use payout_ports::{PaymentRepository, PayoutGateway};

use crate::ServiceError;

/// Lists the merchant accounts with their balances, as the provider tells them now: a remembered
/// balance would be a false one.
#[derive(Clone)]
pub struct ListMerchantAccounts {
    /// Where they are remembered for the checks of later payouts.
    pub payments: Arc<dyn PaymentRepository>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
}

impl ListMerchantAccounts {
    /// Asks the provider.
    pub async fn run(&self) -> Result<Vec<MerchantAccount>, ServiceError> {
        let accounts = self.gateway.merchant_accounts().await?;
        self.payments.remember_merchant_accounts(&accounts).await?;
        Ok(accounts)
    }
}
