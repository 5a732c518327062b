//! Why nothing is written any more.

use std::sync::{Arc, OnceLock};

use crate::open_mark::OpenMark;

/// Why nothing is written any more, once something has gone wrong.
#[derive(Debug)]
pub(crate) struct Stop {
    reason: OnceLock<Arc<str>>,
    mark: OpenMark,
}

impl Stop {
    /// Nothing has gone wrong yet.
    pub(crate) fn new(mark: OpenMark) -> Self {
        Self { reason: OnceLock::new(), mark }
    }

    /// Has nothing written any more, and the next start look at all of it. Only the first reason counts.
    pub(crate) fn because(&self, reason: &str) -> Arc<str> {
        let reason = Arc::clone(self.reason.get_or_init(|| reason.into()));
        tracing::error!(%reason, "the store has stopped writing");
        if let Err(error) = self.mark.withdraw() {
            tracing::error!(
                %error,
                "the next start cannot be told to check the file: delete payout.open before it"
            );
        }
        reason
    }

    /// The reason, if there is one.
    pub(crate) fn reason(&self) -> Option<&Arc<str>> {
        self.reason.get()
    }
}
