//! A service that is started again while payouts are open: how soon it is ready, has sent all of them,
//! and has told their end.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::ground::Ground;
use super::site::Site;
use crate::bench::usage::Usage;

/// What became of payouts that were open when a service was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reopened {
    /// How many.
    pub(super) open: u64,
    /// From its start to its announcement, after it was stopped in order.
    pub(super) ready: Duration,
    /// The same after a crash: it reads its whole store first.
    pub(super) ready_after_crash: Duration,
    /// Claimed and sent: from the moment that it may send until the provider has all of them.
    pub(super) sent: Spent,
    /// Reconciled: from the moment that the provider answers questions until the client has been told the
    /// end of all of them.
    pub(super) reconciled: Spent,
}

/// What something took that was done to every open payout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) elapsed: Duration,
    /// Processor time of the service for each, in nanoseconds.
    pub(super) cpu_ns: u64,
}

/// How long all of them may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// Lets a service accept payouts, ends it in both ways, and lets it bring them to their end.
pub(super) async fn reopen(ground: &Ground, site: &mut Site, open: u64) -> Result<Reopened> {
    site.accept(ground, open).await?;
    let ready = site.restart(ground).await?;
    let ready_after_crash = site.crash(ground).await?;
    let told = u64::try_from(site.receiver.by_payout().len())?;
    let all = site.provider.counts().taken.saturating_add(open);
    site.provider.questions().close();
    let watch = Watch::start(site, open)?;
    site.served.resume().await?;
    let until = site.provider.until(|counts| counts.taken >= all);
    let until = tokio::time::timeout(PATIENCE, until).await;
    until.context("the provider does not get all of them")?;
    let sent = watch.stop()?;
    let watch = Watch::start(site, open)?;
    site.provider.questions().open();
    site.until_told(told.saturating_add(open)).await?;
    let reconciled = watch.stop()?;
    site.served.pause().await?;
    Ok(Reopened { open, ready, ready_after_crash, sent, reconciled })
}

/// Looks at a service while it does something.
struct Watch {
    pid: u32,
    payouts: u64,
    begun: Instant,
    cpu: Duration,
}

impl Watch {
    fn start(site: &Site, payouts: u64) -> Result<Self> {
        let pid = site.served.server.pid();
        Ok(Self { pid, payouts, cpu: Usage::of(pid)?.cpu, begun: Instant::now() })
    }

    fn stop(self) -> Result<Spent> {
        let elapsed = self.begun.elapsed();
        let cpu = Usage::of(self.pid)?.cpu.saturating_sub(self.cpu);
        let cpu_ns = cpu.as_nanos().checked_div(u128::from(self.payouts)).unwrap_or(0);
        Ok(Spent { elapsed, cpu_ns: u64::try_from(cpu_ns)? })
    }
}
