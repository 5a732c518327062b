//! Who has paid in, from where, into what.

use async_trait::async_trait;
use payout_domain::{
    ClientId, MerchantAccount, MerchantAccountId, Payment, PaymentId, PaymentSource,
    PaymentSourceId, UserId,
};

use crate::{NewNotification, RepositoryError};

/// Remembers settled payments, the payment sources that they prove, and our merchant accounts.
///
/// # Laws
///
/// 1. *A payment proves its source*: after [`record_payment`](Self::record_payment) the source is
///    found, with the payment as proof for its merchant account.
/// 2. *A payment counts once*: recording it again changes nothing and tells nobody, whatever it says
///    this time. It is `Known`, unless it names another user, source, merchant account or amount.
/// 3. *Proofs add up*: what is recorded of a source is merged with what is known, as
///    [`PaymentSource::merge`] does; a fact that contradicts what is known is refused and changes
///    nothing.
/// 4. *Each client sees its own*: what is recorded for one client is not found by another.
/// 5. *Told with the fact*: the notification is in the outbox exactly if the payment is recorded.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PaymentRepository: Send + Sync {
    /// Records a settled payment, its source, and who is to be told.
    async fn record_payment(
        &self,
        client_id: &ClientId,
        payment: &Payment,
        notification: Option<NewNotification>,
    ) -> Result<RecordedPayment, RepositoryError>;

    /// Records a source that the provider has listed: `Fresh` if anything was learned from it.
    /// Contradictions are as for a payment.
    async fn record_source(
        &self,
        client_id: &ClientId,
        source: &PaymentSource,
    ) -> Result<RecordedPayment, RepositoryError>;

    /// Finds a payment.
    async fn payment(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, RepositoryError>;

    /// Finds a payment source.
    async fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Result<Option<PaymentSource>, RepositoryError>;

    /// Finds the sources of a user that have paid into a merchant account, ordered by id.
    async fn sources_of(
        &self,
        client_id: &ClientId,
        user_id: &UserId,
        merchant_account_id: MerchantAccountId,
    ) -> Result<Vec<PaymentSource>, RepositoryError>;

    /// Remembers merchant accounts as the provider last told them. The last word counts, but an
    /// account never changes its currency: a contradiction is [`RepositoryError::Corrupt`], and
    /// nothing of the call is remembered.
    async fn remember_merchant_accounts(
        &self,
        accounts: &[MerchantAccount],
    ) -> Result<(), RepositoryError>;

    /// Finds a merchant account as it was last remembered.
    async fn merchant_account(
        &self,
        id: MerchantAccountId,
    ) -> Result<Option<MerchantAccount>, RepositoryError>;
}

/// What became of a fact about a payment or a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedPayment {
    /// It is new, and is recorded now.
    Fresh,
    /// It was known.
    Known,
    /// It contradicts what is known: the source belongs to another user or holds another currency,
    /// or the payment is known as another one. Nothing was recorded; somebody must be told.
    Contradicts,
}
