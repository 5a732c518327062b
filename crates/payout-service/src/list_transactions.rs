//! Lists the movements on a merchant account.

use std::sync::Arc;

use payout_domain::{ClientId, GatewayPayoutId, MerchantAccountId, TransactionId};
use payout_ports::{
    AccountOwners, PayoutGateway, PayoutRepository, ReturnFor, Transaction, TransactionKind,
    TransactionPage, TransactionQuery,
};

use crate::ServiceError;

/// Lists the movements on a merchant account, as the provider tells them.
///
/// The provider names our payouts by its own ids. Our clients know them by ours, so those are put in
/// their place; a movement's id follows its payout's.
#[derive(Clone)]
pub struct ListTransactions {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
}

impl ListTransactions {
    /// Asks the provider; `None` if this client has no such merchant account.
    pub async fn run(
        &self,
        client_id: &ClientId,
        merchant_account_id: MerchantAccountId,
        query: &TransactionQuery,
    ) -> Result<Option<TransactionPage>, ServiceError> {
        if self.owners.owner(merchant_account_id) != *client_id {
            return Ok(None);
        }
        let Some(mut page) = self.gateway.transactions(merchant_account_id, query).await? else {
            return Ok(None);
        };
        for transaction in &mut page.items {
            self.rename(transaction).await?;
        }
        Ok(Some(page))
    }

    async fn rename(&self, transaction: &mut Transaction) -> Result<(), ServiceError> {
        match &mut transaction.kind {
            TransactionKind::Payout { payout_id, .. } => {
                if let Some(ours) = self.our_name(*payout_id).await? {
                    *payout_id = ours;
                    transaction.id = TransactionId::from_uuid(ours.as_uuid());
                }
            }
            TransactionKind::ExternalPayment {
                return_for: Some(ReturnFor::Payout(returned)),
                ..
            } => {
                if let Some(ours) = self.our_name(*returned).await? {
                    *returned = ours;
                }
            }
            TransactionKind::ExternalPayment { .. }
            | TransactionKind::Payment { .. }
            | TransactionKind::Transfer { .. } => {}
        }
        Ok(())
    }

    async fn our_name(&self, id: GatewayPayoutId) -> Result<Option<GatewayPayoutId>, ServiceError> {
        let payout = self.payouts.find_by_gateway_id(&self.gateway.profile(), id).await?;
        Ok(payout.map(|payout| GatewayPayoutId::from_uuid(payout.id().as_uuid())))
    }
}
