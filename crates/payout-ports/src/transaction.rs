//! Movements on a merchant account.

use std::fmt;

use payout_domain::{
    AccountIdentifier, GatewayPayoutId, Metadata, Money, PaymentId, PaymentSourceId, PayoutId,
    Reference, Scheme, Timestamp, TransactionId, Transfer, UserId,
};

/// A movement on a merchant account, as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The provider's name for it. A payout's movement bears the payout's own id.
    pub id: TransactionId,
    /// How much.
    pub amount: Money,
    /// What moved it.
    pub kind: TransactionKind,
}

/// What moved the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionKind {
    /// A user paid in.
    Payment {
        /// The payment.
        payment_id: PaymentId,
        /// The source that it came from.
        payment_source_id: PaymentSourceId,
        /// Who paid.
        user_id: UserId,
        /// The account that it came from.
        account: PayingAccount,
        /// When it arrived.
        settled_at: Timestamp,
        /// What the caller attached to it.
        metadata: Metadata,
    },
    /// Money arrived that nobody had asked for, such as a returned payout.
    ExternalPayment {
        /// The account that it came from.
        remitter: PayingAccount,
        /// The text that came with it.
        reference: String,
        /// Which payout it returns, if it returns one.
        return_for: Option<ReturnFor>,
        /// When it arrived.
        settled_at: Timestamp,
    },
    /// We paid a user.
    Payout {
        /// The payout.
        payout_id: GatewayPayoutId,
        /// Our name for it, if the provider gives back what we attached.
        attached_id: Option<PayoutId>,
        /// The source that was paid.
        payment_source_id: PaymentSourceId,
        /// Who was paid.
        user_id: UserId,
        /// The account that was paid.
        account: PayingAccount,
        /// The text on the statement.
        reference: Reference,
        /// When the provider was asked.
        created_at: Timestamp,
        /// When it was executed; `None` while it is pending.
        executed_at: Option<Timestamp>,
        /// By which scheme.
        scheme: Option<Scheme>,
        /// The movement that brought the money back, if it came back.
        returned_by: Option<TransactionId>,
        /// What we attached to it.
        metadata: Metadata,
    },
    /// Money left outside the closed loop: a refund, or a payout to any account.
    Transfer {
        /// The transfer.
        transfer: Box<Transfer>,
        /// For a refund, where it goes back to.
        source: Option<ShownSource>,
    },
}

/// A payment source, as a payment or its refund shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSource {
    /// The provider's name for it.
    pub id: PaymentSourceId,
    /// Whose it is.
    pub user_id: UserId,
    /// The account.
    pub account: PayingAccount,
}

/// An account at somebody else's bank.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PayingAccount {
    /// Whose it is.
    pub account_holder_name: Option<String>,
    /// How schemes find it.
    pub account_identifiers: Vec<AccountIdentifier>,
}

impl fmt::Debug for PayingAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PayingAccount").field(&self.account_identifiers).finish()
    }
}

/// Which payout came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnFor {
    /// This one.
    Payout(GatewayPayoutId),
    /// One that the provider could not tell.
    Unknown,
}

/// Which movements are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionQuery {
    /// From this time on.
    pub from: Timestamp,
    /// Up to this time; both ends count.
    pub to: Timestamp,
    /// Only this kind; all if `None`.
    pub only: Option<TransactionType>,
    /// Where the page before ended, as it said itself.
    pub cursor: Option<String>,
}

/// The kinds that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionType {
    /// Money in.
    Payment,
    /// Money out.
    Payout,
}

/// Some of the movements that were asked for, in the order in which they settled or were executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionPage {
    /// The movements.
    pub items: Vec<Transaction>,
    /// How to ask for the rest; `None` if this is all.
    pub next_cursor: Option<String>,
}
