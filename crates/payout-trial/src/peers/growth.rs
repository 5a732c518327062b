//! Whether a simulator that remembers becomes slow by what it remembers.

use std::time::Duration;

use anyhow::Result;
use indicatif::ProgressBar;

use super::house::House;
use super::names::Scenario;
use super::pair::CONNECTIONS;
use super::simulator::Simulator;
use super::tree::Tree;
use crate::bench::figure::Figure;
use crate::bench::load::{Load, Requests};

/// What pairs come to beside what a simulator remembers already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grown {
    pub(super) scenario: Scenario,
    /// What it was to remember.
    pub(super) wanted: u64,
    /// What it did remember when the time was up.
    pub(super) reached: u64,
    pub(super) figure: Figure,
    /// What it has in memory then, in KiB.
    pub(super) resident_kib: u64,
}

/// How much there is to remember.
const SIZES: [u64; 3] = [0, 10_000, 100_000];

/// More pairs a second than this class of machine takes.
const PAIRS_MAX: u64 = 20_000;

/// Fills each simulator that remembers, for at most so long at each size, and asks it for pairs. The next
/// size is not tried where one was not reached.
pub(super) async fn run(
    house: &House,
    span: Duration,
    patience: Duration,
    progress: &ProgressBar,
) -> Result<Vec<Grown>> {
    let mut all = Vec::new();
    for scenario in [Scenario::SandboxUnverified, Scenario::Localstripe] {
        let name = format!("{}-grown", scenario.key());
        let mut simulator = Simulator::start(house, scenario, &name).await?;
        let mut reached = 0_u64;
        for wanted in SIZES {
            progress.set_message(format!("{} beside {wanted}", scenario.title()));
            let missing = wanted.saturating_sub(reached);
            reached = reached.saturating_add(fill(house, &simulator, missing, patience).await?);
            let remembered = reached;
            let figure = pairs(house, &simulator, span, &mut reached).await?;
            let resident_kib = Tree::of(simulator.manner.pid)?.resident_kib();
            all.push(Grown { scenario, wanted, reached: remembered, figure, resident_kib });
            progress.inc(1);
            if remembered < wanted {
                break;
            }
        }
        simulator.server.kill().await?;
    }
    Ok(all)
}

/// Creates so many, or as many as there is time for, and says how many those were.
async fn fill(
    house: &House,
    simulator: &Simulator,
    missing: u64,
    patience: Duration,
) -> Result<u64> {
    if missing == 0 {
        return Ok(0);
    }
    let creates = Requests::once(simulator.creates(house, usize::try_from(missing)?)?);
    let manner = &simulator.manner;
    let load = Load {
        span: patience,
        ..Load::new(manner.address, manner.pid, CONNECTIONS, manner.created)
    };
    Ok(load.run(&creates).await?.count)
}

async fn pairs(
    house: &House,
    simulator: &Simulator,
    span: Duration,
    reached: &mut u64,
) -> Result<Figure> {
    let milliseconds = u64::try_from(span.as_millis())?;
    let count = PAIRS_MAX.saturating_mul(milliseconds).div_euclid(1000);
    let creates = Requests::once(simulator.creates(house, usize::try_from(count)?)?);
    let measured = simulator.manner.run(&creates, span).await?;
    *reached = reached.saturating_add(measured.count);
    Ok(Figure::of(&measured))
}
