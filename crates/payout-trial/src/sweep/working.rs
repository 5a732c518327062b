//! A process that is killed while it works on a payout.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use payout_domain::{GatewayPayoutId, ProviderStatus};

use super::Lane;
use super::point::Point;
use super::tracer::Tracer;

/// How long what was cut off is waited for before the next life begins.
const SHORT: Duration = Duration::from_millis(300);

/// How long one life may take.
const LIFE: Duration = Duration::from_secs(45);

/// For how long a service still writes down that it has told everything.
const QUIET: Duration = Duration::from_millis(80);

impl Lane {
    /// Kills the service at a point of a payout's life, and lets it finish afterwards. Says whether the
    /// life came that far.
    pub(super) async fn die_while_working(&mut self, point: Point) -> Result<bool> {
        let pid = self.world.service()?.server.pid();
        let tracer = Tracer::attach(&self.stage, pid, Some(point)).await?;
        let number = self.world.want(&name(point))?;
        let survived = self.until_it_ends(number).await?;
        if survived {
            tracer.detach().await?;
            return Ok(false);
        }
        self.begin_again(number).await?;
        Ok(true)
    }

    /// Starts the service again, and asks once more for what may have been lost.
    pub(super) async fn begin_again(&mut self, number: usize) -> Result<()> {
        let service = self.world.instances.first_mut().context("a world has a service")?;
        service.server.kill().await?;
        service.server = service.launch.start_ready(&self.stage).await?;
        let id = self.world.ask_for(number).await?;
        // What takes longer goes on beside the next life; the last audit waits for all.
        self.world.until_executed(id, SHORT).await;
        Ok(())
    }

    /// Asks once for a payout and follows it until it is executed and told. `false` if the service ends
    /// before that, or does not come that far.
    pub(super) async fn until_it_ends(&mut self, number: usize) -> Result<bool> {
        let begun = Instant::now();
        let id = self.world.ask_once(number).await?;
        while begun.elapsed() < LIFE {
            if !self.world.service()?.server.is_running()? {
                return Ok(false);
            }
            let Some(id) = id else {
                // It is about to end, or it has refused.
                if begun.elapsed() > Duration::from_secs(3) {
                    return Ok(false);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            };
            if self.is_told(id) && self.is_executed(id).await {
                tokio::time::sleep(QUIET).await;
                return self.world.service()?.server.is_running();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(false)
    }

    fn is_told(&self, id: GatewayPayoutId) -> bool {
        let receiver = self.world.auditor.receiver.as_ref();
        receiver.is_none_or(|receiver| receiver.by_payout().contains_key(&id))
    }

    async fn is_executed(&self, id: GatewayPayoutId) -> bool {
        let payout = self.world.client().payout(id).await;
        payout.is_ok_and(|reply| matches!(reply.value.status, ProviderStatus::Executed { .. }))
    }
}

/// A key that names the point.
pub(super) fn name(point: Point) -> String {
    point.to_string().replace(' ', "-")
}
