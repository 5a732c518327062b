//! What a bank has done beside closed-loop payouts.

use std::fmt;

use payout_domain::{
    AccountIdentifier, ClientId, EventId, IdempotencyKey, PayInOrder, PayInStep, PaymentId,
    PaymentSourceId, Scheme, Timestamp, TransactionId, TransferId, TransferOrder,
};
use payout_ports::{Fingerprint, SandboxDelays};

/// Something that a bank did at a client's word, beside closed-loop payouts.
#[derive(Clone, PartialEq, Eq)]
pub enum ProviderOperation {
    /// A payment is made that its user is yet to authorise.
    CreatePayment {
        /// When.
        at: Timestamp,
        /// Who asked.
        write: WrittenUnder,
        /// The payment's name.
        payment_id: PaymentId,
        /// The name of the event that will tell how it went.
        event_id: EventId,
        /// What was given out with it.
        resource_token: String,
        /// What was asked for.
        order: PayInOrder,
    },
    /// A step is taken with a payment.
    StepPayment {
        /// When.
        at: Timestamp,
        /// Who asked; `None` if it was the user at the bank's own page.
        write: Option<WrittenUnder>,
        /// Which payment.
        payment_id: PaymentId,
        /// Which step: none of those that time takes.
        step: PayInStep,
        /// How the money will come, if its user has authorised it.
        arrival: Option<Arrival>,
    },
    /// Money is to leave outside the closed loop.
    Transfer {
        /// When.
        at: Timestamp,
        /// Who asked.
        write: WrittenUnder,
        /// The transfer's name.
        transfer_id: TransferId,
        /// The name of the event that will tell how it went.
        event_id: EventId,
        /// What was asked for.
        order: TransferOrder,
        /// The scheme that was chosen.
        scheme: Option<Scheme>,
        /// How long its steps take.
        delays: SandboxDelays,
    },
    /// A client has heard an event.
    Told {
        /// When.
        at: Timestamp,
        /// Which one.
        event_id: EventId,
    },
}

/// Who wrote, and under which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenUnder {
    /// Who.
    pub client_id: ClientId,
    /// Under which key.
    pub key: IdempotencyKey,
    /// A digest of the whole request.
    pub fingerprint: Fingerprint,
}

/// How the money of a payment comes that its user has authorised.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The name of its movement on the merchant account.
    pub transaction_id: TransactionId,
    /// The name of the source that it comes from.
    pub payment_source_id: PaymentSourceId,
    /// Whose account it comes from.
    pub account_holder_name: String,
    /// How schemes find the account that it comes from; at least one.
    pub account_identifiers: Vec<AccountIdentifier>,
    /// When the user's bank executes it.
    pub executes_at: Timestamp,
    /// When it settles.
    pub settles_at: Timestamp,
}

impl ProviderOperation {
    /// When it was done.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::CreatePayment { at, .. }
            | Self::StepPayment { at, .. }
            | Self::Transfer { at, .. }
            | Self::Told { at, .. } => *at,
        }
    }
}

impl fmt::Debug for ProviderOperation {
    /// Shows what was done to what, and when: no names, account numbers or addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreatePayment { at, payment_id, order, .. } => f
                .debug_struct("CreatePayment")
                .field("at", at)
                .field("payment_id", payment_id)
                .field("amount", &order.amount)
                .finish_non_exhaustive(),
            Self::StepPayment { at, payment_id, step, .. } => f
                .debug_struct("StepPayment")
                .field("at", at)
                .field("payment_id", payment_id)
                .field("step", step)
                .finish_non_exhaustive(),
            Self::Transfer { at, transfer_id, order, .. } => f
                .debug_struct("Transfer")
                .field("at", at)
                .field("transfer_id", transfer_id)
                .field("order", order)
                .finish_non_exhaustive(),
            Self::Told { at, event_id } => {
                f.debug_struct("Told").field("at", at).field("event_id", event_id).finish()
            }
        }
    }
}

impl fmt::Debug for Arrival {
    /// Shows everything but the name; identifiers mask themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("payment_source_id", &self.payment_source_id)
            .field("account_identifiers", &self.account_identifiers)
            .field("settles_at", &self.settles_at)
            .finish_non_exhaustive()
    }
}
