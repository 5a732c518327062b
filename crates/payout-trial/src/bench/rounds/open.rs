//! Many payouts that are open: asked after, and sent after a crash.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::Round;
use crate::bench::house::Dispatching;
use crate::bench::load::Measured;
use crate::bench::names::{Goal, Scenario};
use crate::bench::usage::Usage;
use crate::figures::milliseconds;

/// How many payouts are open, for each second that something is looked at.
const OPEN: u64 = 5_000;

/// How many are on their way at once if nobody says otherwise.
const IN_FLIGHT: u64 = 128;

/// How long the service may take to start.
const START_PATIENCE: Duration = Duration::from_mins(1);

/// When the provider is asked after the last payout that it has acknowledged, at the latest.
const ALL_DUE: Duration = Duration::from_millis(500);

impl Round<'_> {
    /// The provider has all payouts, and answers no question until all of them are due to be asked
    /// after.
    pub(super) async fn reconcile(&mut self) -> Result<()> {
        let name = format!("reconcile-{}", self.number);
        let dispatching = self.house.dispatching(&name, Duration::ZERO, None).await?;
        let Dispatching { served, provider } = &dispatching;
        let open = self.accept(served, self.in_span(OPEN)).await?;
        provider.questions().close();
        served.resume().await?;
        provider.until(|counts| counts.taken >= open).await;
        tokio::time::sleep(ALL_DUE).await;
        let pid = served.server.pid();
        let (cpu, begun) = (Usage::of(pid)?.cpu, Instant::now());
        provider.questions().open();
        provider.until(|counts| counts.shown >= open).await;
        let elapsed = begun.elapsed();
        let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu);
        served.until_executed(&self.house.stage, open).await?;
        self.keep(Scenario::Reconcile, &Measured::whole(open, elapsed, cpu));
        Ok(())
    }

    /// The service is killed while its first payouts are on their way, and started again. Those are sent
    /// once more, under their keys: nobody knows whether they arrived.
    pub(super) async fn recover(&mut self) -> Result<()> {
        let name = format!("recover-{}", self.number);
        let mut dispatching = self.house.dispatching(&name, Duration::ZERO, None).await?;
        let Dispatching { served, provider } = &mut dispatching;
        let open = self.accept(served, self.in_span(OPEN)).await?;
        provider.orders().close();
        served.resume().await?;
        provider.until(|counts| counts.ordered >= IN_FLIGHT).await;
        served.kill().await?;
        let before = provider.counts().ordered;
        ensure!(before == IN_FLIGHT, "{before} payouts were on their way, not {IN_FLIGHT}");
        provider.orders().open();
        let begun = Instant::now();
        let ready = served.restart(&self.house.stage, START_PATIENCE).await?;
        self.relate(Goal::RecoverReady, milliseconds(ready), 1000);
        let all = before.saturating_add(open);
        provider.until(|counts| counts.ordered >= all).await;
        self.relate(Goal::RecoverSent, milliseconds(begun.elapsed()), 1000);
        served.until_executed(&self.house.stage, open).await?;
        Ok(())
    }
}
