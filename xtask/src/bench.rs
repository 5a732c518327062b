//! `cargo xtask bench`: the binary beside what the machine can do.

mod instructions;
mod operations;
mod peers;
mod simulation;
mod sizes;

use self::sizes::SizesArguments;
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
    /// How often everything is measured [default: 7, quick: 3; with --sizes: 5, 3; with --peers: 3, 1]
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Only this part, for whoever looks into one thing: create, create-postgres, create-by-tables,
    /// create-slowly, forgery, create-unverified, read, dispatch, webhook-in, webhook-out, reconcile,
    /// recover, instances; may be given several times
    #[arg(long, value_name = "PART", conflicts_with = "Instead")]
    only: Vec<String>,
    #[command(flatten)]
    instead: Instead,
    #[command(flatten)]
    sizes: SizesArguments,
    /// Write the counts of instructions down
    #[arg(long, requires = "instructions")]
    bless: bool,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// How it is measured.
#[derive(Clone, Copy, Debug)]
struct Length {
    is_quick: bool,
    is_json: bool,
    /// How often; `None` for as often as is usual.
    rounds: Option<usize>,
}

/// What is measured instead of the service.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag, and they exclude each other")]
struct Instead {
    /// Side by side with what people use instead: simulators of providers, and queues on PostgreSQL
    ///
    /// Installs them from npm and `PyPI` below `target/peers`; needs Node.js 20, npm and Python. One of
    /// them, localstripe, overwrites what it has kept of itself on this machine.
    #[arg(long)]
    peers: bool,
    /// Measure cost against size instead: stores of none up to 10 million payouts, with plots in docs/plots
    ///
    /// It takes the better part of an hour and some 25 GB of disk. With --quick it goes up to 100,000
    /// payouts, and the plots go to target/plots.
    #[arg(long)]
    sizes: bool,
    /// Measure single operations instead: of the domain, of bodies, of signatures
    #[arg(long, conflicts_with = "rounds")]
    operations: bool,
    /// Count the instructions of the paths that every payout takes instead; it fails if they are more or
    /// less than is written down by 3 of a hundred
    #[arg(long, conflicts_with_all = ["quick", "rounds"])]
    instructions: bool,
    /// Measure how many payouts a second the simulation lives through instead
    #[arg(long, conflicts_with = "rounds")]
    simulation: bool,
}

/// What a build is told that is to be measured without its look at signatures. No feature does this, so
/// that no binary loses its walls by a word in a manifest.
const UNVERIFIED: &str = "--cfg payout_unverified";

/// Measures what is asked for.
pub(crate) fn run(arguments: &BenchArguments) -> Result<Verdict> {
    let BenchArguments { quick, json, rounds, instead, .. } = *arguments;
    let length = Length { is_quick: quick, is_json: json, rounds };
    if instead.peers {
        return peers::run(length);
    }
    if instead.sizes {
        return sizes::run(&arguments.sizes, length);
    }
    if instead.operations {
        return operations::run(quick, json);
    }
    if instead.instructions {
        return instructions::run(arguments.bless, json);
    }
    if instead.simulation {
        return simulation::run(quick, json);
    }
    services(length, &arguments.only)
}

/// Builds the binary, once as it is and once without its look at signatures, and measures both.
fn services(length: Length, only: &[String]) -> Result<Verdict> {
    if build()? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    let Some(unverified) = build_unverified()? else { return Ok(Verdict::Failed) };
    let cluster = Cluster::start()?;
    let mut bench = Command::new(process::target_folder()?.join("release/payout-trial"));
    let (rounds, span) = if length.is_quick { (3, "500") } else { (7, "2000") };
    let rounds = length.rounds.unwrap_or(rounds).to_string();
    bench.args(["bench", "--rounds", &rounds, "--span", span, "--database", cluster.url()]);
    if length.is_quick {
        bench.args(["--slow-rounds", "1"]);
    }
    bench.arg("--unverified").arg(unverified).current_dir(process::workspace_root());
    for part in only {
        bench.args(["--only", part]);
    }
    if length.is_json {
        bench.arg("--json");
    }
    let verdict = process::run(&mut bench);
    cluster.stop()?;
    verdict
}

/// Builds the binary, and the program that measures it.
fn build() -> Result<Verdict> {
    let mut build = process::cargo(&["build", "--release", "--bins", "--quiet"]);
    build.args(["--package", "app", "--package", "payout-trial"]).stdout(std::io::stderr());
    process::run(&mut build)
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: BenchArguments,
    }

    fn is_understood(line: &str) -> bool {
        Line::try_parse_from(std::iter::once("bench").chain(line.split(' '))).is_ok()
    }

    #[test]
    fn only_one_thing_is_measured_instead_of_the_service() {
        for one in INSTEAD {
            assert!(is_understood(one), "{one}");
            assert!(!is_understood(&format!("{one} --only create")), "{one}");
            for other in INSTEAD {
                assert!(!is_understood(&format!("{one} {other}")), "{one} {other}");
            }
        }
    }

    #[test]
    fn what_belongs_to_one_thing_is_refused_without_it() {
        for line in ["--bless", "--up-to 10000", "--plots somewhere"] {
            assert!(!is_understood(line), "{line}");
        }
        assert!(is_understood("--sizes --up-to 10000 --plots somewhere --rounds 1 --quick --json"));
        assert!(is_understood("--quick --rounds 1 --only create --only read"));
    }

    const INSTEAD: [&str; 5] =
        ["--peers", "--sizes", "--operations", "--instructions", "--simulation"];
}
