//! The verbs that measure.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum as _};

use super::Common;
use crate::store::Store;
use crate::{bench, peers, sizes};

/// How the service is measured beside the machine.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The binary without its look at signatures [default: that scenario is left out]
    #[arg(long, value_name = "FILE")]
    unverified: Option<PathBuf>,
    /// How often everything is measured
    #[arg(long, default_value_t = 5, value_name = "N")]
    rounds: usize,
    /// Only this part; may be given several times [default: all]
    #[arg(long, value_name = "PART")]
    only: Vec<bench::Part>,
    /// How long each thing is looked at in a round, in milliseconds
    #[arg(long, default_value_t = 2000, value_name = "MS")]
    span: u64,
    /// In how many of the rounds slow parts are measured: webhooks, reconcile, recover, instances
    /// [default: all]
    #[arg(long, value_name = "N")]
    slow_rounds: Option<usize>,
}

/// How it is measured by size.
#[derive(Debug, Args)]
pub(crate) struct SizesArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The most payouts that a store holds; the sizes are none, 10,000, and ten times as many each time
    #[arg(long, default_value_t = 10_000_000, value_name = "N")]
    up_to: u64,
    /// How often everything is measured
    #[arg(long, default_value_t = 5, value_name = "N")]
    rounds: usize,
    /// How long each thing is looked at in a round, in milliseconds
    #[arg(long, default_value_t = 2000, value_name = "MS")]
    span: u64,
    /// Where the plots are written [default: nowhere]
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// What is measured, such as a commit; the plots say it
    #[arg(long, value_name = "TEXT")]
    of: Option<String>,
}

/// How it is measured beside what people use instead.
#[derive(Debug, Args)]
pub(crate) struct PeersArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The binary without its look at signatures
    #[arg(long, value_name = "FILE")]
    unverified: PathBuf,
    /// Where the peers are installed, below `node` and `python`
    #[arg(long, value_name = "DIR")]
    installed: PathBuf,
    /// How often everything is measured
    #[arg(long, default_value_t = 3, value_name = "N")]
    rounds: usize,
    /// How long each thing is looked at in a round, in milliseconds
    #[arg(long, default_value_t = 2000, value_name = "MS")]
    span: u64,
}

impl BenchArgs {
    fn parts(&self) -> Vec<bench::Part> {
        let all = bench::Part::value_variants();
        if self.only.is_empty() { all.to_vec() } else { self.only.clone() }
    }

    /// What is to be done.
    pub(crate) fn plan(&self) -> Result<bench::Plan> {
        Ok(bench::Plan {
            binary: self.common.binary()?,
            unverified: self.unverified.clone(),
            database: self.common.database.clone(),
            rounds: self.rounds.max(1),
            parts: self.parts(),
            span: Duration::from_millis(self.span.max(100)),
            slow_rounds: self.slow_rounds.unwrap_or(usize::MAX),
        })
    }
}

impl SizesArgs {
    /// What is to be done.
    pub(crate) fn plan(&self) -> Result<sizes::Plan> {
        ensure!(
            self.common.store()? == Store::Sqlite,
            "only the store in a file can be filled up so far; say --store sqlite"
        );
        Ok(sizes::Plan {
            binary: self.common.binary()?,
            up_to: self.up_to,
            rounds: self.rounds.max(1),
            span: Duration::from_millis(self.span.max(100)),
            plots: self.plots.clone(),
            of: self.of.clone(),
        })
    }
}

impl PeersArgs {
    /// What is to be done.
    pub(crate) fn plan(&self) -> Result<peers::Plan> {
        let database = self.common.database.clone();
        Ok(peers::Plan {
            binary: self.common.binary()?,
            unverified: self.unverified.clone(),
            installed: self.installed.clone(),
            database: database.context("say --database URL, or use `cargo xtask bench --peers`")?,
            rounds: self.rounds.max(1),
            span: Duration::from_millis(self.span.max(100)),
        })
    }
}
