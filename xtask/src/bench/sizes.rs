//! What the binary takes by how much its store holds.

use super::Length;
use crate::process;
use crate::verdict::Verdict;
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// How large, and where the plots go.
#[derive(Debug, Args)]
pub(super) struct SizesArguments {
    /// The most payouts that a store holds [default: 10000000, quick: 100000]
    #[arg(long, value_name = "N", requires = "sizes")]
    up_to: Option<u64>,
    /// Where the plots are written [default: docs/plots, quick: target/plots]
    #[arg(long, value_name = "DIR", requires = "sizes")]
    plots: Option<PathBuf>,
}

/// Builds the binary and measures it.
pub(super) fn run(arguments: &SizesArguments, length: Length) -> Result<Verdict> {
    if super::build()? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    let folder = process::target_folder()?;
    let (rounds, span, up_to, plots) = if length.is_quick {
        (3, "500", 100_000, folder.join("plots"))
    } else {
        (5, "2000", 10_000_000, process::workspace_root().join("docs/plots"))
    };
    let rounds = length.rounds.unwrap_or(rounds).to_string();
    let up_to = arguments.up_to.unwrap_or(up_to).to_string();
    let mut sizes = Command::new(folder.join("release/payout-trial"));
    sizes.args(["sizes", "--rounds", &rounds, "--span", span, "--up-to", &up_to]);
    sizes.arg("--plots").arg(arguments.plots.as_ref().unwrap_or(&plots));
    if let Some(commit) = commit()? {
        sizes.args(["--of", &commit]);
    }
    if length.is_json {
        sizes.arg("--json");
    }
    process::run(sizes.current_dir(process::workspace_root()))
}

/// The commit that is measured; `None` where there is no repository.
fn commit() -> Result<Option<String>> {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty"]).current_dir(process::workspace_root());
    let said = git.output().context("git cannot be started")?;
    let text = String::from_utf8(said.stdout)?.trim().to_owned();
    Ok((said.status.success() && !text.is_empty()).then_some(text))
}
