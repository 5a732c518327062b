//! Money that leaves a merchant account outside the closed loop.

use std::fmt;

use crate::{
    AccountIdentifier, ClientId, MerchantAccountId, Metadata, Money, PaymentId, ProviderStatus,
    Reference, Scheme, Timestamp, TransferId,
};

/// What a caller asks for: money out of a merchant account that is no closed-loop payout.
///
/// No service of ours sends one: the closed loop is what it is for. A sandbox plays a provider that
/// does.
#[derive(Clone, PartialEq, Eq)]
pub struct TransferOrder {
    /// The account to pay from.
    pub merchant_account_id: MerchantAccountId,
    /// How much.
    pub amount: Money,
    /// What the receiver sees on the statement.
    pub reference: Reference,
    /// To whom.
    pub purpose: TransferPurpose,
    /// What the caller wants to find again.
    pub metadata: Metadata,
}

/// To whom money is transferred.
#[derive(Clone, PartialEq, Eq)]
pub enum TransferPurpose {
    /// Back to where this payment came from.
    Refund(PaymentId),
    /// To any account.
    Payout {
        /// Whose it is.
        account_holder_name: Box<str>,
        /// How schemes find it.
        account_identifier: AccountIdentifier,
    },
}

/// A transfer, as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The provider's name for it.
    pub id: TransferId,
    /// Whose it is.
    pub client_id: ClientId,
    /// What was asked for.
    pub order: TransferOrder,
    /// The scheme that carries it.
    pub scheme: Option<Scheme>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it went to the scheme.
    pub authorized_at: Option<Timestamp>,
    /// How it stands.
    pub status: ProviderStatus,
}

/// Why a payment is not paid back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefused {
    /// Nothing was to be paid back.
    #[error("must be at least 1 minor unit")]
    AmountZero,
    /// The payment is paid back already.
    #[error("nothing is left of the payment: it is refunded already")]
    NothingLeft,
    /// More than what is left of the payment.
    #[error("is above the {rest} that is left of the payment; refund less")]
    AboveRest {
        /// What is left.
        rest: Money,
    },
}

/// How much a refund of a payment is: what was asked for, or all that is left. The refunds of a
/// payment are together never more than the payment.
///
/// `refunded` are the amounts of its refunds that have not failed.
pub fn refund_amount(
    payment: Money,
    refunded: &[Money],
    asked_minor: Option<u64>,
) -> Result<Money, RefundRefused> {
    let taken = |rest: Money, amount: &Money| rest.checked_sub(*amount).ok();
    let rest = refunded.iter().try_fold(payment, taken).filter(|rest| !rest.is_zero());
    let rest = rest.ok_or(RefundRefused::NothingLeft)?;
    match asked_minor {
        None => Ok(rest),
        Some(0) => Err(RefundRefused::AmountZero),
        Some(minor) if minor > rest.minor() => Err(RefundRefused::AboveRest { rest }),
        Some(minor) => {
            let amount = Money::from_minor(minor, payment.currency());
            amount.map_err(|_| RefundRefused::AboveRest { rest })
        }
    }
}

impl fmt::Debug for TransferOrder {
    /// Shows no metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferOrder")
            .field("merchant_account_id", &self.merchant_account_id)
            .field("amount", &self.amount)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TransferPurpose {
    /// Shows everything but the name; identifiers mask themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refund(payment_id) => f.debug_tuple("Refund").field(payment_id).finish(),
            Self::Payout { account_identifier, .. } => f
                .debug_struct("Payout")
                .field("account_identifier", account_identifier)
                .finish_non_exhaustive(),
        }
    }
}
