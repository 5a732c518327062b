//! Why a use case could not do its work.

use std::time::Duration;

use payout_ports::{Cause, ReadError, RepositoryError};

/// Why a use case could not do its work, by what its caller does next.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Ask again later: our store is not available. What was asked may have been done; the same
    /// idempotency key finds out.
    #[error("the store is not available")]
    StoreUnavailable(#[source] Cause),
    /// Ask again later: the provider is not available.
    #[error("the provider is not available")]
    ProviderUnavailable(#[source] Cause),
    /// Call the operator: the provider does not let this service in.
    #[error("the provider refuses this service: {detail}")]
    ProviderRefuses {
        /// What the provider said.
        detail: String,
    },
    /// Call the operator: a token of the provider outlives the key that it would be sent with, so
    /// nothing can be sent safely. See [`SendRule::allows`](payout_domain::SendRule::allows).
    #[error(
        "the provider's tokens live for {} s, which is too long for a key window of {} s",
        token_life.as_secs(), key_window.as_secs()
    )]
    TokenOutlivesKey {
        /// How long a token of the provider lives.
        token_life: Duration,
        /// For how long the provider is said to remember a key.
        key_window: Duration,
    },
    /// Begin the list anew: the cursor is not one that came with a page.
    #[error("the cursor is not one that came with a page")]
    UnknownCursor,
    /// Call the operator: something is broken that no repetition mends.
    #[error("something is broken")]
    Broken(#[source] Cause),
}

impl From<RepositoryError> for ServiceError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Unavailable(cause) => Self::StoreUnavailable(cause),
            RepositoryError::Corrupt(cause) => Self::Broken(cause),
        }
    }
}

impl From<ReadError> for ServiceError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(cause) => Self::ProviderUnavailable(cause),
            ReadError::Refused { detail } => Self::ProviderRefuses { detail },
            ReadError::Unreadable(cause) => Self::Broken(cause),
            ReadError::UnknownCursor => Self::UnknownCursor,
        }
    }
}
