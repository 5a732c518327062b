//! The provider's packages, newest version, each in a folder of its own.

use super::party::Party;
use crate::debian::apt_get_install;
use crate::process::{output_of, workspace_root};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "truelayer-signing";

/// Installs the Python and the Node package and returns the scripts around them.
pub(crate) fn install(folder: &Path) -> Result<Vec<Party>> {
    std::fs::create_dir_all(folder)?;
    let scripts = workspace_root().join("xtask").join("cross-check");
    Ok(vec![
        python(&folder.join("python"), &scripts.join("sign_verify.py"))?,
        node(&folder.join("node"), &scripts.join("sign_verify.mjs"))?,
    ])
}

/// The party that makes keys the way the provider's documentation does.
pub(crate) fn key_maker(parties: &[Party]) -> Option<&Party> {
    parties.iter().find(|party| party.name == "python")
}

fn python(folder: &Path, script: &Path) -> Result<Party> {
    let python = virtual_environment(folder)?;
    let versions = output_of(pip(&python).args(["index", "versions", PACKAGE]))?;
    let newest = newest_of_pip(&versions).context("pip names the newest version first")?;
    println!("PyPI: {PACKAGE} {newest}");
    output_of(pip(&python).args(["install", "--quiet", &format!("{PACKAGE}=={newest}")]))?;
    Ok(Party::new("python", &[python.as_os_str(), script.as_os_str()]))
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    command
}

/// Makes the environment once; a half-made one has no pip and is made again.
fn virtual_environment(folder: &Path) -> Result<PathBuf> {
    let python = folder.join("bin").join("python");
    if output_of(pip(&python).arg("--version")).is_err() {
        need("python3", &["python3", "python3-venv"])?;
        let make =
            || output_of(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
        // Debian ships Python without the means to make an environment.
        if make().is_err() {
            apt_get_install(&["python3-venv"])?;
            make()?;
        }
    }
    Ok(python)
}

/// Reads the first line, `truelayer-signing (1.2.3)`.
fn newest_of_pip(versions: &str) -> Option<&str> {
    let (_, rest) = versions.lines().next()?.split_once('(')?;
    rest.strip_suffix(')')
}

fn node(folder: &Path, script: &Path) -> Result<Party> {
    need("npm", &["nodejs", "npm"])?;
    std::fs::create_dir_all(folder)?;
    // Without a manifest here npm would install into a folder further up.
    std::fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    let newest = output_of(Command::new("npm").args(["view", PACKAGE, "version"]))?;
    let newest = newest.trim();
    println!("npm: {PACKAGE} {newest}");
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", &format!("{PACKAGE}@{newest}")]);
    output_of(install.current_dir(folder))?;
    let party = Party::new("node", &["node".as_ref(), script.as_os_str()]);
    Ok(party.in_folder(folder).without_keys())
}

fn need(program: &str, packages: &[&str]) -> Result<()> {
    if Command::new(program).arg("--version").output().is_ok() {
        return Ok(());
    }
    apt_get_install(packages).with_context(|| format!("`{program}` is not installed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_the_one_in_brackets() {
        let versions = "truelayer-signing (0.4.0)\nAvailable versions: 0.4.0, 0.3.9\n";

        assert_eq!(newest_of_pip(versions), Some("0.4.0"));
        assert_eq!(newest_of_pip("ERROR: No matching distribution"), None);
    }
}
