//! A line that can be made to break off.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a connection still lets out: everything, until it is told to break off.
#[derive(Clone, Debug)]
pub(crate) struct Line(Arc<AtomicU64>);

const WHOLE: u64 = u64::MAX;

impl Line {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(WHOLE)))
    }

    /// Breaks off when that many more bytes have been written.
    pub(crate) fn break_off_after(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// How many of so many bytes may be written now; an error when it has broken off.
    pub(super) fn lets_out(&self, bytes: usize) -> io::Result<usize> {
        match self.0.load(Ordering::Relaxed) {
            WHOLE => Ok(bytes),
            0 => Err(io::ErrorKind::BrokenPipe.into()),
            left => Ok(bytes.min(usize::try_from(left).unwrap_or(usize::MAX))),
        }
    }

    /// Takes note of what was written.
    pub(super) fn has_let_out(&self, bytes: usize) {
        let less = |left: u64| {
            let bytes = u64::try_from(bytes).unwrap_or(WHOLE);
            (left != WHOLE).then(|| left.saturating_sub(bytes))
        };
        let _unchanged_if_whole = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}
