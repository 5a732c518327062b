//! The binary on trial: crash tests and load, from outside.
//!
//! Whatever is proved here is proved of the program that people run: by HTTP, by signals and by
//! system calls that fail. Nothing of it is linked in.

#![allow(clippy::print_stdout, reason = "a trial talks to the person who started it")]

mod cli;
mod clock;
mod random;
mod figures;
mod finding;
mod stage;
mod store;
mod server;
mod service;
mod provider;
mod receiver;
mod ledger;
mod load;
mod audit;
mod world;
mod crash;
mod sweep;
mod trials;
mod bench;
mod peers;
mod sizes;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;

use crate::cli::{BenchArgs, Cli, CrashArgs, PeersArgs, SizesArgs, SweepArgs, TrialsArgs, Verb};
use crate::stage::Stage;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().verb {
        Verb::Crash(arguments) => crash(&arguments).await,
        Verb::Sweep(arguments) => sweep(&arguments).await,
        Verb::Trials(arguments) => trials(&arguments).await,
        Verb::Bench(arguments) => bench(&arguments).await,
        Verb::Peers(arguments) => peers(&arguments).await,
        Verb::Sizes(arguments) => sizes(&arguments).await,
        Verb::Operations { folder, json } => operations(&folder, json),
        Verb::BareHttp { address } => bench::serve_bare_http(address).await.map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("payout-trial: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Says whether nothing was found.
async fn crash(arguments: &CrashArgs) -> Result<bool> {
    let plan = arguments.plan()?;
    let stage = Stage::new(&arguments.common.binary()?)?;
    let report = crash::run(&stage, &plan).await?;
    println!("{report}");
    let innocent = report.findings.is_empty();
    if !innocent {
        println!(
            "try again with --seed {}; everything lies in {}",
            plan.seed,
            stage.keep().display()
        );
    }
    if arguments.common.json {
        println!("{}", report.json());
    }
    Ok(innocent)
}

/// Says whether nothing was found.
async fn sweep(arguments: &SweepArgs) -> Result<bool> {
    let binary = arguments.common.binary()?;
    let report = sweep::run(&arguments.plan()?, || Stage::new(&binary)).await?;
    println!("{report}");
    if arguments.common.json {
        println!("{}", report.json());
    }
    Ok(report.findings.is_empty())
}

/// Says whether nothing was found.
async fn trials(arguments: &TrialsArgs) -> Result<bool> {
    let (binary, store) = (arguments.common.binary()?, arguments.common.store()?);
    let report = trials::run(&arguments.trials, &store, || Stage::new(&binary)).await?;
    println!("{report}");
    if arguments.common.json {
        println!("{}", report.json());
    }
    Ok(report.findings.is_empty())
}

/// Says that it was measured; whether that is enough, people say who look at the machine as well.
async fn bench(arguments: &BenchArgs) -> Result<bool> {
    let report = bench::run(&arguments.plan()?).await?;
    if arguments.common.json {
        println!("{}", report.json());
    } else {
        println!("{report}");
    }
    Ok(true)
}

/// Says that it was measured, as a bench does.
async fn sizes(arguments: &SizesArgs) -> Result<bool> {
    let report = sizes::run(&arguments.plan()?).await?;
    if arguments.common.json {
        println!("{}", report.json());
    } else {
        println!("{report}");
    }
    Ok(true)
}

/// Says that it was measured, as a bench does.
async fn peers(arguments: &PeersArgs) -> Result<bool> {
    let report = peers::run(&arguments.plan()?).await?;
    if arguments.common.json {
        println!("{}", report.json());
    } else {
        println!("{report}");
    }
    Ok(true)
}

/// Says that they were read.
fn operations(folder: &Path, json: bool) -> Result<bool> {
    let operations = bench::Operations::read(folder)?;
    if json {
        println!("{}", operations.json());
    } else {
        println!("{operations}");
    }
    Ok(true)
}
