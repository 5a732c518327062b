//! Ours side by side with what people use instead, in the same minutes.
//!
//! Simulators of a provider are asked for pairs of create and get, queues on `PostgreSQL` for jobs that
//! are accepted and done. Each is started anew in every round, ours and theirs in turns.

mod names;
mod tree;
mod house;
mod pair;
mod simulator;
mod queue;
mod round;
mod growth;
mod report;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::ProgressBar;

use self::house::{House, Setup};
use self::queue::Pgbench;
pub(crate) use self::report::Report;
use self::round::{Round, Taken};

/// How it is run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) binary: PathBuf,
    /// The same without its look at signatures.
    pub(crate) unverified: PathBuf,
    /// Where the peers are installed.
    pub(crate) installed: PathBuf,
    /// A `PostgreSQL` server.
    pub(crate) database: String,
    pub(crate) rounds: usize,
    /// How long each thing is looked at in a round.
    pub(crate) span: Duration,
}

/// What is measured in a round, and beside what is remembered.
const STEPS: u64 = 11;
const GROWTH_STEPS: u64 = 6;

/// How long a simulator is filled before it is looked at, for each second that things are looked at.
const PATIENCE: u32 = 30;

/// Measures everything, round after round, and at last what becomes of those that remember.
pub(crate) async fn run(plan: &Plan) -> Result<Report> {
    let setup = Setup {
        binary: plan.binary.clone(),
        unverified: whole(&plan.unverified)?,
        installed: whole(&plan.installed)?,
        database: plan.database.clone(),
    };
    let house = House::open(&setup).await?;
    let pgbench = Pgbench::fill(&house).await?;
    let mut taken = Taken::default();
    let rounds = u64::try_from(plan.rounds)?;
    let progress = ProgressBar::new(rounds.saturating_mul(STEPS).saturating_add(GROWTH_STEPS));
    for number in 0..plan.rounds {
        let (house, pgbench, progress) = (&house, &pgbench, &progress);
        let taken = &mut taken;
        Round { house, pgbench, taken, progress, number, span: plan.span }.run().await?;
    }
    let patience = plan.span.saturating_mul(PATIENCE);
    let growth = growth::run(&house, plan.span, patience, &progress).await?;
    progress.finish_and_clear();
    Ok(Report { taken, rounds: plan.rounds, growth })
}

/// A path that also leads there from another folder.
fn whole(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| path.display().to_string())
}
