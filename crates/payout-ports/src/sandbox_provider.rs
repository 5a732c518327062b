//! What a provider does beside closed-loop payouts, played by a sandbox.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    ClientId, EventId, IdempotencyKey, Login, MerchantAccountId, PayIn, PayInOrder, PayInRefused,
    PayInStep, PaymentId, RefundRefused, Refusal, Timestamp, Transfer, TransferId, TransferOrder,
    UserId,
};

use crate::{Delivery, Fingerprint, NotDelivered, RepositoryError, ShownSource};

/// Plays what a provider does beside closed-loop payouts: payments that users authorise at their bank,
/// refunds of them, and payouts to any account.
///
/// # Laws
///
/// 1. *The same key is the same write*: a write that comes again under its key, with its fingerprint,
///    changes nothing and has the first answer; with another fingerprint it is refused.
/// 2. *Each client sees its own*: what one client made is not found by another.
/// 3. *Money is conserved*: a transfer takes from its merchant account what it is, once, or nothing.
/// 4. *Kept until told*: a notice is given out until it is told, through a restart too, and bears the
///    same name each time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SandboxProvider: Send + Sync {
    /// Makes a payment that its user is yet to authorise.
    async fn create_payment(
        &self,
        write: &ClientWrite,
        order: &PayInOrder,
    ) -> Result<CreatedPayIn, ProviderRefused>;

    /// Takes a step with a payment. It returns the payment as the step left it.
    async fn step_payment(
        &self,
        write: &ClientWrite,
        id: PaymentId,
        step: &PayInStep,
    ) -> Result<PayIn, ProviderRefused>;

    /// Lets the user of a payment log in at the bank's own page.
    async fn log_in(&self, id: PaymentId, login: Login) -> Result<(), ProviderRefused>;

    /// Finds a payment.
    async fn pay_in(&self, client_id: &ClientId, id: PaymentId) -> Option<PayInReport>;

    /// Whether a payment was made by anybody through this port.
    async fn is_pay_in(&self, id: PaymentId) -> bool;

    /// Where a payment is to arrive, or has arrived, whoever made it and in whichever way.
    async fn arrives_at(&self, id: PaymentId) -> Option<MerchantAccountId>;

    /// Pays a payment back: so many minor units, or all that is left of it.
    async fn refund(
        &self,
        write: &ClientWrite,
        order: &RefundOrder,
    ) -> Result<TransferId, ProviderRefused>;

    /// Pays out to any account.
    async fn pay_out(
        &self,
        write: &ClientWrite,
        order: &TransferOrder,
    ) -> Result<TransferId, ProviderRefused>;

    /// Finds a transfer.
    async fn transfer(&self, client_id: &ClientId, id: TransferId) -> Option<Transfer>;

    /// The refunds of a payment, oldest first; `None` if there is no such payment.
    async fn refunds(&self, client_id: &ClientId, id: PaymentId) -> Option<Vec<Transfer>>;

    /// Whether a key was used for a write of another fingerprint.
    async fn is_key_taken(&self, write: &ClientWrite) -> bool;

    /// The notices that are due, oldest first.
    async fn notices(&self, limit: usize) -> Vec<Notice>;

    /// Marks a notice as told. It may be marked again, or be unknown.
    async fn notice_told(&self, id: EventId) -> Result<(), RepositoryError>;

    /// Puts a notice off after a failed delivery.
    async fn notice_failed(&self, id: EventId, again_at: Timestamp);
}

/// Tells clients what the provider of a sandbox did, as [`Notifier`](crate::Notifier) does.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NoticeSender: Send + Sync {
    /// Tells the client of the notice. It tries once.
    async fn send(&self, notice: &Notice) -> Result<Delivery, NotDelivered>;
}

/// Who writes, and under which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientWrite {
    /// Who.
    pub client_id: ClientId,
    /// The client's name for the intention.
    pub key: IdempotencyKey,
    /// A digest of the whole request.
    pub fingerprint: Fingerprint,
    /// After how long the key is forgotten; `None` if never.
    pub key_window: Option<Duration>,
}

/// A payment that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedPayIn {
    /// Its name.
    pub id: PaymentId,
    /// Who is to pay.
    pub user_id: UserId,
    /// What a page of the provider would show its user's browser to be let in. It opens nothing here.
    pub resource_token: String,
}

/// A payment, and where it came from once that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayInReport {
    /// The payment.
    pub pay_in: PayIn,
    /// Where it came from, once it has settled.
    pub source: Option<ShownSource>,
}

/// What a caller asks for: pay a payment back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// Which one.
    pub payment_id: PaymentId,
    /// How many minor units; all that is left of it if `None`.
    pub amount_in_minor: Option<u64>,
    /// What its user sees on the statement.
    pub reference: payout_domain::Reference,
    /// What the caller wants to find again.
    pub metadata: payout_domain::Metadata,
}

/// Why the provider does not do it.
#[derive(Debug, thiserror::Error)]
pub enum ProviderRefused {
    /// There is no such payment for this client.
    #[error("there is no such payment")]
    NoSuchPayment,
    /// Use a new key: this one was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Change the order: it breaks a rule.
    #[error(transparent)]
    Order(#[from] Refusal),
    /// Pay in less: the sandbox takes no more.
    #[error("is above the {max_minor} minor units that a sandbox takes in one payment")]
    AboveSandboxLimit {
        /// The most that it takes.
        max_minor: u64,
    },
    /// The merchant account cannot hold so much.
    #[error("the merchant account cannot hold so much")]
    TooMuch,
    /// No bank of the sandbox pays in that currency.
    #[error("no bank of the sandbox holds accounts in {0}")]
    NoBank(payout_domain::Currency),
    /// Look where the payment stands: it does not take this step now.
    #[error(transparent)]
    Step(#[from] PayInRefused),
    /// Wait until the payment is authorised.
    #[error("the payment is {status}; it can be refunded once it is authorized")]
    NotRefundable {
        /// How it stands.
        status: &'static str,
    },
    /// Refund less.
    #[error(transparent)]
    Refund(#[from] RefundRefused),
    /// Try again: it could not be written down.
    #[error("it could not be written down")]
    Unavailable(#[source] RepositoryError),
}

/// Something that a client is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name: the same at every delivery.
    pub event_id: EventId,
    /// Who is to be told.
    pub client_id: ClientId,
    /// What happened, as it stood then.
    pub subject: NoticeSubject,
    /// Since when it is tried.
    pub since: Timestamp,
    /// How many deliveries have failed.
    pub failures: u32,
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeSubject {
    /// A payment was executed, or has failed.
    PayIn(Box<PayIn>),
    /// A transfer was executed, or has failed.
    Transfer(Box<Transfer>),
}
