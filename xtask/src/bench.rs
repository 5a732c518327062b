//! `cargo xtask bench`: the binary beside what the machine can do.

mod peers;

use crate::postgres::Cluster;
use crate::process;
use crate::verdict::Verdict;
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// How long everything is looked at.
#[derive(Debug, Args)]
pub(crate) struct BenchArguments {
    /// Fewer and shorter rounds: under two minutes once everything is built
    #[arg(long)]
    quick: bool,
    /// How often everything is measured [default: 7, quick: 3; with --peers: 3, quick: 1]
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Only this part, for whoever looks into one thing: create, create-postgres, create-by-tables,
    /// create-slowly, forgery, create-unverified, read, dispatch; may be given several times
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Side by side with what people use instead: simulators of providers, and queues on PostgreSQL
    ///
    /// Installs them from npm and `PyPI` below `target/peers`; needs Node.js 20, npm and Python. One of
    /// them, localstripe, overwrites what it has kept of itself on this machine.
    #[arg(long, conflicts_with = "only")]
    peers: bool,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// What a build is told that is to be measured without its look at signatures. No feature does this, so
/// that no binary loses its walls by a word in a manifest.
const UNVERIFIED: &str = "--cfg payout_unverified";

/// Builds the binary, once as it is and once without its look at signatures, and measures both.
pub(crate) fn run(arguments: &BenchArguments) -> Result<Verdict> {
    let mut build = process::cargo(&["build", "--release", "--bins", "--quiet"]);
    build.args(["--package", "app", "--package", "payout-trial"]).stdout(std::io::stderr());
    if process::run(&mut build)? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    let Some(unverified) = build_unverified()? else { return Ok(Verdict::Failed) };
    let target = process::target_folder()?;
    let installed = target.join("peers");
    if arguments.peers {
        peers::install(&installed)?;
    }
    let cluster = Cluster::start()?;
    let mut bench = Command::new(target.join("release/payout-trial"));
    bench.arg(if arguments.peers { "peers" } else { "bench" });
    if arguments.peers {
        bench.arg("--installed").arg(installed);
    }
    let (rounds, span) = arguments.length();
    bench.args(["--rounds", &rounds.to_string(), "--span", span, "--database", cluster.url()]);
    bench.arg("--unverified").arg(unverified).current_dir(process::workspace_root());
    for part in &arguments.only {
        bench.args(["--only", part]);
    }
    if arguments.json {
        bench.arg("--json");
    }
    let verdict = process::run(&mut bench);
    cluster.stop()?;
    verdict
}

impl BenchArguments {
    /// How many rounds, and how long each thing is looked at in one, in milliseconds.
    fn length(&self) -> (usize, &'static str) {
        let (rounds, span) = match (self.quick, self.peers) {
            (false, false) => (7, "2000"),
            (true, false) => (3, "500"),
            (false, true) => (3, "2000"),
            (true, true) => (1, "500"),
        };
        (self.rounds.unwrap_or(rounds), span)
    }
}

/// Where the binary lies that looks at no signature; `None` if it cannot be built.
fn build_unverified() -> Result<Option<PathBuf>> {
    let folder = process::target_folder()?.join("unverified");
    let mut build = process::cargo(&["build", "--release", "--quiet", "--package", "app"]);
    build.arg("--target-dir").arg(&folder).env("RUSTFLAGS", UNVERIFIED);
    build.stdout(std::io::stderr());
    let verdict =
        process::run(&mut build).context("the binary to be measured without its walls")?;
    Ok((verdict == Verdict::Passed).then(|| folder.join("release/payout")))
}
