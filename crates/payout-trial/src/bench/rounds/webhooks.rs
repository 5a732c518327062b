//! Events of the provider taken in, and clients told.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Round;
use crate::bench::house::Dispatching;
use crate::bench::load::{Measured, Requests};
use crate::bench::names::Scenario;
use crate::bench::quick_receiver::QuickReceiver;
use crate::bench::usage::Usage;

/// How many payouts events are about and clients are told of, for each second that something is looked
/// at.
const PAYOUTS: u64 = 2_000;

/// More events a second than this class of machine takes.
const EVENTS_MAX: u64 = 10_000;

impl Round<'_> {
    /// The provider tells events about payouts that were sent, and tells them again. Each is followed
    /// by a question to the provider, which goes on while others come in.
    pub(super) async fn webhook_in(&mut self) -> Result<()> {
        let name = format!("webhook-in-{}", self.number);
        let dispatching = self.house.dispatching(&name, Duration::ZERO, None).await?;
        self.execute(&dispatching).await?;
        let Dispatching { served, provider } = &dispatching;
        let count = usize::try_from(self.in_span(EVENTS_MAX))?;
        let events = served.letterhead().events(provider, &provider.payouts(), count)?;
        let requests = Requests::once(events);
        let (asked, pid) = (provider.counts().asked, served.server.pid());
        let (cpu, begun) = (Usage::of(pid)?.cpu, Instant::now());
        let told = self.load(served, 202).run(&requests).await?;
        provider.until(|counts| counts.asked.saturating_sub(asked) >= told.count).await;
        let elapsed = begun.elapsed();
        let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu);
        self.keep(Scenario::EventIn, &told);
        self.keep(Scenario::EventFollowed, &Measured::whole(told.count, elapsed, cpu));
        let again = requests.replayed(usize::try_from(told.count)?);
        let again = self.load(served, 202).run(&again).await?;
        self.keep(Scenario::EventAgain, &again);
        Ok(())
    }

    /// A client is told that its payouts are executed. It confirms nothing before all of them are.
    pub(super) async fn webhook_out(&mut self) -> Result<()> {
        let receiver = QuickReceiver::listen().await?;
        let name = format!("webhook-out-{}", self.number);
        let webhook = Some(receiver.url.as_str());
        let dispatching = self.house.dispatching(&name, Duration::ZERO, webhook).await?;
        let executed = self.execute(&dispatching).await?;
        let pid = dispatching.served.server.pid();
        let (cpu, begun) = (Usage::of(pid)?.cpu, Instant::now());
        receiver.open();
        receiver.until_heard(executed).await?;
        let elapsed = begun.elapsed();
        let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu);
        self.keep(Scenario::EventOut, &Measured::whole(executed, elapsed, cpu));
        Ok(())
    }

    /// Lets payouts be accepted, sent and executed, and says how many.
    async fn execute(&self, dispatching: &Dispatching) -> Result<u64> {
        let Dispatching { served, provider } = dispatching;
        let accepted = self.accept(served, self.in_span(PAYOUTS)).await?;
        served.resume().await?;
        provider.until(|counts| counts.shown >= accepted).await;
        served.until_executed(&self.house.stage, accepted).await?;
        Ok(accepted)
    }
}
