//! The API for whoever types commands.

mod error;
mod operator;
mod sandbox;

use std::fmt;
use std::sync::Arc;

use payout_domain::{
    GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId, PaymentId, PayoutOrder,
    UserId,
};
use payout_ports::{Clock, TransactionQuery};
use payout_wire::InvalidBody;
use payout_wire::history::HistoryBody;
use payout_wire::merchant_account::MerchantAccountList;
use payout_wire::payment::ReceivedPayment;
use payout_wire::payment_source::{PaymentSourceList, ReceivedPaymentSource};
use payout_wire::payout::{CreatePayout, CreatedPayout, ReceivedPayout, ReceivedPayoutPage};
use payout_wire::route;
use payout_wire::transaction::TransactionPage;
use reqwest::Url;

use crate::gateway::{payment_sources_url, transactions_url};
use crate::session::Session;
use crate::{Connection, SetUpError};

pub use error::{ApiError, AuthError};
pub use operator::{OperatorClient, OperatorConnection};
pub use sandbox::SandboxControls;

/// The API of a provider or of a server of ours, with the credentials of one client.
///
/// What [`HttpGateway`](crate::HttpGateway) does for a service, this does for a person: it tells every
/// refusal in the server's own words, and gives the answer as it came beside what was read of it.
pub struct ApiClient {
    session: Session,
}

/// What a server answered.
#[derive(Clone)]
pub struct Reply<T> {
    /// What was read of it.
    pub value: T,
    /// The answer as it came.
    pub json: String,
}

/// Which page of the list of payouts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayoutQuery {
    /// The most payouts; the server's own choice if `None`.
    pub limit: Option<u32>,
    /// Where the page before ended, as it said itself.
    pub cursor: Option<String>,
}

impl ApiClient {
    /// A client that connects when it is first used.
    pub fn new(connection: &Connection, clock: Arc<dyn Clock>) -> Result<Self, SetUpError> {
        Ok(Self { session: Session::new(connection, clock)? })
    }

    /// Asks for a payout, once. After [`ApiError::OutcomeUnknown`] ask again with the same order and
    /// the same key.
    pub async fn create_payout(
        &self,
        order: &PayoutOrder,
        key: &IdempotencyKey,
    ) -> Result<Reply<GatewayPayoutId>, ApiError> {
        let token = self.session.tokens.get().await?.token;
        let body = CreatePayout::render(order, None);
        let answer = self.session.post(route::PAYOUTS.v3, key, &body, &token).await;
        let body = error::written(answer)?;
        // What was read of a write that succeeded is known; what was not is not.
        let created = CreatedPayout::parse(&body).map_err(ApiError::unknown)?;
        Ok(Reply::new(created.gateway_payout_id(), &body))
    }

    /// Shows a payout.
    pub async fn payout(&self, id: GatewayPayoutId) -> Result<Reply<ReceivedPayout>, ApiError> {
        self.read(&self.session.url(&route::PAYOUT.of(id)), ReceivedPayout::parse).await
    }

    /// Lists our payouts, newest first. The provider has no such list, a server of ours has.
    pub async fn payouts(
        &self,
        query: &PayoutQuery,
    ) -> Result<Reply<ReceivedPayoutPage>, ApiError> {
        let mut url = self.session.url(route::PAYOUTS.v3);
        if let Some(limit) = query.limit {
            url.query_pairs_mut().append_pair("limit", &limit.to_string());
        }
        if let Some(cursor) = &query.cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        self.read(&url, ReceivedPayoutPage::parse).await
    }

    /// Shows all that is recorded of a payout. The provider has no such thing, a server of ours has.
    pub async fn history(&self, id: GatewayPayoutId) -> Result<Reply<HistoryBody>, ApiError> {
        self.read(&self.session.url(&route::PAYOUT_HISTORY.of(id)), HistoryBody::parse).await
    }

    /// Lists the merchant accounts with their balances.
    pub async fn merchant_accounts(&self) -> Result<Reply<Vec<MerchantAccount>>, ApiError> {
        let url = self.session.url(route::MERCHANT_ACCOUNTS.v3);
        self.read(&url, MerchantAccountList::parse).await
    }

    /// Lists the accounts that a user has paid in from, into a merchant account.
    pub async fn payment_sources(
        &self,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<Reply<Vec<ReceivedPaymentSource>>, ApiError> {
        let url = payment_sources_url(&self.session, merchant_account_id, user_id);
        self.read(&url, PaymentSourceList::parse).await
    }

    /// Shows a payment.
    pub async fn payment(&self, id: PaymentId) -> Result<Reply<ReceivedPayment>, ApiError> {
        self.read(&self.session.url(&route::PAYMENT.of(id)), ReceivedPayment::parse).await
    }

    /// Lists the movements on a merchant account.
    pub async fn transactions(
        &self,
        merchant_account_id: MerchantAccountId,
        query: &TransactionQuery,
    ) -> Result<Reply<TransactionPage>, ApiError> {
        let url = transactions_url(&self.session, merchant_account_id, query);
        self.read(&url, TransactionPage::parse).await
    }

    async fn read<T>(
        &self,
        url: &Url,
        parse: impl FnOnce(&[u8]) -> Result<T, InvalidBody>,
    ) -> Result<Reply<T>, ApiError> {
        let body = error::read(self.session.get(url).await)?;
        let value = parse(&body).map_err(|invalid| ApiError::Unreadable(invalid.into()))?;
        Ok(Reply::new(value, &body))
    }
}

impl<T> Reply<T> {
    fn new(value: T, body: &[u8]) -> Self {
        // It was read as JSON, so it is text.
        Self { value, json: String::from_utf8_lossy(body).into_owned() }
    }
}

/// Reads the answer to a write that is known to be done.
fn reply<T>(
    body: &[u8],
    parse: impl FnOnce(&[u8]) -> Result<T, InvalidBody>,
) -> Result<Reply<T>, ApiError> {
    let value = parse(body).map_err(|invalid| ApiError::Unreadable(invalid.into()))?;
    Ok(Reply::new(value, body))
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient").field("session", &self.session).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    /// Leaves out the text, which names whatever the answer names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("value", &self.value).finish_non_exhaustive()
    }
}
