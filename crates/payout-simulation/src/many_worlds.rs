//! Many worlds, on some threads.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use payout_domain::ParkReason;

use crate::FaultTally;
use crate::history::{WorldOptions, WorldReport, run_world};
use crate::world::lock;

/// What became of many worlds. It does not depend on how many threads lived through them.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// How many worlds there were.
    pub worlds: u64,
    /// How many payouts clients wanted.
    pub payouts: u64,
    /// How many of them were accepted.
    pub accepted: u64,
    /// How many of those wait for an operator at the end.
    pub parked: u64,
    /// The same, by the reason.
    pub parked_by: BTreeMap<ParkReason, u64>,
    /// How many of those that wait have been executed all the same.
    pub parked_and_paid: u64,
    /// How many transmissions there were.
    pub transmissions: u64,
    /// How often each fault struck.
    pub faults: FaultTally,
    /// How long the worlds lasted, in milliseconds of their own time.
    pub lasted_ms: u64,
    /// A digest of everything that happened in all of them.
    pub digest: u64,
    /// The worlds in which something did not hold, by seed, each with what became of it.
    pub failures: Vec<(u64, WorldReport)>,
}

/// Lives through worlds of consecutive seeds, beginning with the options' own. After a failure it
/// begins no world with a higher seed, so that the lowest failing seed is always found. `after_each`
/// is called after each world.
pub fn run_worlds(
    options: &WorldOptions,
    worlds: u64,
    threads: usize,
    after_each: &(dyn Fn() + Sync),
) -> Sum {
    let next = AtomicU64::new(0);
    let has_failed = AtomicBool::new(false);
    let sum = Mutex::new(Sum::default());
    let work = || {
        while !has_failed.load(Ordering::SeqCst) {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= worlds {
                return;
            }
            let seed = options.seed.saturating_add(number);
            let ending = run_world(&WorldOptions { seed, ..options.clone() });
            if !ending.violations.is_empty() {
                has_failed.store(true, Ordering::SeqCst);
            }
            lock(&sum).add(seed, ending);
            after_each();
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let mut sum = std::mem::take(&mut *lock(&sum));
    sum.failures.sort_by_key(|(seed, _)| *seed);
    sum
}

impl Sum {
    /// Of a million accepted payouts, how many wait for an operator at the end.
    pub fn parked_of_a_million(&self) -> u64 {
        let parked = self.parked.saturating_mul(1_000_000);
        parked.checked_div(self.accepted).unwrap_or_default()
    }

    fn add(&mut self, seed: u64, report: WorldReport) {
        self.worlds = self.worlds.saturating_add(1);
        self.payouts = self.payouts.saturating_add(report.payouts);
        self.accepted = self.accepted.saturating_add(report.accepted);
        self.parked = self.parked.saturating_add(report.parked);
        for (reason, count) in &report.parked_by {
            let sum = self.parked_by.entry(*reason).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.parked_and_paid = self.parked_and_paid.saturating_add(report.parked_and_paid);
        self.transmissions = self.transmissions.saturating_add(report.transmissions);
        self.faults.add(&report.faults);
        self.lasted_ms = self.lasted_ms.saturating_add(report.lasted_ms);
        // A sum, because threads finish in any order.
        self.digest = self.digest.wrapping_add(report.digest);
        if !report.violations.is_empty() {
            self.failures.push((seed, report));
        }
    }
}
