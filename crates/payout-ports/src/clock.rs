//! What time it is.

use std::time::Duration;

use payout_domain::Timestamp;

/// Tells the time. Nothing else in the workspace reads a clock.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The time now. It may jump in either direction, as machines' clocks do.
    fn now(&self) -> Timestamp;
}

/// A clock that a developer can move, in a sandbox.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait MovableClock: Send + Sync {
    /// Moves the time forward and says what it is then.
    fn advance(&self, span: Duration) -> Timestamp;
}
