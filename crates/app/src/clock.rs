//! The only place that knows what time it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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

/// The clock of a service: the machine's, except that it never goes back.
///
/// Leases and due times lie in the store. If the machine's clock fell back by seven hours, everything
/// that is due in a minute would be due in seven hours and a minute. So this clock goes on where it
/// was, at its usual pace, until the machine's has caught up.
pub(crate) struct SteadyClock {
    wall: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// How long it has been going, whatever the machine's clock says.
    going: Box<dyn Fn() -> Duration + Send + Sync>,
    last: Mutex<Reading>,
}

#[derive(Clone, Copy)]
struct Reading {
    time: Timestamp,
    going: Duration,
}

/// A difference that no correction of a healthy clock makes.
const JUMP: Duration = Duration::from_mins(1);

impl SteadyClock {
    /// A clock that never shows less than `latest`, the newest time in the store.
    pub(crate) fn not_before(latest: Option<Timestamp>) -> Self {
        let started = Instant::now();
        Self::over(|| SystemClock.now(), move || started.elapsed(), latest)
    }

    fn over(
        wall: impl Fn() -> Timestamp + Send + Sync + 'static,
        going: impl Fn() -> Duration + Send + Sync + 'static,
        latest: Option<Timestamp>,
    ) -> Self {
        let now = Reading { time: wall(), going: going() };
        let behind = latest.map(|latest| latest.since(now.time)).unwrap_or_default();
        if behind > JUMP {
            tracing::error!(
                ?behind,
                "the machine's clock is behind the store: time goes on from there"
            );
        }
        let last = Reading { time: latest.map_or(now.time, |latest| latest.max(now.time)), ..now };
        Self { wall: Box::new(wall), going: Box::new(going), last: Mutex::new(last) }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let (wall, going) = ((self.wall)(), (self.going)());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = last.time.plus(going.saturating_sub(last.going));
        if wall.since(expected) > JUMP {
            tracing::error!(ahead = ?wall.since(expected), "the machine's clock jumped forward");
        }
        let behind = last.time.since(wall);
        let time = if wall >= last.time {
            wall
        } else if behind > JUMP {
            expected
        } else {
            // A small correction: wait until it has caught up.
            last.time
        };
        *last = Reading { time, going };
        time
    }
}

impl std::fmt::Debug for SteadyClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SteadyClock").finish_non_exhaustive()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    /// A machine whose clock and pace are set by hand, in seconds.
    #[derive(Clone, Default)]
    struct Machine {
        wall: Arc<AtomicI64>,
        going: Arc<AtomicU64>,
    }

    impl Machine {
        fn clock(&self, latest: Option<Timestamp>) -> SteadyClock {
            let (wall, going) = (Arc::clone(&self.wall), Arc::clone(&self.going));
            SteadyClock::over(
                move || Timestamp::from_seconds(wall.load(Ordering::Relaxed)),
                move || Duration::from_secs(going.load(Ordering::Relaxed)),
                latest,
            )
        }

        fn passes(&self, seconds: u64, wall: i64) {
            self.going.fetch_add(seconds, Ordering::Relaxed);
            self.wall.store(wall, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_clock_shows_the_machines_time_and_follows_it_forward() {
        let machine = Machine::default();
        machine.passes(0, 1000);
        let clock = machine.clock(None);

        for (passed, wall) in [(0, 1000), (5, 1005), (1, 90_000)] {
            machine.passes(passed, wall);
            assert_eq!(clock.now(), Timestamp::from_seconds(wall));
        }
    }

    #[test]
    fn a_clock_that_falls_far_back_goes_on_at_its_usual_pace() {
        let machine = Machine::default();
        machine.passes(0, 100_000);
        let clock = machine.clock(None);
        clock.now();

        for (passed, wall, shown) in [(10, 74_810, 100_010), (20, 74_830, 100_030)] {
            machine.passes(passed, wall);
            assert_eq!(clock.now(), Timestamp::from_seconds(shown));
        }
        machine.passes(1, 100_031);
        assert_eq!(clock.now(), Timestamp::from_seconds(100_031), "the machine has caught up");
    }

    #[test]
    fn a_clock_stands_still_during_a_small_correction() {
        let machine = Machine::default();
        machine.passes(0, 1000);
        let clock = machine.clock(None);
        clock.now();

        for (wall, shown) in [(998, 1000), (999, 1000), (1000, 1000), (1001, 1001)] {
            machine.passes(1, wall);
            assert_eq!(clock.now(), Timestamp::from_seconds(shown));
        }
    }

    #[test]
    fn a_clock_never_shows_less_than_the_store_knows() {
        let machine = Machine::default();
        machine.passes(0, 1000);
        let clock = machine.clock(Some(Timestamp::from_seconds(8000)));
        assert_eq!(clock.now(), Timestamp::from_seconds(8000));

        machine.passes(60, 1060);

        assert_eq!(clock.now(), Timestamp::from_seconds(8060));
    }
}
