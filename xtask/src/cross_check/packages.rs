//! The provider's packages, newest version, each in a folder of its own.

use super::party::Party;
use crate::debian::need;
use crate::process::{output_of, workspace_root};
use crate::python::{pip, virtual_environment};
use anyhow::{Context, Result};
use std::path::Path;
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
