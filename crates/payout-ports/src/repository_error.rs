//! What can go wrong with a store.

use crate::Cause;

/// What a caller of a store does next.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// Try again later. If something was to be written, it may or may not have been: ask for it
    /// under its own name before writing it anew.
    #[error("the store is not available")]
    Unavailable(#[source] Cause),
    /// Call somebody: what is stored contradicts itself.
    #[error("the store holds something that cannot be")]
    Corrupt(#[source] Cause),
}
