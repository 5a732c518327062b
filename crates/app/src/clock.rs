//! The only place that knows what time it is.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use payout_domain::Timestamp;
use payout_ports::{Clock, MovableClock};

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
        let now = SystemTime::now();
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(micros(since_epoch))
    }
}

/// A sandbox's clock: the machine's, moved forward by what developers asked for.
#[derive(Debug, Default)]
pub(crate) struct SandboxClock {
    ahead_micros: AtomicI64,
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead_micros.load(Ordering::Relaxed);
        Timestamp::from_micros(SystemClock.now().as_micros().saturating_add(ahead))
    }
}

impl MovableClock for SandboxClock {
    fn advance(&self, span: Duration) -> Timestamp {
        let moved = |ahead: i64| Some(ahead.saturating_add(micros(span)));
        let _always_moves =
            self.ahead_micros.fetch_update(Ordering::Relaxed, Ordering::Relaxed, moved);
        self.now()
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
