//! Stops all sending, and lets it go on.

use std::sync::Arc;

use payout_domain::OperatorName;
use payout_ports::{Clock, Pause, SendSwitch};

use crate::{Doorbell, ServiceError};

/// The switch for the day on which something is wrong: from then on no payout is sent, by no
/// instance, until somebody resumes. What is on its way already is followed to its end.
#[derive(Clone)]
pub struct PauseSending {
    /// The switch.
    pub switch: Arc<dyn SendSwitch>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Wakes whoever sends.
    pub dispatch: Doorbell,
}

impl PauseSending {
    /// Stops all sending, and says who stopped it first.
    pub async fn pause(&self, by: OperatorName, because: &str) -> Result<Pause, ServiceError> {
        let pause = Pause { by, because: because.into(), at: self.clock.now() };
        self.switch.pause(&pause).await?;
        tracing::warn!(by = %pause.by, because, "sending is paused");
        Ok(self.switch.paused().await?.unwrap_or(pause))
    }

    /// Lets sending go on.
    pub async fn resume(&self, by: &OperatorName) -> Result<(), ServiceError> {
        self.switch.resume().await?;
        tracing::warn!(%by, "sending goes on");
        self.dispatch.ring();
        Ok(())
    }

    /// Who has stopped sending, if somebody has.
    pub async fn paused(&self) -> Result<Option<Pause>, ServiceError> {
        Ok(self.switch.paused().await?)
    }
}
