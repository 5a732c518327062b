//! Wakes a worker that waits for work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// Wakes a worker that waits for work. It is a courtesy only: a worker that hears no ring looks for
/// work anyway when its patience ends, so nothing depends on a ring.
#[derive(Clone, Debug, Default)]
pub struct Doorbell(Arc<Notify>);

impl Doorbell {
    /// Says that there is work. A ring is remembered until somebody waits.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring, but no longer than `patience`.
    pub async fn wait(&self, patience: Duration) {
        let _in_time_or_not = tokio::time::timeout(patience, self.0.notified()).await;
    }
}
