//! Lives through worlds where everything goes wrong, and says whether what always holds has held.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to the person who started it"
)]

mod cli;
mod show;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
