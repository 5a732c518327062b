//! How a store is opened.

use std::num::NonZeroUsize;
use std::time::Duration;

use payout_ports::Sealing;

/// How a store is opened. The default is right for one service on one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// How many connections read at the same time, each on a thread of its own.
    pub readers: NonZeroUsize,
    /// How many connections look up one thing at once, on the threads that ask: as many as there are
    /// such threads is enough.
    pub looks: NonZeroUsize,
    /// The most writes that are committed together.
    pub group_max: NonZeroUsize,
    /// How long a commit waits for others of which the store has heard that they are coming. Without
    /// any it does not wait.
    pub company_wait_max: Duration,
    /// Whether a payout that comes alone is committed by the thread that asks, which then waits for the
    /// disk. No more than one thread at a time does; where there is only one, nobody else is served
    /// meanwhile.
    pub write_alone: bool,
    /// How many writes may wait; a caller beyond that waits until there is room.
    pub queue_max: NonZeroUsize,
    /// How many pages of 4 KiB the write-ahead log may hold before they are copied into the
    /// database. The log is then written over from its start, never cut: that is what disks do fast.
    pub log_pages_max: u32,
    /// The most pages of 4 KiB that the database may have; `None` if only the disk sets a limit. At
    /// the limit, writes are refused as on a full disk.
    pub pages_max: Option<u32>,
    /// How long to wait for another program that holds a lock on the file, such as an SQLite shell.
    pub busy_timeout: Duration,
    /// How what is of a person is kept.
    pub sealing: Sealing,
}

impl Default for StoreOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            readers: NonZeroUsize::MIN.saturating_add(1),
            looks: threads,
            group_max: NonZeroUsize::MIN.saturating_add(511),
            company_wait_max: Duration::from_millis(2),
            write_alone: threads > NonZeroUsize::MIN,
            queue_max: NonZeroUsize::MIN.saturating_add(4095),
            log_pages_max: 4096,
            pages_max: None,
            busy_timeout: Duration::from_secs(5),
            sealing: Sealing::default(),
        }
    }
}
