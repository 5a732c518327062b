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

use crate::PostgresStore;
use crate::connections::on_connection;

pub(crate) use payment::by_ids as payments_by_id;

#[async_trait]
impl PaymentRepository for PostgresStore {
    async fn record_payment(
        &self,
        client_id: &ClientId,
        payment: &Payment,
        notification: Option<NewNotification>,
    ) -> Result<RecordedPayment, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            payment::record(&connection, client_id, payment, notification.as_ref())))
    }

    async fn record_source(
        &self,
        client_id: &ClientId,
        source: &PaymentSource,
    ) -> Result<RecordedPayment, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            source::record(&connection, client_id, source)))
    }

    async fn payment(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            payment::find(&connection, client_id, id)))
    }

    async fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Result<Option<PaymentSource>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => source::find(&connection, client_id, id)))
    }

    async fn sources_of(
        &self,
        client_id: &ClientId,
        user_id: &UserId,
        merchant_account_id: MerchantAccountId,
    ) -> Result<Vec<PaymentSource>, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            source::of_user(&connection, client_id, user_id, merchant_account_id)))
    }

    async fn remember_merchant_accounts(
        &self,
        accounts: &[MerchantAccount],
    ) -> Result<(), RepositoryError> {
        on_connection!(self.connections, connection =>
            merchant_account::remember(&connection, accounts));
        Ok(())
    }

    async fn merchant_account(
        &self,
        id: MerchantAccountId,
    ) -> Result<Option<MerchantAccount>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => merchant_account::find(&connection, id)))
    }
}
