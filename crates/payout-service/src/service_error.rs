//! Why a use case could not do its work.

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
        }
    }
}
