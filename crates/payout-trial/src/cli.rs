//! The verbs and their help.

mod measuring;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::measuring::{BenchArgs, PeersArgs, SizesArgs};
use crate::crash::Plan;
use crate::store::Store;
use crate::sweep;
use crate::trials::Trial;

/// The binary `payout` on trial: from outside, by HTTP, signals and system calls
#[derive(Debug, Parser)]
#[command(name = "payout-trial")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Kill the service again and again under load, and audit what is left
    #[command(after_help = "Example: cargo xtask crash --store sqlite --kills 1000")]
    Crash(CrashArgs),
    /// End one payout's life at every system call by which it reaches a disk or a wire
    ///
    /// Kills the service there, lets its disk fail there, and kills its first start on an empty store.
    #[command(after_help = "Example: cargo xtask sweep --store sqlite")]
    Sweep(SweepArgs),
    /// Try one thing each: a full disk, a standstill, a clock that jumps, a second process, a proxy
    #[command(after_help = "Example: cargo xtask trials disk-full clock-back")]
    Trials(TrialsArgs),
    /// Measure what the service takes, beside what the machine can do
    #[command(after_help = "Example: cargo xtask bench --quick")]
    Bench(BenchArgs),
    /// Measure what the service takes by how much its store holds, and plot it
    #[command(after_help = "Example: cargo xtask bench --sizes --up-to 1000000")]
    Sizes(SizesArgs),
    /// Measure the service and the sandbox side by side with what people use instead
    #[command(after_help = "Example: cargo xtask bench --peers --quick")]
    Peers(PeersArgs),
    /// Show what the benches of single operations came to
    #[command(hide = true)]
    Operations {
        /// Where the library for benches has left its results
        folder: PathBuf,
        /// One JSON object instead of the table
        #[arg(long)]
        json: bool,
    },
    /// Answer every request with the same bytes, as a limit for servers
    #[command(hide = true)]
    BareHttp {
        /// Where to listen
        address: SocketAddr,
    },
}

/// What every verb takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The binary on trial [default: `payout` beside this program]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Where the service keeps its payouts
    #[arg(long, default_value = "sqlite")]
    store: StoreName,
    /// The database, for `--store postgres`
    #[arg(long, value_name = "URL", env = "PAYOUT_TRIAL_DATABASE")]
    database: Option<String>,
    /// A program that kills the database server and returns when it is there again
    #[arg(long, value_name = "FILE")]
    database_crash: Option<PathBuf>,
    /// End with one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StoreName {
    Sqlite,
    Postgres,
}

#[derive(Debug, Args)]
pub(crate) struct CrashArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How often the service is killed
    #[arg(long, default_value_t = 1000)]
    kills: u64,
    /// How many instances share the database (PostgreSQL only)
    #[arg(long, default_value_t = 1, value_name = "M")]
    instances: usize,
    /// What the moments are drawn from [default: another one each time]
    #[arg(long)]
    seed: Option<u64>,
    /// Milliseconds between two kills [default: as fast as it goes]
    #[arg(long, value_name = "MS")]
    every: Option<u64>,
    /// Kill the database server, too: once in so many kills (PostgreSQL only)
    #[arg(long, value_name = "N", requires = "database_crash")]
    database_every: Option<u64>,
    /// Seconds to wait for the end of the last payouts
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    patience: u64,
}

#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How many lives are lived side by side
    #[arg(long, default_value_t = 4, value_name = "N")]
    lanes: usize,
    /// Try only every so-many-th call
    #[arg(long, default_value_t = 1, value_name = "N")]
    stride: u32,
    /// Seconds to wait for the end of the last payouts
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    patience: u64,
}

#[derive(Debug, Args)]
pub(crate) struct TrialsArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Which trials [default: all]
    pub(crate) trials: Vec<Trial>,
}

impl SweepArgs {
    /// What is to be done.
    pub(crate) fn plan(&self) -> Result<sweep::Plan> {
        Ok(sweep::Plan {
            store: self.common.store()?,
            lanes: self.lanes.max(1),
            stride: self.stride,
            patience: Duration::from_secs(self.patience),
        })
    }
}

impl Common {
    /// The binary on trial: the one that was built together with this program, if no other is named.
    pub(crate) fn binary(&self) -> Result<PathBuf> {
        match &self.binary {
            Some(binary) => Ok(binary.clone()),
            None => Ok(std::env::current_exe()?.with_file_name("payout")),
        }
    }

    /// The store that is meant.
    pub(crate) fn store(&self) -> Result<Store> {
        match self.store {
            StoreName::Sqlite => Ok(Store::Sqlite),
            StoreName::Postgres => {
                let url = self.database.clone();
                let url = url.context("say --database URL, or use `cargo xtask crash`")?;
                Ok(Store::Postgres { url })
            }
        }
    }
}

impl CrashArgs {
    /// What is to be done.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let store = self.common.store()?;
        anyhow::ensure!(
            self.instances == 1 || store != Store::Sqlite,
            "one process at a time uses a SQLite file; say --store postgres"
        );
        Ok(Plan {
            store,
            kills: self.kills,
            instances: self.instances.max(1),
            seed: self.seed.unwrap_or_else(crate::clock::seed),
            every: self.every.map(Duration::from_millis),
            database: self.common.database_crash.clone().zip(self.database_every),
            patience: Duration::from_secs(self.patience),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
