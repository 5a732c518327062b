//! All automation: tests, lints, the map, goldens and CI.
//!
//! Nothing here is part of the product. Whatever a person or a machine runs on this workspace is a
//! verb of this program, so that a shell script never grows logic of its own.

#![allow(clippy::print_stdout, reason = "a task runner talks to the person who started it")]

mod attack;
mod cli;
mod test;
mod deny;
mod dist;
mod fuzz;
mod lint;
mod tidy;
mod bench;
mod bless;
mod ci;
mod cross_check;
mod conform;
mod mutants;
mod trial;
mod simulate;
mod cargo_program;
mod debian;
mod postgres;
mod tally;
mod verdict;
mod process;
mod python;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(verdict) => verdict.exit_code(),
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
