//! Who is registered as a client.

use async_trait::async_trait;
use payout_domain::Registration;

use crate::RepositoryError;

/// Remembers who is registered as a client.
///
/// # Laws
///
/// 1. *Remembered means remembered*: when a call that writes has returned `Ok`, what it wrote
///    survives a crash, and every instance finds it.
/// 2. *No lost update*: a registration is written only onto the version that is expected.
/// 3. *One key, one client, once*: a public key that is or was one client's is never another's.
/// 4. *One merchant account, one client*.
/// 5. *Nothing is forgotten*: neither a registration nor a key is ever removed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ClientRegister: Send + Sync {
    /// Every registration, of revoked clients too, ordered by id.
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError>;

    /// Stores a registration: a new one if no version is expected, else in place of that version.
    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError>;

    /// A number that grows whenever a registration is stored, so that whoever has read them all can
    /// tell whether to read them again.
    async fn register_progress(&self) -> Result<u64, RepositoryError>;
}

/// Why a registration was not stored. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Choose another id: a client of this one is or was registered.
    #[error("a client of this id is or was registered")]
    IdTaken,
    /// Read it again: it has changed.
    #[error("the registration has changed")]
    Stale,
    /// Make another key pair: this key is or was another client's.
    #[error("the key is or was another client's")]
    KeyTaken,
    /// Take the merchant account from the other client first.
    #[error("a merchant account is another client's")]
    AccountTaken,
    /// See there.
    #[error(transparent)]
    Store(#[from] RepositoryError),
}
