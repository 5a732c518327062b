//! Whose a merchant account is.

use payout_domain::{ClientId, MerchantAccountId};

/// Says whose a merchant account is. What is paid into it counts for this client alone, and no other
/// client sees it or pays from it.
///
/// # Laws
///
/// 1. *Each has one*: every merchant account is some client's, always.
pub trait AccountOwners: Send + Sync {
    /// The client whose it is.
    fn owner(&self, id: MerchantAccountId) -> ClientId;
}

/// Where there is one client, everything is this client's.
impl AccountOwners for ClientId {
    fn owner(&self, _: MerchantAccountId) -> ClientId {
        self.clone()
    }
}
