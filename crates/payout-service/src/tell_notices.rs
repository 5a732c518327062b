//! Tells clients what the provider of a sandbox did.

use std::sync::Arc;
use std::time::Duration;

use payout_ports::{
    Clock, Delivery, IdGenerator, NotDelivered, Notice, NoticeSender, SandboxProvider,
};

use crate::{Backoff, ServiceError};

/// Tells clients what the provider of a sandbox did beside closed-loop payouts, until they have heard
/// it or the patience ends.
#[derive(Clone)]
pub struct TellNotices {
    /// The provider that the sandbox plays.
    pub provider: Arc<dyn SandboxProvider>,
    /// How clients are told.
    pub sender: Arc<dyn NoticeSender>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Chance for the waits between tries.
    pub ids: Arc<dyn IdGenerator>,
    /// How long to wait before telling again.
    pub backoff: Backoff,
    /// How long a notice is tried before it is given up.
    pub patience: Duration,
}

/// How many notices are told in one round.
const AT_ONCE: usize = 16;

impl TellNotices {
    /// Tells what is due, one after the other. It returns how many notices.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let due = self.provider.notices(AT_ONCE).await;
        let tried = due.len();
        for notice in due {
            self.tell(&notice).await?;
        }
        Ok(tried)
    }

    async fn tell(&self, notice: &Notice) -> Result<(), ServiceError> {
        let event_id = notice.event_id;
        let reason = match self.sender.send(notice).await {
            Ok(Delivery::Delivered | Delivery::NobodyListens) => {
                return Ok(self.provider.notice_told(event_id).await?);
            }
            Err(NotDelivered { reason }) => reason,
        };
        let failures = notice.failures.saturating_add(1);
        tracing::warn!(%event_id, failures, reason, "a client did not confirm a notice");
        let now = self.clock.now();
        if now.since(notice.since) >= self.patience {
            tracing::error!(%event_id, failures, "a notice was given up");
            return Ok(self.provider.notice_told(event_id).await?);
        }
        let again_at = now.plus(self.backoff.wait(failures, &*self.ids));
        self.provider.notice_failed(event_id, again_at).await;
        Ok(())
    }
}
