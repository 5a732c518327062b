//! The account that payouts are made from.

use std::fmt;

use crate::{AccountIdentifier, Currency, MerchantAccountId, Money};

/// Our account at the provider, in one currency, into which users pay and from which we pay them.
#[derive(Clone, PartialEq, Eq)]
pub struct MerchantAccount {
    /// The provider's name for it.
    pub id: MerchantAccountId,
    /// The one currency it holds.
    pub currency: Currency,
    /// How schemes find it.
    pub account_identifiers: Vec<AccountIdentifier>,
    /// Whose account it is.
    pub account_holder_name: String,
    /// What can be spent now: the current balance less what accepted payouts have reserved.
    pub available_balance: Money,
    /// What the ledger says.
    pub current_balance: Money,
}

impl fmt::Debug for MerchantAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantAccount")
            .field("id", &self.id)
            .field("currency", &self.currency)
            .field("account_identifiers", &self.account_identifiers)
            .finish_non_exhaustive()
    }
}
