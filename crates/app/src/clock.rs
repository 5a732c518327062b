//! The only place that knows what time it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use payout_domain::Timestamp;
use payout_ports::{Clock, MovableClock};

use crate::credentials::write_private;
use crate::failure::Failure;

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
    /// Where it is written down how far ahead it is.
    file: Option<PathBuf>,
}

impl SandboxClock {
    /// A clock that is as far ahead as it was when it was last moved: what has happened in a sandbox
    /// must not lie in its future after a restart.
    pub(crate) fn open(directory: &Path) -> Result<Self, Failure> {
        let file = directory.join("clock-ahead-micros");
        let ahead = match fs::read_to_string(&file) {
            Ok(text) => text
                .trim()
                .parse()
                .map_err(|error| Failure::configuration(format!("{}: {error}", file.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(Failure::failed(&file.display().to_string(), &error)),
        };
        Ok(Self { ahead_micros: AtomicI64::new(ahead), file: Some(file) })
    }

    fn write_down(&self) {
        let ahead = self.ahead_micros.load(Ordering::Relaxed);
        if let Some(file) = &self.file
            && let Err(failure) = write_private(file, &format!("{ahead}\n"))
        {
            tracing::error!(%failure, "the sandbox's time will run backwards at its next start");
        }
    }
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
        self.write_down();
        self.now()
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
