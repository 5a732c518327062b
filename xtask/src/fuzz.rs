//! `cargo xtask fuzz`: the targets of `payout-fuzz` fed by libFuzzer.
//!
//! The programs are built by the stable compiler with the flags that `cargo fuzz` gives it, without a
//! sanitizer: unsafe code is forbidden in this workspace, so there is little for one to find.

mod counts;
mod outcome;

use crate::debian;
use crate::process::{self, workspace_root};
use crate::verdict::Verdict;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use counts::Counts;
use outcome::Outcome;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

/// What makes a program tell libFuzzer where it has been and what it has compared.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What we and others write: every target begins with it.
const GOLDENS: [&str; 4] = [
    "crates/payout-wire/tests/golden",
    "crates/payout-signature/tests/keys",
    "crates/payout-signature/tests/vectors",
    "crates/payout-signature/tests/forgeries",
];

/// How many executions are counted at a time: what is interrupted loses no more than these.
const AT_A_TIME: u64 = 10_000_000;

/// The longest input, in bytes.
const INPUT_LEN_MAX: u32 = 4096;

/// Which targets, and for how long.
#[derive(Debug, Args)]
pub(crate) struct FuzzArguments {
    /// Only this target; may be given several times
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// Feed each target for so many seconds
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u32,
    /// Feed each target until all runs together have made so many executions of it
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    until: Option<u64>,
    /// How many targets are fed at once
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// What chance begins from [default: another one each time]
    #[arg(long)]
    seed: Option<u32>,
}

/// Builds the programs and runs them; what makes one of them stop fails the run and is kept.
pub(crate) fn run(arguments: &FuzzArguments) -> Result<Verdict> {
    debian::need("g++", &["g++"])?;
    let targets = chosen(&arguments.target, &targets()?)?;
    let stage = Stage::build(&targets)?;
    let counts = Mutex::new(Counts::open(&stage.folder.join("executions.txt"))?);
    let waiting = Mutex::new(targets.into_iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs.max(1) {
            scope.spawn(|| {
                while let Some(target) = next(&waiting) {
                    if let Err(error) = stage.feed(&target, arguments, &counts) {
                        println!("fuzz: {target}: {error:#}");
                        locked(&failed).push(target);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("fuzz: {}", locked(&counts).read()?);
    Ok(Verdict::passed_if(failed.is_empty()))
}

/// Where everything lies.
struct Stage {
    /// Corpora, counts and what was found.
    folder: PathBuf,
    programs: PathBuf,
}

impl Stage {
    fn build(targets: &[String]) -> Result<Self> {
        let folder = process::target_folder()?.join("fuzz");
        // A build that names its machine gives no flags to what only runs while it builds.
        let triple = process::host()?;
        let mut build = process::cargo(&["build", "--release", "--locked", "--target", &triple]);
        build
            .args(["--manifest-path", "fuzz/Cargo.toml", "--target-dir"])
            .arg(folder.join("build"));
        for target in targets {
            build.args(["--bin", target]);
        }
        build.env("RUSTFLAGS", FLAGS).env("CARGO_INCREMENTAL", "0");
        process::announce("the targets", &build);
        ensure!(process::run(&mut build)? == Verdict::Passed, "the targets do not build");
        let programs = folder.join("build").join(triple).join("release");
        Ok(Self { folder, programs })
    }

    /// Feeds one target as long as was asked for.
    fn feed(&self, target: &str, arguments: &FuzzArguments, counts: &Mutex<Counts>) -> Result<()> {
        let Some(until) = arguments.until else {
            let span = format!("-max_total_time={}", arguments.seconds);
            return self.feed_once(target, &span, arguments.seed, counts);
        };
        let mut seed = arguments.seed;
        loop {
            let missing = until.saturating_sub(locked(counts).read()?.of(target));
            if missing == 0 {
                return Ok(());
            }
            let span = format!("-runs={}", missing.min(AT_A_TIME));
            self.feed_once(target, &span, seed, counts)?;
            seed = seed.map(|seed| seed.wrapping_add(1));
        }
    }

    fn feed_once(
        &self,
        target: &str,
        span: &str,
        seed: Option<u32>,
        counts: &Mutex<Counts>,
    ) -> Result<()> {
        let mut command = self.command(target, span, seed)?;
        let output = command.output().with_context(|| format!("cannot start `{target}`"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("it stopped, {}:\n{}", output.status, outcome::last_words(&said));
        }
        let outcome = Outcome::read(&said).context("libFuzzer said nothing of what it did")?;
        let mut counts = locked(counts);
        let all = counts.add(target, outcome.executions)?;
        println!("fuzz: {target}: {outcome}, {all} in all");
        Ok(())
    }

    fn command(&self, target: &str, span: &str, seed: Option<u32>) -> Result<Command> {
        let corpus = self.folder.join("corpus").join(target);
        let found = self.folder.join("found");
        for folder in [&corpus, &found] {
            std::fs::create_dir_all(folder)?;
        }
        let mut command = Command::new(self.programs.join(target));
        command.arg(span).arg(format!("-max_len={INPUT_LEN_MAX}")).arg("-print_final_stats=1");
        command.arg(format!("-artifact_prefix={}/{target}-", found.display()));
        command.args(["-timeout=10", "-rss_limit_mb=2048"]);
        command.args(seed.map(|seed| format!("-seed={seed}")));
        // What is new is kept in the first folder; the others are only read.
        command.arg(corpus).args(inputs(target)).env("RUST_BACKTRACE", "1");
        Ok(command)
    }
}

/// The folders with which a target begins.
fn inputs(target: &str) -> Vec<PathBuf> {
    let root = workspace_root();
    let own = ["seeds", "found"].map(|kind| root.join("fuzz").join(kind).join(target));
    let goldens = GOLDENS.iter().map(|folder| root.join(folder));
    own.into_iter().chain(goldens).filter(|folder| folder.is_dir()).collect()
}

/// The names of all targets: those of their programs.
fn targets() -> Result<Vec<String>> {
    let folder = workspace_root().join("fuzz/fuzz_targets");
    let mut targets = Vec::new();
    for file in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = file?.path();
        targets.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    targets.sort();
    Ok(targets)
}

/// Those that were asked for, or all.
fn chosen(wanted: &[String], targets: &[String]) -> Result<Vec<String>> {
    for name in wanted {
        let there = targets.join(", ");
        ensure!(targets.contains(name), "there is no target `{name}`; there are {there}");
    }
    Ok(if wanted.is_empty() { targets } else { wanted }.to_vec())
}

fn next(waiting: &Mutex<impl Iterator<Item = String>>) -> Option<String> {
    locked(waiting).next()
}

fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_targets_and_each_begins_with_the_goldens() {
        let targets = targets().expect("the folder is there");

        assert!(targets.len() >= 8, "{targets:?}");
        for target in &targets {
            assert!(inputs(target).len() >= GOLDENS.len(), "{target}");
        }
    }

    #[test]
    fn a_target_that_is_not_there_is_refused_with_those_that_are() {
        let there = ["text".to_owned(), "timestamp".to_owned()];

        let error = chosen(&["texts".to_owned()], &there).expect_err("it is not there");

        assert_eq!(error.to_string(), "there is no target `texts`; there are text, timestamp");
        assert_eq!(chosen(&[], &there).expect("all are there"), there);
        assert_eq!(chosen(&there[1..], &there).expect("it is there"), there[1..]);
    }
}
