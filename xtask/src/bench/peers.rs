//! The programs that people use instead, installed in the versions that are measured.

use crate::debian::need;
use crate::process::{output_of, run, workspace_root};
use crate::python::{pip, virtual_environment};
use crate::verdict::Verdict;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// The oldest Node.js on which all of them run.
const NODE_MIN: u32 = 20;

/// Installs them into this folder, below `node` and `python`.
pub(super) fn install(folder: &Path) -> Result<()> {
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
    ensure!(run(&mut install)? == Verdict::Passed, "npm has not installed {}", manifest.display());
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
