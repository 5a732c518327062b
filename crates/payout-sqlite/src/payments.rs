//! Who has paid in, from where, into what.

mod merchant_account;
mod payment;
mod source;

use async_trait::async_trait;
use payout_domain::{
    ClientId, MerchantAccount, MerchantAccountId, Payment, PaymentId, PaymentSource,
    PaymentSourceId, UserId,
};
use payout_ports::{NewNotification, PaymentRepository, RecordedPayment, RepositoryError};

use crate::SqliteStore;

pub(crate) use payment::find as payment_by_id;

/// Every statement that looks something up.
#[cfg(test)]
pub(crate) const LOOK_UPS: [&str; 5] =
    [merchant_account::BY_ID, payment::BY_ID, source::BY_ID, source::PROOFS, source::OF_USER];

#[async_trait]
impl PaymentRepository for SqliteStore {
    async fn record_payment(
        &self,
        client_id: &ClientId,
        payment: &Payment,
        notification: Option<NewNotification>,
    ) -> Result<RecordedPayment, RepositoryError> {
        let (client_id, payment) = (client_id.clone(), payment.clone());
        let recorded = self.write(move |connection| {
            payment::record(connection, &client_id, &payment, notification.as_ref())
        });
        Ok(recorded.await?)
    }

    async fn record_source(
        &self,
        client_id: &ClientId,
        source: &PaymentSource,
    ) -> Result<RecordedPayment, RepositoryError> {
        let (client_id, source) = (client_id.clone(), source.clone());
        let recorded =
            self.write(move |connection| source::record(connection, &client_id, &source));
        Ok(recorded.await?)
    }

    async fn payment(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, RepositoryError> {
        let client_id = client_id.clone();
        Ok(self.look(move |connection| payment::find(connection, &client_id, id)).await?)
    }

    async fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Result<Option<PaymentSource>, RepositoryError> {
        let client_id = client_id.clone();
        Ok(self.look(move |connection| source::find(connection, &client_id, id)).await?)
    }

    async fn sources_of(
        &self,
        client_id: &ClientId,
        user_id: &UserId,
        merchant_account_id: MerchantAccountId,
    ) -> Result<Vec<PaymentSource>, RepositoryError> {
        let (client_id, user_id) = (client_id.clone(), user_id.clone());
        let found = self.read(move |connection| {
            source::of_user(connection, &client_id, &user_id, merchant_account_id)
        });
        Ok(found.await?)
    }

    async fn remember_merchant_accounts(
        &self,
        accounts: &[MerchantAccount],
    ) -> Result<(), RepositoryError> {
        let accounts = accounts.to_vec();
        let remembered =
            self.write(move |connection| merchant_account::remember(connection, &accounts));
        Ok(remembered.await?)
    }

    async fn merchant_account(
        &self,
        id: MerchantAccountId,
    ) -> Result<Option<MerchantAccount>, RepositoryError> {
        Ok(self.look(move |connection| merchant_account::find(connection, id)).await?)
    }
}
