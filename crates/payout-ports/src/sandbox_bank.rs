//! The users and banks of a sandbox.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    AccountIdentifier, FailureReason, GatewayPayoutId, MerchantAccountId, Money, Payment,
    PaymentId, PaymentSourceId, Timestamp, UserId,
};

use crate::RepositoryError;

/// Plays the part of users and their banks in a sandbox: somebody must pay in, and somebody's bank
/// must refuse.
///
/// # Laws
///
/// 1. *The same account is the same source*: two deposits of one user from one account in one
///    currency have the same payment source; another user, account or currency has another.
/// 2. *Money is conserved*: balances are what was opened and deposited, less what was executed, plus
///    what came back.
/// 3. *Planned failures happen once*: each [`fail_next`](Self::fail_next) fails one payout.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SandboxBank: Send + Sync {
    /// Lets a user pay in.
    async fn deposit(&self, order: &DepositOrder) -> Result<Deposit, DepositRefused>;

    /// Lets the next payout fail for this reason.
    async fn fail_next(&self, reason: FailureReason) -> Result<(), RepositoryError>;

    /// Lets the beneficiary's bank send an executed payout back; `false` if there is none that can
    /// come back.
    async fn return_payout(&self, id: GatewayPayoutId) -> Result<bool, RepositoryError>;

    /// Sets how long things take from now on.
    async fn set_delays(&self, delays: SandboxDelays) -> Result<(), RepositoryError>;

    /// Takes what has happened since the last call. What is not taken before a restart happens again.
    async fn take_events(&self) -> Vec<BankEvent>;
}

/// What a user pays in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositOrder {
    /// Who pays.
    pub user_id: UserId,
    /// How much.
    pub amount: Money,
    /// From which account; the user's usual one in that currency if `None`.
    pub account: Option<AccountIdentifier>,
    /// Whose account it is; derived from the user if `None`.
    pub account_holder_name: Option<String>,
    /// Into which merchant account; the first of that currency if `None`.
    pub merchant_account_id: Option<MerchantAccountId>,
}

/// A deposit on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// The payment.
    pub payment_id: PaymentId,
    /// The source that it comes from.
    pub payment_source_id: PaymentSourceId,
    /// Where it goes.
    pub merchant_account_id: MerchantAccountId,
    /// When it settles.
    pub settles_at: Timestamp,
}

/// The deposit cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DepositRefused {
    /// Nothing was to be paid in.
    #[error("a deposit must be at least 1 minor unit")]
    AmountZero,
    /// The merchant account cannot hold so much.
    #[error("the merchant account cannot hold so much")]
    TooMuch,
    /// There is no merchant account with this id.
    #[error("no merchant account has this id")]
    UnknownMerchantAccount,
    /// No merchant account holds the currency.
    #[error("no merchant account holds {0}; add one with --merchant-account")]
    NoMerchantAccount(payout_domain::Currency),
    /// The merchant account holds another currency.
    #[error("the merchant account holds {held}, so pay in {held}")]
    MerchantAccountCurrency {
        /// The currency that it holds.
        held: payout_domain::Currency,
    },
    /// The account cannot pay in that currency.
    #[error(transparent)]
    Account(#[from] payout_domain::CurrencyAccountMismatch),
    /// It could not be written down.
    #[error("the deposit could not be written down")]
    Unavailable(#[source] RepositoryError),
}

/// How long things take in a sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SandboxDelays {
    /// From a deposit to its settlement.
    pub settlement: Duration,
    /// From the acceptance of a payout to its authorisation.
    pub authorization: Duration,
    /// From its authorisation to its execution.
    pub execution: Duration,
}

/// Something that happened at the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankEvent {
    /// A payment has settled.
    PaymentSettled(Payment),
    /// A payout has moved.
    PayoutMoved(GatewayPayoutId),
}
