//! What the writer has done.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the writer has done since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many writes were asked for and answered.
    pub writes: u64,
    /// How many commits they took.
    pub commits: u64,
    /// How many groups of writes were not committed.
    pub groups_lost: u64,
    /// How often the log was copied into the database.
    pub checkpoints: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    writes: AtomicU64,
    commits: AtomicU64,
    groups_lost: AtomicU64,
    checkpoints: AtomicU64,
}

impl Counters {
    /// Counts a group.
    pub(crate) fn count(&self, writes: usize, committed: bool) {
        if writes == 0 {
            return;
        }
        self.writes.fetch_add(u64::try_from(writes).unwrap_or(u64::MAX), Ordering::Relaxed);
        let group = if committed { &self.commits } else { &self.groups_lost };
        group.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_checkpoint(&self) {
        self.checkpoints.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Statistics {
        Statistics {
            writes: self.writes.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            groups_lost: self.groups_lost.load(Ordering::Relaxed),
            checkpoints: self.checkpoints.load(Ordering::Relaxed),
        }
    }
}
