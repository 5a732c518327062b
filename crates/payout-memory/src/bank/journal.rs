//! What a bank has done, so that it can be done again.

use std::fmt;
use std::sync::Arc;

use payout_domain::{
    AccountIdentifier, FailureReason, GatewayPayoutId, IdempotencyKey, MerchantAccountId, Money,
    PaymentId, PaymentSourceId, PayoutId, Scheme, Timestamp, TransactionId, UserId,
};
use payout_ports::{Cause, SandboxDelays};

use super::provider_operation::ProviderOperation;

/// Something that a bank did at somebody's word, with every name and time that went into it. What
/// happens by the passage of time alone is no operation: it follows.
#[derive(Clone, PartialEq, Eq)]
pub enum BankOperation {
    /// A user pays in.
    Deposit {
        /// When.
        at: Timestamp,
        /// The payment's name.
        payment_id: PaymentId,
        /// The name of its movement on the merchant account.
        transaction_id: TransactionId,
        /// The name of the source that it comes from.
        payment_source_id: PaymentSourceId,
        /// Who pays.
        user_id: UserId,
        /// Where it goes.
        merchant_account_id: MerchantAccountId,
        /// How much.
        amount: Money,
        /// Whose account it comes from.
        account_holder_name: String,
        /// How schemes find the account that it comes from; at least one.
        account_identifiers: Vec<AccountIdentifier>,
        /// When it settles.
        settles_at: Timestamp,
    },
    /// A payout is accepted.
    Submit {
        /// When.
        at: Timestamp,
        /// Our name for it.
        payout_id: PayoutId,
        /// The key that it came under.
        key: IdempotencyKey,
        /// The bytes that came: UTF-8, or they would not have been accepted.
        body: Arc<[u8]>,
        /// The bank's name for it.
        gateway_payout_id: GatewayPayoutId,
        /// The scheme that was chosen.
        scheme: Option<Scheme>,
        /// How long its steps take.
        delays: SandboxDelays,
        /// The name of the movement that will bring it back, if it is planned to come back.
        return_transaction_id: Option<TransactionId>,
    },
    /// The next payout is planned to fail.
    FailNext {
        /// When it was planned.
        at: Timestamp,
        /// Why it will fail.
        reason: FailureReason,
    },
    /// An executed payout comes back.
    Return {
        /// When.
        at: Timestamp,
        /// Which one.
        gateway_payout_id: GatewayPayoutId,
        /// The name of the movement that brings it back.
        return_transaction_id: TransactionId,
    },
    /// Things take another time from now on.
    SetDelays {
        /// From when on.
        at: Timestamp,
        /// How long.
        delays: SandboxDelays,
    },
    /// Something beside closed-loop payouts.
    Provider(ProviderOperation),
}

impl BankOperation {
    /// When it was done.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Deposit { at, .. }
            | Self::Submit { at, .. }
            | Self::FailNext { at, .. }
            | Self::Return { at, .. }
            | Self::SetDelays { at, .. } => *at,
            Self::Provider(operation) => operation.at(),
        }
    }
}

impl fmt::Debug for BankOperation {
    /// Shows what was done to what, and when: no names and no account numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deposit { at, payment_id, merchant_account_id, amount, .. } => f
                .debug_struct("Deposit")
                .field("at", at)
                .field("payment_id", payment_id)
                .field("merchant_account_id", merchant_account_id)
                .field("amount", amount)
                .finish_non_exhaustive(),
            Self::Submit { at, payout_id, gateway_payout_id, body, .. } => f
                .debug_struct("Submit")
                .field("at", at)
                .field("payout_id", payout_id)
                .field("gateway_payout_id", gateway_payout_id)
                .field("body_len", &body.len())
                .finish_non_exhaustive(),
            Self::FailNext { at, reason } => {
                f.debug_struct("FailNext").field("at", at).field("reason", reason).finish()
            }
            Self::Return { at, gateway_payout_id, .. } => f
                .debug_struct("Return")
                .field("at", at)
                .field("gateway_payout_id", gateway_payout_id)
                .finish_non_exhaustive(),
            Self::SetDelays { at, delays } => {
                f.debug_struct("SetDelays").field("at", at).field("delays", delays).finish()
            }
            Self::Provider(operation) => operation.fmt(f),
        }
    }
}

/// Keeps what a bank has done.
///
/// # Laws
///
/// 1. *Before it happens*: an operation takes effect only after it was appended.
/// 2. *All or nothing*: an operation whose `append` failed is not in the journal, or nothing is
///    appended after it. To the running bank it never happened.
/// 3. *In order*: operations come back in the order in which they were appended.
pub trait BankJournal: Send + Sync {
    /// Writes an operation down. The bank waits for it, so it must not call the bank.
    fn append(&self, operation: &BankOperation) -> Result<(), Cause>;
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJournal;

impl BankJournal for NoJournal {
    fn append(&self, _operation: &BankOperation) -> Result<(), Cause> {
        Ok(())
    }
}

/// The journal is not one of this bank: another configuration, or somebody changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("operation {number} of the journal does not fit the bank")]
pub struct ReplayError {
    /// Which operation, counted from 1.
    pub number: usize,
    #[source]
    misfit: Misfit,
}

impl ReplayError {
    pub(super) fn new(before: usize, misfit: Misfit) -> Self {
        Self { number: before.saturating_add(1), misfit }
    }
}

/// Why an operation cannot have been this bank's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misfit {
    /// The account was there when it was done.
    #[error("there is no such merchant account in that currency")]
    MerchantAccount,
    /// The names are made once.
    #[error("its name was used before")]
    NameUsed,
    /// A deposit comes from somewhere.
    #[error("the account that it comes from is missing")]
    NoAccount,
    /// All the money that ever came in must fit the account.
    #[error("the merchant account cannot hold so much")]
    TooMuch,
    /// The instruction was read when it was accepted.
    #[error("its instruction cannot be read")]
    Instruction,
    /// A payment was there when something was done with it.
    #[error("there is no such payment")]
    NoPayment,
    /// The step was allowed when it was taken.
    #[error("the payment does not take this step")]
    Step,
    /// Only executed payouts come back.
    #[error("there is no such executed payout")]
    NotExecuted,
}
