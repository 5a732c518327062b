//! Which account an identifier means.

use std::fmt;

use super::masked;

/// Which bank account is meant, independent of how it was written down.
///
/// Two identifiers with the same identity name the same account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountIdentity(pub(super) String);

impl AccountIdentity {
    /// A stable text, unique for each account, to find accounts by. It holds the whole number: store
    /// it like one.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountIdentity({})", masked(&self.0, 2, 2))
    }
}
