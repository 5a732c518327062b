//! The programs that people use instead, installed in the versions that are measured.

use super::{Length, build, build_unverified};
use crate::debian::need;
use crate::postgres::Cluster;
use crate::process::{self, output_of, target_folder, workspace_root};
use crate::python::{pip, virtual_environment};
use crate::verdict::Verdict;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// The oldest Node.js on which all of them run.
const NODE_MIN: u32 = 20;

/// Builds the binary, once as it is and once without its look at signatures, and measures both beside
/// them.
pub(super) fn run(length: Length) -> Result<Verdict> {
    if build()? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    let Some(unverified) = build_unverified()? else { return Ok(Verdict::Failed) };
    let target = target_folder()?;
    let installed = target.join("peers");
    install(&installed)?;
    let cluster = Cluster::start()?;
    let (rounds, span) = if length.is_quick { (1, "500") } else { (3, "2000") };
    let rounds = length.rounds.unwrap_or(rounds).to_string();
    let mut peers = Command::new(target.join("release/payout-trial"));
    peers.args(["peers", "--rounds", &rounds, "--span", span, "--database", cluster.url()]);
    peers.arg("--installed").arg(installed).arg("--unverified").arg(unverified);
    if length.is_json {
        peers.arg("--json");
    }
    let verdict = process::run(peers.current_dir(workspace_root()));
    cluster.stop()?;
    verdict
}

/// Installs them into this folder, below `node` and `python`.
fn install(folder: &Path) -> Result<()> {
    let sources = workspace_root().join("crates").join("payout-trial").join("peers");
    node(&folder.join("node"), &sources.join("package.json"))?;
    python(&folder.join("python"), &sources.join("requirements.txt"))
}

fn node(folder: &Path, manifest: &Path) -> Result<()> {
    need("node", &["nodejs"])?;
    need("npm", &["npm"])?;
    let version = output_of(Command::new("node").arg("--version"))?;
    let major = major(&version).with_context(|| format!("`node --version` said {version}"))?;
    ensure!(major >= NODE_MIN, "install Node.js {NODE_MIN} or newer; this is {}", version.trim());
    std::fs::create_dir_all(folder)?;
    std::fs::copy(manifest, folder.join("package.json"))?;
    let mut install = Command::new("npm");
    // None of them needs a program of its own to be installed.
    install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"]);
    install.current_dir(folder).stdout(std::io::stderr());
    ensure!(
        process::run(&mut install)? == Verdict::Passed,
        "npm has not installed {}",
        manifest.display()
    );
    Ok(())
}

fn python(folder: &Path, requirements: &Path) -> Result<()> {
    let python = virtual_environment(folder)?;
    output_of(pip(&python).args(["install", "--quiet", "--requirement"]).arg(requirements))?;
    Ok(())
}

/// Reads `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_begins_with_a_v() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
    }
}
