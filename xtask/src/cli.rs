//! The verbs and their help.

use crate::verdict::Verdict;
use crate::{
    attack, bench, bless, ci, conform, cross_check, deny, dist, fuzz, lint, mutants, postgres,
    simulate, test, tidy, trial,
};
use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

/// Reads the command line and does what it says.
pub(crate) fn run() -> Result<Verdict> {
    let Some(verb) = Cli::parse().verb else {
        Cli::command().print_help()?;
        return Ok(Verdict::Passed);
    };
    match verb {
        Verb::Test { filter, package } => test::run(&test::Selection { filter, package }),
        Verb::Lint => lint::run(),
        Verb::Tidy => tidy::run(),
        Verb::Bless => bless::run(),
        Verb::Ci => Ok(ci::run()),
        Verb::Postgres => postgres::run(),
        Verb::Attack(arguments) => attack::run(&arguments),
        Verb::Bench(arguments) => bench::run(&arguments),
        Verb::Crash(arguments) => trial::crash(&arguments),
        Verb::Deny { advisories } => deny::run(advisories),
        Verb::Dist => dist::run(),
        Verb::Fuzz(arguments) => fuzz::run(&arguments),
        Verb::Simulate { arguments } => simulate::run(&arguments),
        Verb::Mutants { only, json } => mutants::run(only.as_deref(), json),
        Verb::Sweep(arguments) => trial::sweep(&arguments),
        Verb::Trials(arguments) => trial::trials(&arguments),
        Verb::Conform(arguments) => conform::run(&arguments),
        Verb::CrossCheck { peers_only } => cross_check::run(peers_only),
    }
}

/// The names of all verbs, for whoever checks that a document names a real one.
pub(crate) fn verbs() -> Vec<String> {
    let verbs = Cli::command();
    verbs.get_subcommands().map(|verb| verb.get_name().to_owned()).collect()
}

/// All automation of this workspace.
#[derive(Debug, Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    after_help = "Start with `cargo xtask test`: it proves the project and needs no set-up."
)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run everything that proves the project: unit, property, conformance, end-to-end, doc tests
    ///
    /// The last line is `N passed, M failed`. A skipped test counts as failed, and so does a step
    /// that broke before it could count. A run without a single test fails.
    #[command(after_help = "Example: cargo xtask test --package payout-domain --filter iban")]
    Test {
        /// Run only tests whose name contains this
        #[arg(long, value_name = "NAME")]
        filter: Option<String>,
        /// Run only the tests of this crate
        #[arg(long, value_name = "CRATE")]
        package: Option<String>,
    },
    /// Check the formatting, the lints and the documentation, with every warning an error
    #[command(after_help = "Example: cargo xtask lint")]
    Lint,
    /// Hold the map against reality: arrows, owned libraries, sizes, words, links, decisions
    #[command(after_help = "Example: cargo xtask tidy")]
    Tidy,
    /// Rewrite the golden files from what the code does now, and show what changed
    #[command(after_help = "Example: cargo xtask bless && git diff")]
    Bless,
    /// Lint, tidy and test, all three even when one fails
    #[command(after_help = "Example: cargo xtask ci")]
    Ci,
    /// Start a PostgreSQL server for the tests of one crate, and throw it away at Ctrl-C
    ///
    /// `cargo xtask test` starts one by itself. The programs are looked for in `$PAYOUT_PG_BIN`, the
    /// path and Debian's folders.
    #[command(after_help = "Example: cargo xtask postgres")]
    Postgres,
    /// Try forgeries and invalid requests made by chance, as many as one likes
    ///
    /// A test run tries a few thousand of each. One that gets in fails the run, and is shown.
    #[command(
        after_help = "Example: cargo xtask attack --forgeries 10000000 --requests 100000 --seed 7"
    )]
    Attack(attack::AttackArguments),
    /// Measure what the service takes, beside what the machine can do in the same minutes
    ///
    /// Builds the binary for release, and once more without its look at signatures. Says for each goal
    /// whether its ratio was met; absolute figures stand beside them for orientation.
    #[command(
        after_help = "Examples: cargo xtask bench --quick --json\n          cargo xtask bench --peers --quick\n          cargo xtask bench --sizes --up-to 1000000\n          cargo xtask bench --operations\n          cargo xtask bench --instructions"
    )]
    Bench(bench::BenchArguments),
    /// Kill the service under load, again and again, and audit it against the provider's own book
    ///
    /// Builds the binary for release. Ends with what was lost, paid twice or told wrongly: nothing, or
    /// this fails and says the seed.
    #[command(after_help = "Example: cargo xtask crash --store sqlite --kills 5000 --json")]
    Crash(trial::CrashArguments),
    /// Hold all dependencies against the rules of `deny.toml`: licences, sources, what is banned
    ///
    /// Installs cargo-deny below `target/tools`.
    #[command(after_help = "Example: cargo xtask deny --advisories")]
    Deny {
        /// Look up known vulnerabilities as well, for which the internet is needed
        #[arg(long)]
        advisories: bool,
    },
    /// Make what is given away: an archive with the binary, its list of parts, and checksums
    ///
    /// Everything lies in `target/dist` and is made from the last commit: the same commit and compiler
    /// give the same bytes.
    #[command(
        after_help = "Example: cargo xtask dist && (cd target/dist && sha256sum -c SHA256SUMS)"
    )]
    Dist,
    /// Feed every parser of bytes from outside with whatever reaches new code
    ///
    /// Built for libFuzzer by the stable compiler; needs a C++ compiler. What makes a parser break its
    /// word fails the run and is kept below `target/fuzz/found`; so are the corpora and the counts of all
    /// runs.
    #[command(
        after_help = "Examples: cargo xtask fuzz --seconds 10\n          cargo xtask fuzz --target payout_order --until 100000000"
    )]
    Fuzz(fuzz::FuzzArguments),
    /// Live through worlds where everything goes wrong, each of which follows from a seed
    ///
    /// What follows is handed on to the simulation; `cargo xtask simulate -- --help` shows what it
    /// understands.
    #[command(
        after_help = "Example: cargo xtask simulate --worlds 2000 --payouts 40\n         cargo xtask simulate --seed 4"
    )]
    Simulate {
        /// What to simulate
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
        arguments: Vec<String>,
    },
    /// Change the core one place at a time, and see whether its tests notice
    ///
    /// Installs cargo-mutants below `target/tools`. A mutant that no test notices fails the run.
    #[command(after_help = "Example: cargo xtask mutants --only send_rule --json")]
    Mutants {
        /// Only mutants whose file, place or change matches this
        #[arg(long, value_name = "REGEX")]
        only: Option<String>,
        /// End with one JSON object
        #[arg(long)]
        json: bool,
    },
    /// End one payout's life at every system call by which it reaches a disk or a wire
    ///
    /// Kills the service there, lets its disk fail there, and kills its first start on an empty store.
    #[command(after_help = "Example: cargo xtask sweep --store sqlite")]
    Sweep(trial::SweepArguments),
    /// Try the binary with a full disk, a standstill, a clock that jumps, a second process, a proxy
    #[command(after_help = "Example: cargo xtask trials disk-full clock-back")]
    Trials(trial::TrialsArguments),
    /// Try both servers with whatever their own documents say can be sent, and with what they say cannot
    ///
    /// Installs schemathesis below `target/conform`, starts a sandbox and a service in front of it, and
    /// holds every answer against `/openapi.json`.
    #[command(after_help = "Example: cargo xtask conform --examples 200 --seed 4")]
    Conform(conform::ConformArguments),
    /// Sign and verify against the provider's own Python and Node packages, both ways
    ///
    /// Installs the newest `truelayer-signing` of `PyPI` and npm below `target/cross-check`.
    #[command(after_help = "Example: cargo xtask cross-check")]
    CrossCheck {
        /// Try only the two packages against each other, without our binary
        #[arg(long)]
        peers_only: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_shows_an_example_of_itself() {
        for verb in Cli::command().get_subcommands() {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();

            assert!(help.contains(&format!("cargo xtask {}", verb.get_name())), "{help}");
        }
    }

    #[test]
    fn without_a_verb_there_is_help_and_no_error() {
        assert!(Cli::parse_from(["xtask"]).verb.is_none());
    }
}
