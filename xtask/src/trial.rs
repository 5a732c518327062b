//! `cargo xtask crash`: the binary on trial.

use crate::debian;
use crate::postgres::Cluster;
use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::process::Command;

/// How long and how hard the service is killed.
#[derive(Debug, Args)]
pub(crate) struct CrashArguments {
    #[command(flatten)]
    common: Common,
    /// How often the service is killed
    #[arg(long, default_value_t = 1000)]
    kills: u64,
    /// How many instances share the database (PostgreSQL only)
    #[arg(long, default_value_t = 1, value_name = "M")]
    instances: u64,
    /// What the moments are drawn from [default: another one each time]
    #[arg(long)]
    seed: Option<u64>,
    /// Milliseconds between two kills [default: as fast as it goes]
    #[arg(long, value_name = "MS")]
    every: Option<u64>,
    /// Kill the database server, too: once in so many kills (PostgreSQL only)
    #[arg(long, value_name = "N")]
    database_every: Option<u64>,
}

/// How thoroughly a payout's life is swept.
#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    #[command(flatten)]
    common: Common,
    /// Try only every so-many-th system call
    #[arg(long, default_value_t = 1, value_name = "N")]
    stride: u32,
}

/// Which trials are held.
#[derive(Debug, Args)]
pub(crate) struct TrialsArguments {
    #[command(flatten)]
    common: Common,
    /// disk-full, stall, clock-back, clock-forth, second-process, proxy, crowd [default: all]
    trials: Vec<String>,
}

/// What every trial takes.
#[derive(Debug, Args)]
struct Common {
    /// Where the service keeps its payouts
    #[arg(long, default_value = "sqlite")]
    store: Store,
    /// End with one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
}

/// Kills the service under load and audits it.
pub(crate) fn crash(arguments: &CrashArguments) -> Result<Verdict> {
    let mut words = vec![
        "--kills".to_owned(),
        arguments.kills.to_string(),
        "--instances".to_owned(),
        arguments.instances.to_string(),
    ];
    let options = [
        ("--seed", arguments.seed),
        ("--every", arguments.every),
        ("--database-every", arguments.database_every),
    ];
    for (name, value) in options {
        words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value.to_string()]));
    }
    run("crash", &arguments.common, &words)
}

/// Ends a payout's life at every system call.
pub(crate) fn sweep(arguments: &SweepArguments) -> Result<Verdict> {
    debian::need_tracers()?;
    let words = ["--stride".to_owned(), arguments.stride.to_string()];
    run("sweep", &arguments.common, &words)
}

/// Tries one thing each.
pub(crate) fn trials(arguments: &TrialsArguments) -> Result<Verdict> {
    debian::need_tracers()?;
    run("trials", &arguments.common, &arguments.trials)
}

/// Builds the binary and its trial, and runs one verb of the trial.
fn run(verb: &str, common: &Common, words: &[String]) -> Result<Verdict> {
    let packages = ["--package", "app", "--package", "payout-trial"];
    let mut build = process::cargo(&["build", "--release", "--bins"]);
    build.args(packages);
    process::announce("the binary and its trial", &build);
    if process::run(&mut build)? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    // What was built is run: `cargo run` would build it once more, because it would unite the features
    // of other packages.
    let mut trial = Command::new(process::target_folder()?.join("release/payout-trial"));
    trial.arg(verb).args(words).current_dir(process::workspace_root());
    if common.json {
        trial.arg("--json");
    }
    match common.store {
        Store::Sqlite => judge(trial.args(["--store", "sqlite"])),
        Store::Postgres => {
            let cluster = Cluster::start()?;
            trial.args(["--store", "postgres", "--database", cluster.url()]);
            trial.arg("--database-crash").arg(cluster.crash_program());
            let verdict = judge(&mut trial);
            cluster.stop()?;
            verdict
        }
    }
}

fn judge(trial: &mut Command) -> Result<Verdict> {
    process::announce("the trial", trial);
    process::run(trial)
}
