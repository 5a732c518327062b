//! Why a payout is refused.

use std::error::Error;
use std::fmt;

use crate::{Currency, CurrencyAccountMismatch, Money, ReferenceError, Scheme};

/// Why a payout is refused. Each prints a sentence that says what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was to be paid.
    #[error("must be at least 1 minor unit")]
    AmountZero,
    /// More than one payout may be.
    #[error("is above the limit of {limit} for one payout; ask for less, or have the limit raised")]
    AmountAboveLimit {
        /// The most that one payout may be.
        limit: Money,
    },
    /// No account is paid in that currency.
    #[error("{currency} is not a currency that accounts are paid in today")]
    CurrencyNotPayable {
        /// The currency that was asked for.
        currency: Currency,
    },
    /// There is no such merchant account for this caller.
    #[error("no merchant account of yours has this id; list them to find it")]
    UnknownMerchantAccount,
    /// The merchant account holds another currency.
    #[error(
        "{asked} cannot be paid from a merchant account that holds {held}; pay in {held}, or choose \
         a merchant account that holds {asked}"
    )]
    MerchantAccountCurrency {
        /// The currency that was asked for.
        asked: Currency,
        /// The currency that the merchant account holds.
        held: Currency,
    },
    /// This user has no such payment source.
    #[error(
        "this user has no payment source with this id; list the user's payment sources to find it"
    )]
    UnknownPaymentSource,
    /// The account has not paid into that merchant account.
    #[error(
        "no settled payment from this account has reached this merchant account; a closed-loop payout \
         goes back only to an account that has paid in"
    )]
    NeverPaidIn,
    /// The account holds another currency.
    #[error(
        "{asked} cannot be paid to an account that paid in {held}; pay in {held}, or choose a payment \
         source that paid in {asked}"
    )]
    PaymentSourceCurrency {
        /// The currency that was asked for.
        asked: Currency,
        /// The currency that the account paid in.
        held: Currency,
    },
    /// No scheme carries the currency to the account.
    #[error("no scheme reaches the account: {0}; choose another payment source")]
    NoScheme(CurrencyAccountMismatch),
    /// The scheme that was selected does not reach the account.
    #[error("the selected scheme does not reach this account; {reachable} does")]
    SchemeSelection {
        /// The scheme that would.
        reachable: Scheme,
    },
    /// The text would not reach the statement.
    #[error("{0}")]
    Reference(ReferenceError),
    /// The reference has a card number in it.
    #[error("{CARD_NUMBER}")]
    CardNumberInReference,
    /// The metadata have a card number in them. Which pair has it may be said, and the number not.
    #[error("the pair at place {place} of its keys in their order {CARD_NUMBER}")]
    CardNumberInMetadata {
        /// The place of the pair, from 1.
        place: usize,
    },
}

/// What to do about a card number.
const CARD_NUMBER: &str = "looks like a card number, and none may be kept here; leave it out, or, if \
    it is a number of your own, write a letter before and after it";

/// The part of an order that a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The merchant account's id.
    MerchantAccount,
    /// The number of minor units.
    Amount,
    /// The currency.
    Currency,
    /// The payment source's id.
    PaymentSource,
    /// The reference.
    Reference,
    /// The metadata.
    Metadata,
    /// The scheme selection.
    SchemeSelection,
}

impl Refusal {
    /// The part of the order to change.
    pub fn field(&self) -> Field {
        match self {
            Self::AmountZero | Self::AmountAboveLimit { .. } => Field::Amount,
            Self::CurrencyNotPayable { .. }
            | Self::MerchantAccountCurrency { .. }
            | Self::PaymentSourceCurrency { .. } => Field::Currency,
            Self::UnknownMerchantAccount => Field::MerchantAccount,
            Self::UnknownPaymentSource | Self::NeverPaidIn | Self::NoScheme(_) => {
                Field::PaymentSource
            }
            Self::SchemeSelection { .. } => Field::SchemeSelection,
            Self::Reference(_) | Self::CardNumberInReference => Field::Reference,
            Self::CardNumberInMetadata { .. } => Field::Metadata,
        }
    }
}

/// All the reasons why one payout is refused, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    pub(crate) fn new(refusals: Vec<Refusal>) -> Self {
        Self(refusals)
    }

    /// The reasons, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }
}

impl From<Refusal> for Refusals {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, refusal) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{refusal}")?;
        }
        Ok(())
    }
}

impl Error for Refusals {}
