//! Payouts sent.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Round, mean};
use crate::bench::load::{Load, Measured, Requests};
use crate::bench::names::{Goal, Scenario};
use crate::bench::served::Served;
use crate::bench::usage::Usage;

/// How many payouts are sent, for each second that something is looked at.
const DISPATCHED: u64 = 4_000;

/// How long it may take to accept what will be looked at.
const PATIENCE: Duration = Duration::from_mins(2);

impl Round<'_> {
    /// A service of its own accepts first, and then sends all that it has accepted.
    pub(super) async fn dispatch(&mut self, scenario: Scenario, delay: Duration) -> Result<()> {
        let name = format!("{}-{}", scenario.key(), self.number);
        let dispatching = self.house.dispatching(&name, delay, None).await?;
        let (served, provider) = (&dispatching.served, &dispatching.provider);
        let accepted = self.accept(served, self.in_span(DISPATCHED)).await?;
        let pid = served.server.pid();
        let before = self.signatures()?;
        let (cpu, begun) = (Usage::of(pid)?.cpu, Instant::now());
        served.resume().await?;
        provider.until(|counts| counts.taken >= accepted).await;
        let elapsed = begun.elapsed();
        let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu);
        let after = self.signatures()?;
        let dispatched = self.keep(scenario, &Measured::whole(accepted, elapsed, cpu));
        provider.check_each_came_once(accepted)?;
        if scenario == Scenario::Dispatch {
            self.relate(Goal::Dispatch, dispatched.per_second, mean(before, after));
        }
        Ok(())
    }

    /// Lets a service accept about this many payouts, and says how many it has accepted since it was
    /// started.
    pub(super) async fn accept(&self, served: &Served, count: u64) -> Result<u64> {
        let key = self.house.stage.signing_key();
        let made = served.letterhead().creates(key, &self.house.user, usize::try_from(count)?)?;
        let load = Load { span: PATIENCE, ..self.load(served, 202) };
        let accepted = load.run(&Requests::once(made)).await?.count;
        ensure!(accepted >= count, "of {count} payouts {accepted} were accepted in time");
        served.note(accepted);
        Ok(served.accepted())
    }
}
