//! `payout`: pays users back to the accounts they paid in from.
//!
//! The only place where adapters are named together, and the only real clock and chance.

mod audit;
mod bank_journal;
mod cli;
mod clock;
mod command;
mod credentials;
mod exit_code;
mod failure;
mod faulty_notifier;
mod file_marker;
mod id_generator;
mod known_clients;
mod logging;
mod memory;
mod operators;
mod output;
mod panics;
mod sealer;
mod server;
mod settings;
mod span;
mod target;
mod webhook_keys;
mod wiring;
mod workers;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    memory::keep_private();
    panics::keep_quiet();
    let cli = Cli::parse();
    let output = Output::new(cli.global.json, cli.global.quiet);
    match command::run(cli).await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit.into()
        }
    }
}
