//! `cargo xtask conform`: both servers against their own documents.
//!
//! The requests are made by schemathesis: right ones and wrong ones, from what `/openapi.json` says. What
//! they need to get past the door is in `xtask/conform/callers.py`.

mod stage;

use crate::process::{self, output_of, workspace_root};
use crate::python::{pip, virtual_environment};
use crate::verdict::Verdict;
use anyhow::Result;
use clap::Args;
use stage::{Face, Stage};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages with their versions: another version of schemathesis makes other requests.
const PACKAGES: [&str; 2] = ["schemathesis==4.32.5", "cryptography"];

/// All that schemathesis can check but that a right request is taken: most of them ask for something that
/// does not exist, or is in another state.
const CHECKS: [&str; 4] = ["--checks", "all", "--exclude-checks", "positive_data_acceptance"];

/// How many requests, and which.
#[derive(Debug, Args)]
pub(crate) struct ConformArguments {
    /// How many requests to make up for each operation, beside those that follow from its document
    #[arg(long, value_name = "NUMBER", default_value_t = 30)]
    examples: u32,
    /// What chance begins from
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    seed: u64,
}

/// A part of a server's document.
struct Part {
    title: &'static str,
    face: Face,
    paths: &'static [&'static str],
}

/// The controls of a sandbox move its clock and make it misbehave, so they are tried on one of their own.
const PARTS: [Part; 3] = [
    Part {
        title: "the sandbox",
        face: Face::Sandbox,
        paths: &["--exclude-path-regex", "^/sandbox/"],
    },
    Part {
        title: "the sandbox's controls",
        face: Face::Sandbox,
        paths: &["--include-path-regex", "^/sandbox/"],
    },
    Part { title: "the service", face: Face::Service, paths: &[] },
];

/// Tries every part, even after one has failed.
pub(crate) fn run(arguments: &ConformArguments) -> Result<Verdict> {
    let folder = process::target_folder()?.join("conform");
    std::fs::create_dir_all(&folder)?;
    let schemathesis = install(&folder.join("python"))?;
    let binary = process::our_binary()?;
    let mut verdicts = Vec::new();
    for part in &PARTS {
        let stage = Stage::set(&binary, &folder.join("stage"))?;
        let mut command = command(&schemathesis, part, arguments, &stage);
        process::announce(part.title, &command);
        verdicts.push((part.title, process::run(command.current_dir(&folder))?));
    }
    println!("\nconform: the servers' logs are in {}", folder.join("stage").display());
    for (title, verdict) in &verdicts {
        println!("conform: {title} {}", verdict.word());
    }
    Ok(Verdict::passed_if(verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Passed)))
}

fn install(folder: &Path) -> Result<PathBuf> {
    let python = virtual_environment(folder)?;
    output_of(pip(&python).args(["install", "--quiet"]).args(PACKAGES))?;
    Ok(python.with_file_name("schemathesis"))
}

fn command(
    schemathesis: &Path,
    part: &Part,
    arguments: &ConformArguments,
    stage: &Stage,
) -> Command {
    let mut command = Command::new(schemathesis);
    command.arg("run").arg(format!("{}/openapi.json", stage.url(part.face))).args(CHECKS);
    command.args(part.paths).args(["--continue-on-failure", "--generation-database", "none"]);
    command.args(["--seed", &arguments.seed.to_string()]);
    command.args(["--max-examples", &arguments.examples.to_string()]);
    // What is warned of is that made-up ids name nothing, and that is what they are for.
    command.args(["--warnings", "off"]);
    command.env("SCHEMATHESIS_HOOKS", "callers");
    command.env("PYTHONPATH", workspace_root().join("xtask").join("conform"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("PAYOUT_SEED", arguments.seed.to_string());
    command.envs(stage.variables(part.face));
    command
}
