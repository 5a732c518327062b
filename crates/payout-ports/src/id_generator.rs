//! Names that nothing else has.

use uuid::Uuid;

/// Makes names that nothing else has, here or anywhere.
///
/// # Laws
///
/// 1. *No name twice*: no two calls return the same UUID, in any process.
/// 2. *Unpredictable enough to spread*: the last 8 bytes are random, so that callers may also draw
///    jitter from them. They are no secret.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait IdGenerator: Send + Sync {
    /// A new name.
    fn next(&self) -> Uuid;
}
