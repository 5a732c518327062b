//! Whether a connection is at work or waits for its peer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// How a connection stands, for those who cannot see its requests: its clock, and whoever needs its
/// place.
#[derive(Debug)]
pub(super) struct Standing {
    /// Counts up whenever any connection begins to wait.
    turns: Arc<AtomicU64>,
    /// Told when it does.
    waiting: Arc<Notify>,
    /// The turn in which this one began to wait.
    waits_since: AtomicU64,
    /// A head has come, and its answer is not ready.
    has_request: AtomicBool,
    /// The whole request has come, and its answer is not ready.
    is_at_work: AtomicBool,
    end: Notify,
}

/// A request, until its answer is ready or it is given up.
#[derive(Debug)]
pub(super) struct Open(Arc<Standing>);

impl Standing {
    pub(super) fn new(turns: &Arc<AtomicU64>, waiting: &Arc<Notify>) -> Self {
        let standing = Self {
            turns: Arc::clone(turns),
            waiting: Arc::clone(waiting),
            waits_since: AtomicU64::new(0),
            has_request: AtomicBool::new(false),
            is_at_work: AtomicBool::new(false),
            end: Notify::new(),
        };
        standing.wait();
        standing
    }

    /// Takes note that a head has come.
    pub(super) fn open(self: &Arc<Self>) -> Open {
        self.has_request.store(true, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// Takes note that the request is whole.
    pub(super) fn work(&self) {
        // A body that is read after its answer is no work.
        if self.has_request() {
            self.is_at_work.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn has_request(&self) -> bool {
        self.has_request.load(Ordering::Relaxed)
    }

    /// Since when it waits for its peer; `None` if it is at work.
    pub(super) fn waits_since(&self) -> Option<u64> {
        let is_at_work = self.is_at_work.load(Ordering::Relaxed);
        (!is_at_work).then(|| self.waits_since.load(Ordering::Relaxed))
    }

    /// Ends the connection.
    pub(super) fn end(&self) {
        self.end.notify_one();
    }

    /// Resolves when the connection is to end.
    pub(super) async fn ended(&self) {
        self.end.notified().await;
    }

    fn wait(&self) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        self.waits_since.store(turn, Ordering::Relaxed);
        self.is_at_work.store(false, Ordering::Relaxed);
        self.has_request.store(false, Ordering::Relaxed);
        self.waiting.notify_one();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.wait();
    }
}
