//! `cargo xtask simulate`: worlds where everything goes wrong.

use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;
use std::process::Command;

/// Runs the simulation with what follows on the command line. It is built as a release: a slow world
/// is worth little.
pub(crate) fn run(arguments: &[String]) -> Result<Verdict> {
    process::run(&mut simulation(arguments))
}

/// The simulation with these arguments.
pub(crate) fn simulation(arguments: &[String]) -> Command {
    let mut command =
        process::cargo(&["run", "--quiet", "--release", "--package", "payout-simulation", "--"]);
    command.args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_handed_on_as_it_is() {
        let words = ["--worlds", "3", "--help"].map(str::to_owned);

        let line = process::describe(&simulation(&words));

        assert!(line.ends_with("--package payout-simulation -- --worlds 3 --help"), "{line}");
    }
}
