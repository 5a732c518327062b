//! Moves money outside the closed loop.

use std::sync::Arc;

use payout_domain::{
    ClientId, PaymentId, Refusal, Transfer, TransferId, TransferOrder, TransferPurpose,
};
use payout_ports::{AccountOwners, ClientWrite, ProviderRefused, RefundOrder, SandboxProvider};

/// Moves money outside the closed loop: refunds payments, and pays out to any account. Only a sandbox
/// does.
#[derive(Clone)]
pub struct TransferMoney {
    /// The provider that the sandbox plays.
    pub provider: Arc<dyn SandboxProvider>,
    /// Whose the merchant accounts are. What is another client's looks like what does not exist.
    pub owners: Arc<dyn AccountOwners>,
}

impl TransferMoney {
    /// Pays a payment back.
    pub async fn refund(
        &self,
        write: &ClientWrite,
        order: &RefundOrder,
    ) -> Result<TransferId, ProviderRefused> {
        if !self.is_own(&write.client_id, order.payment_id).await {
            return Err(ProviderRefused::NoSuchPayment);
        }
        self.provider.refund(write, order).await
    }

    /// Pays out to any account.
    pub async fn pay_out(
        &self,
        write: &ClientWrite,
        order: &TransferOrder,
    ) -> Result<TransferId, ProviderRefused> {
        if self.owners.owner(order.merchant_account_id) != write.client_id {
            return Err(Refusal::UnknownMerchantAccount.into());
        }
        self.provider.pay_out(write, order).await
    }

    /// Whether a key was used for another transfer or payment.
    pub async fn is_key_taken(&self, write: &ClientWrite) -> bool {
        self.provider.is_key_taken(write).await
    }

    /// The refunds of a payment, oldest first; `None` if the client has no such payment.
    pub async fn refunds(&self, client_id: &ClientId, id: PaymentId) -> Option<Vec<Transfer>> {
        if !self.is_own(client_id, id).await {
            return None;
        }
        self.provider.refunds(client_id, id).await
    }

    /// One refund of a payment.
    pub async fn find_refund(
        &self,
        client_id: &ClientId,
        payment_id: PaymentId,
        id: TransferId,
    ) -> Option<Transfer> {
        let found = self.provider.transfer(client_id, id).await;
        found.filter(|transfer| transfer.order.purpose == TransferPurpose::Refund(payment_id))
    }

    /// A payout to any account.
    pub async fn find_payout(&self, client_id: &ClientId, id: TransferId) -> Option<Transfer> {
        let found = self.provider.transfer(client_id, id).await;
        found.filter(|transfer| match transfer.order.purpose {
            TransferPurpose::Payout { .. } => true,
            TransferPurpose::Refund(_) => false,
        })
    }

    /// Whether a payment arrives where this client's money does.
    async fn is_own(&self, client_id: &ClientId, id: PaymentId) -> bool {
        let account = self.provider.arrives_at(id).await;
        account.is_some_and(|account| self.owners.owner(account) == *client_id)
    }
}
