//! One instance of the service, and three that share a database.

use std::time::Instant;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use super::{CONNECTIONS, Round, SIGNED_MAX, mean};
use crate::bench::house::Crew;
use crate::bench::load::{Load, Measured, Requests};
use crate::bench::names::{Goal, Scenario};
use crate::bench::served::Served;
use crate::bench::usage::Usage;

/// How many instances share a database.
const INSTANCES: usize = 3;

impl Round<'_> {
    /// The same load on one of three instances and on all of them; what they accept they send together,
    /// each payout once.
    pub(super) async fn instances(&mut self) -> Result<()> {
        let name = format!("instance-{}", self.number);
        let Some(Crew { served, provider }) = self.house.crew(&name, INSTANCES).await? else {
            return Ok(());
        };
        let alone = served.get(..1).context("there are some")?;
        let before = self.create_at(alone).await?;
        let together = self.create_at(&served).await?;
        let after = self.create_at(alone).await?;
        let one = self.keep(Scenario::CreateOneOfThree, &before).per_second;
        let three = self.keep(Scenario::CreateThree, &together).per_second;
        let other = self.keep(Scenario::CreateOneOfThree, &after).per_second;
        self.relate(Goal::Instances, three, mean(one, other));
        let accepted: u64 = served.iter().map(Served::accepted).sum();
        let (cpu, begun) = (cpu_of(&served)?, Instant::now());
        let first = served.first().context("there are some")?;
        first.resume().await?;
        provider.until(|counts| counts.taken >= accepted).await;
        let (elapsed, after) = (begun.elapsed(), cpu_of(&served)?);
        let sent = Measured::whole(accepted, elapsed, after.saturating_sub(cpu));
        self.keep(Scenario::DispatchThree, &sent);
        first.until_executed(&self.house.stage, accepted).await?;
        provider.check_each_came_once(accepted)
    }

    /// Signed creates, spread evenly.
    async fn create_at(&self, served: &[Served]) -> Result<Measured> {
        let share = u64::try_from(served.len())?;
        let connections = CONNECTIONS.div_ceil(served.len());
        let mut lanes = JoinSet::new();
        let mut prepared = Vec::new();
        for instance in served {
            let key = self.house.stage.signing_key();
            let requests: std::sync::Arc<Requests> =
                self.signed(instance, key, SIGNED_MAX.div_ceil(share))?;
            prepared.push((Load { connections, ..self.load(instance, 202) }, requests));
        }
        for (number, (load, requests)) in prepared.into_iter().enumerate() {
            lanes.spawn(async move { (number, load.run(&requests).await) });
        }
        let mut parts = Vec::new();
        while let Some(lane) = lanes.join_next().await {
            let (number, measured) = lane.context("a load panicked")?;
            let measured = measured?;
            served.get(number).context("it is one of them")?.note(measured.count);
            parts.push(measured);
        }
        Ok(Measured::together(parts))
    }
}

fn cpu_of(served: &[Served]) -> Result<std::time::Duration> {
    let each = served.iter().map(|it| Ok(Usage::of(it.server.pid())?.cpu));
    Ok(each.collect::<Result<Vec<_>>>()?.into_iter().sum())
}
