//! `cargo xtask bench`: the binary beside what the machine can do.

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
    /// How often everything is measured [default: 7, quick: 3]
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Only this part, for whoever looks into one thing: create, create-postgres, create-by-tables,
    /// create-slowly, forgery, create-unverified, read, dispatch; may be given several times
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Measure cost against size instead: stores of none up to 10 million payouts, with plots in docs/plots
    ///
    /// It takes the better part of an hour and some 25 GB of disk. With --quick it goes up to 100,000
    /// payouts, and the plots go to target/plots.
    #[arg(long, conflicts_with = "only")]
    sizes: bool,
    /// The most payouts that a store holds [default: 10000000, quick: 100000]
    #[arg(long, value_name = "N", requires = "sizes")]
    up_to: Option<u64>,
    /// Where the plots are written [default: docs/plots, quick: target/plots]
    #[arg(long, value_name = "DIR", requires = "sizes")]
    plots: Option<PathBuf>,
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
    if arguments.sizes {
        return sizes(arguments);
    }
    let Some(unverified) = build_unverified()? else { return Ok(Verdict::Failed) };
    let cluster = Cluster::start()?;
    let mut bench = Command::new(process::target_folder()?.join("release/payout-trial"));
    let (rounds, span) = if arguments.quick { (3, "500") } else { (7, "2000") };
    let rounds = arguments.rounds.unwrap_or(rounds).to_string();
    bench.args(["bench", "--rounds", &rounds, "--span", span, "--database", cluster.url()]);
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

/// Measures the binary by how much its store holds.
fn sizes(arguments: &BenchArguments) -> Result<Verdict> {
    let folder = process::target_folder()?;
    let (rounds, span, up_to, plots) = if arguments.quick {
        (3, "500", 100_000, folder.join("plots"))
    } else {
        (5, "2000", 10_000_000, process::workspace_root().join("docs/plots"))
    };
    let rounds = arguments.rounds.unwrap_or(rounds).to_string();
    let up_to = arguments.up_to.unwrap_or(up_to).to_string();
    let mut sizes = Command::new(folder.join("release/payout-trial"));
    sizes.args(["sizes", "--rounds", &rounds, "--span", span, "--up-to", &up_to]);
    sizes.arg("--plots").arg(arguments.plots.as_ref().unwrap_or(&plots));
    if let Some(commit) = commit()? {
        sizes.args(["--of", &commit]);
    }
    if arguments.json {
        sizes.arg("--json");
    }
    process::run(sizes.current_dir(process::workspace_root()))
}

/// The commit that is measured; `None` where there is no repository.
fn commit() -> Result<Option<String>> {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty"]).current_dir(process::workspace_root());
    let said = git.output().context("git cannot be started")?;
    let text = String::from_utf8(said.stdout)?.trim().to_owned();
    Ok((said.status.success() && !text.is_empty()).then_some(text))
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
