//! Money that came in.

use std::fmt;

use crate::{
    AccountIdentifier, MerchantAccountId, Metadata, Money, PaymentId, PaymentSourceId, Timestamp,
    UserId,
};

/// A settled payment: the money of a user has arrived on a merchant account.
///
/// Only a settled payment opens the closed loop, so this type knows no other status. Whoever makes
/// one vouches that the provider said `settled` in answer to our own authenticated question.
#[derive(Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's name for it.
    pub id: PaymentId,
    /// Who paid.
    pub user_id: UserId,
    /// Where the money arrived.
    pub merchant_account_id: MerchantAccountId,
    /// How much arrived.
    pub amount: Money,
    /// The provider's name for the account that it came from.
    pub payment_source_id: PaymentSourceId,
    /// Whose account it came from, if the provider says so.
    pub account_holder_name: Option<String>,
    /// How schemes find the account that it came from.
    pub account_identifiers: Vec<AccountIdentifier>,
    /// When the user made it.
    pub created_at: Timestamp,
    /// When the user's bank executed it.
    pub executed_at: Timestamp,
    /// When the money had arrived.
    pub settled_at: Timestamp,
    /// What the caller attached to it.
    pub metadata: Metadata,
}

impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payment")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("merchant_account_id", &self.merchant_account_id)
            .field("amount", &self.amount)
            .field("payment_source_id", &self.payment_source_id)
            .field("account_identifiers", &self.account_identifiers)
            .field("settled_at", &self.settled_at)
            .finish_non_exhaustive()
    }
}
