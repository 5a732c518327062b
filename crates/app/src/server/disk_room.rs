//! Whether the disk has room for what is new.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use payout_http_server::{NotReady, Readiness};

use crate::workers::Workers;

/// Takes on nothing new while the disk has less room than this: what was accepted needs some to end.
pub(crate) struct DiskRoom {
    inner: Arc<dyn Readiness>,
    directory: PathBuf,
    free_min: u64,
    free: AtomicU64,
}

const MIB: u64 = 1024 * 1024;

impl DiskRoom {
    /// Looks after the file system of this directory, in a worker, from now on.
    pub(crate) fn watch(
        inner: Arc<dyn Readiness>,
        directory: PathBuf,
        free_mib_min: u64,
        workers: &Workers,
    ) -> Arc<Self> {
        let free = AtomicU64::new(u64::MAX);
        let free_min = free_mib_min.saturating_mul(MIB);
        let room = Arc::new(Self { inner, directory, free_min, free });
        room.look();
        let watched = Arc::clone(&room);
        workers.spawn("disk room", Duration::from_secs(1), None, move || {
            watched.look();
            async { Ok(0) }
        });
        room
    }

    /// One question to the system, which asks no disk. What cannot be told stays as it was.
    fn look(&self) {
        match rustix::fs::statvfs(&self.directory) {
            Ok(found) => {
                let free = found.f_bavail.saturating_mul(found.f_frsize);
                self.free.store(free, Ordering::Relaxed);
            }
            Err(error) => tracing::warn!(%error, "the room on the disk cannot be told"),
        }
    }
}

#[async_trait]
impl Readiness for DiskRoom {
    async fn check(&self) -> Result<(), NotReady> {
        self.intake()?;
        self.inner.check().await
    }

    fn intake(&self) -> Result<(), NotReady> {
        let free = self.free.load(Ordering::Relaxed);
        if free >= self.free_min {
            return Ok(());
        }
        let (free, least) = (free.div_euclid(MIB), self.free_min.div_euclid(MIB));
        let reason = format!(
            "The disk of the store has {free} MiB free, and new payouts need {least}. Everything else goes on."
        );
        Err(NotReady { reason })
    }
}
