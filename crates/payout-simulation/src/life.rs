//! The life of an instance, from a start to its death.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use payout_domain::{PayoutId, Timestamp};
use payout_ports::Clock;
use tokio::time::{sleep, sleep_until};

use crate::FaultKind;
use crate::agenda::Happening;
use crate::world::World;

/// The life of an instance, from a start to its death.
///
/// Everything that the service does passes through its ports, and every port asks here first. To a
/// dead instance no port ever answers again, so whatever its tasks had in mind is lost, as memory is.
pub(crate) struct Life {
    pub(crate) world: Arc<World>,
    pub(crate) instance: usize,
    /// Which of the instance's lives this is.
    pub(crate) number: u64,
    /// Payouts whose intent would not be on disk yet if it were written after the send.
    pub(crate) unwritten: Mutex<BTreeSet<PayoutId>>,
    is_alive: AtomicBool,
    frozen_until_ms: AtomicU64,
    clock_off_ms: AtomicI64,
}

/// The most that a clock is wrong.
const SKEW_MAX: Duration = Duration::from_hours(8);

impl Life {
    pub(crate) fn begin(world: Arc<World>, instance: usize, number: u64) -> Arc<Self> {
        let life = Self {
            instance,
            number,
            unwritten: Mutex::new(BTreeSet::new()),
            is_alive: AtomicBool::new(true),
            frozen_until_ms: AtomicU64::new(0),
            clock_off_ms: AtomicI64::new(0),
            world,
        };
        if life.world.strikes(FaultKind::ClockSkew) {
            life.set_clock(FaultKind::ClockSkew);
        }
        Arc::new(life)
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.is_alive.load(Ordering::Relaxed)
    }

    pub(crate) fn die(&self) {
        self.is_alive.store(false, Ordering::Relaxed);
    }

    /// Nothing of the instance moves before this time.
    pub(crate) fn freeze(&self, until_ms: u64) {
        self.frozen_until_ms.store(until_ms, Ordering::Relaxed);
    }

    /// The clock shows another time from now on.
    pub(crate) fn set_clock(&self, because: FaultKind) {
        let span = self
            .world
            .draw_of(because, |chance| chance.span(Duration::ZERO, SKEW_MAX.saturating_mul(2)));
        let span = i64::try_from(span.as_millis()).unwrap_or_default();
        let most = i64::try_from(SKEW_MAX.as_millis()).unwrap_or_default();
        self.clock_off_ms.store(span.saturating_sub(most), Ordering::Relaxed);
    }

    /// The clock is right from now on.
    pub(crate) fn mend(&self) {
        self.clock_off_ms.store(0, Ordering::Relaxed);
        self.freeze(0);
    }

    /// Goes on if the instance lives, and when it is not frozen.
    pub(crate) async fn pass(&self) {
        loop {
            if !self.is_alive() {
                pending::<()>().await;
            }
            let until_ms = self.frozen_until_ms.load(Ordering::Relaxed);
            if until_ms <= self.world.now_ms() {
                return;
            }
            sleep_until(self.world.instant(until_ms)).await;
        }
    }

    /// A moment at which it matters whether the instance dies or stands still.
    pub(crate) async fn risk(&self) {
        self.pass().await;
        if self.world.strikes(FaultKind::Crash) {
            self.die();
            self.world
                .agenda
                .plan(self.world.now_ms(), Happening::Bury(self.instance, self.number));
            pending::<()>().await;
        }
        if self.world.strikes(FaultKind::Stall) {
            let (short, long) = (Duration::from_secs(1), Duration::from_hours(8));
            let span =
                self.world.draw_of(FaultKind::Stall, |chance| chance.heavy_tailed(short, long));
            sleep(span).await;
            self.pass().await;
        }
    }
}

impl Clock for Life {
    fn now(&self) -> Timestamp {
        let off_ms = self.clock_off_ms.load(Ordering::Relaxed);
        let off = Duration::from_millis(off_ms.unsigned_abs());
        let now = self.world.now();
        if off_ms < 0 { now.minus(off) } else { now.plus(off) }
    }
}
