//! Those who come while a group is being written.

use std::thread;
use std::time::{Duration, Instant};

use payout_ports::ComingCount;

use super::job::Job;

/// How often a writer that waits for company looks for it: about as long as a signature takes to be
/// verified, which is what most of those who are coming are at.
const PAUSE: Duration = Duration::from_micros(250);

/// How long a group waits for company, and for how many.
///
/// A commit costs about as much for one as for many. So while more is coming than is there it waits a
/// little, as long as somebody comes. Whoever comes alone waits for nobody.
pub(crate) struct Company<'a> {
    coming: &'a ComingCount,
    begun: Instant,
    wait: Duration,
    group_max: usize,
}

impl<'a> Company<'a> {
    /// For a group that begins with so many: the fewer are coming, the less it waits for them.
    pub(crate) fn of(
        coming: &'a ComingCount,
        known: usize,
        wait_max: Duration,
        group_max: usize,
    ) -> Self {
        let expected = u32::try_from(coming.get().saturating_sub(known)).unwrap_or(u32::MAX);
        let wait = PAUSE.saturating_mul(expected).min(wait_max);
        Self { coming, begun: Instant::now(), wait, group_max }
    }

    /// Adds those who have come, with `take`, if need be after a little while. Says whether somebody has:
    /// if not, it is time to commit.
    pub(crate) fn join(
        &self,
        jobs: &mut Vec<Box<dyn Job>>,
        mut take: impl FnMut(&mut Vec<Box<dyn Job>>),
    ) -> bool {
        let known = jobs.len();
        if known >= self.group_max || self.begun.elapsed() >= self.wait {
            return false;
        }
        take(jobs);
        if jobs.len() > known {
            return true;
        }
        if self.coming.get() <= known {
            return false;
        }
        thread::sleep(PAUSE);
        take(jobs);
        jobs.len() > known
    }
}
