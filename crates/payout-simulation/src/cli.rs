//! The command line.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use payout_simulation::{FaultKind, Plant, Statement, WorldOptions, run_world, run_worlds, shrink};

use crate::show;

/// Lives through worlds where everything goes wrong, and says whether what always holds has held.
#[derive(Debug, Parser)]
#[command(
    name = "payout-simulation",
    bin_name = "cargo xtask simulate",
    after_help = "Examples:\n  cargo xtask simulate --worlds 2000\n  cargo xtask simulate --seed 4\n  \
                  cargo xtask simulate --worlds 1500 --plant no-window-check"
)]
struct Cli {
    /// Live through this one world, and show what happened last
    #[arg(long, conflicts_with_all = ["worlds", "first_seed"])]
    seed: Option<u64>,
    /// How many worlds
    #[arg(long, default_value_t = 1_000)]
    worlds: u64,
    /// How many payouts in each world
    #[arg(long, default_value_t = 40)]
    payouts: u32,
    /// The seed of the first world; each further one has the next
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Plant a bug, to see whether it is found
    #[arg(long, value_name = "BUG")]
    plant: Option<Plant>,
    /// Spare the worlds a kind of fault; may be given again
    #[arg(long, value_name = "FAULT")]
    without: Vec<FaultKind>,
    /// What the auditor does not look at, to see whether a bug shows in something else; may be given
    /// again
    #[arg(long, value_name = "STATEMENT")]
    blind_to: Vec<Statement>,
    /// How many of the last things that happened are shown of a failure
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    happenings: usize,
    /// How many threads; one for each processor if not given
    #[arg(long)]
    threads: Option<usize>,
    /// End with one JSON object on stdout instead of a table
    #[arg(long)]
    json: bool,
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let without: BTreeSet<_> = cli.without.iter().copied().collect();
    let blind_to = cli.blind_to.iter().copied().collect();
    let seed = cli.seed.unwrap_or(cli.first_seed);
    let mut options = WorldOptions::new(seed, cli.payouts);
    options.plant = cli.plant;
    options.without = without;
    options.blind_to = blind_to;
    options.happenings_max = cli.happenings;
    match cli.seed {
        Some(_) => one_world(&options, cli.json),
        None => many_worlds(&cli, &options),
    }
}

fn one_world(options: &WorldOptions, json: bool) -> ExitCode {
    let report = run_world(options);
    let has_failed = !report.violations.is_empty();
    if has_failed {
        show::failure(options, &report);
    }
    if json {
        show::world_as_json(options.seed, &report);
    } else {
        show::world(options.seed, &report);
    }
    exit_code(has_failed)
}

fn many_worlds(cli: &Cli, options: &WorldOptions) -> ExitCode {
    let threads = cli.threads.unwrap_or_else(processors);
    let bar = progress_bar(cli.worlds);
    let started = Instant::now();
    let sum = run_worlds(options, cli.worlds, threads, &|| bar.inc(1));
    bar.finish_and_clear();
    let has_failed = !sum.failures.is_empty();
    if let Some((seed, report)) = sum.failures.first() {
        let failed = WorldOptions { seed: *seed, ..options.clone() };
        show::failure(&failed, report);
        eprintln!("taking faults away, one kind after the other …");
        let shrunk = shrink(&failed, report.clone());
        show::shrunk(&shrunk);
    }
    if cli.json {
        show::sum_as_json(options.seed, &sum);
    } else {
        show::sum(options.seed, &sum, started.elapsed());
    }
    exit_code(has_failed)
}

fn exit_code(has_failed: bool) -> ExitCode {
    if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A bar on stderr, which hides itself when nobody looks.
fn progress_bar(worlds: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(worlds), ProgressDrawTarget::stderr());
    let template = "{bar:30} {pos}/{len} worlds, {per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_planted_bug_and_every_fault_can_be_named() {
        for plant in Plant::ALL {
            let cli = Cli::try_parse_from(["x", "--plant", plant.as_str()]);

            assert_eq!(cli.expect("the name is known").plant, Some(plant));
        }
        for kind in FaultKind::ALL {
            let cli = Cli::try_parse_from(["x", "--without", kind.as_str()]);

            assert_eq!(cli.expect("the name is known").without, [*kind]);
        }
    }
}
