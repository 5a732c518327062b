//! The machine's own clock.

use std::time::{SystemTime, UNIX_EPOCH};

use payout_domain::Timestamp;
use payout_ports::Clock;

/// The machine's own clock: what is on trial is another process, and lives in real time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "a trial happens in real time")]
        let now = SystemTime::now();
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A seed that is another one each time.
pub(crate) fn seed() -> u64 {
    SystemClock.now().as_micros().unsigned_abs()
}
