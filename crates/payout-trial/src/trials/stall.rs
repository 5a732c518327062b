//! A process that stands still between a check and what depends on it.

use std::time::{Duration, Instant};

use anyhow::Result;
use payout_domain::PayoutState;

use crate::audit::{ask, is_final};
use crate::finding::{Finding, Kind};
use crate::random::Random;
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

/// Longer than the lease of a transmission, and than the provider remembers a key here.
const STANDSTILL: Duration = Duration::from_secs(30);

/// How many payouts are on their way when it stops.
const PAYOUTS: usize = 12;

/// How long everything may take afterwards.
const PATIENCE: Duration = Duration::from_secs(90);

/// Whatever a stalled service does when it wakes up, nothing is executed twice; what may have been sent
/// and cannot be sent again any more is parked.
pub(super) async fn run(stage: &Stage, store: &Store) -> Result<Vec<Finding>> {
    let setup = Setup {
        store: store.clone(),
        provider: ["--token-life", "10s", "--key-window", "14s"].map(str::to_owned).to_vec(),
        environment: vec![("PAYOUT_SERVE_KEY_WINDOW".to_owned(), "14s".to_owned())],
        ..Setup::default()
    };
    let mut world = World::open(stage, &setup).await?;
    super::pay(&world, &["before"]).await?;
    let mut random = Random::new(crate::clock::seed());
    for count in 0..PAYOUTS {
        let number = world.want(&format!("stalled-{count}"))?;
        world.ask_for(number).await?;
        tokio::time::sleep(random.span(Duration::from_millis(4))).await;
    }
    let server = &world.service()?.server;
    server.signal("STOP").await?;
    tokio::time::sleep(STANDSTILL).await;
    server.signal("CONT").await?;
    settle(&world).await?;
    world.auditor.audit().await?;
    Ok(world.findings.all())
}

/// Waits until each payout has its end or waits for a person.
async fn settle(world: &World) -> Result<()> {
    let begun = Instant::now();
    for (_, intention) in world.ledger.open() {
        let Some(id) = intention.id else { continue };
        loop {
            let status = ask(async || world.client().payout(id).await).await?.value.status;
            let history = ask(async || world.client().history(id).await).await?.value;
            let last = history.items.last().map(|item| &item.state);
            if is_final(&status) || matches!(last, Some(PayoutState::Parked(_))) {
                break;
            }
            if begun.elapsed() > PATIENCE {
                let story = format!("{id} is {last:?} after a standstill");
                world.findings.add(Kind::Unfinished, story);
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(())
}
