//! Python's packages, each in an environment of its own.

use crate::debian::{apt_get_install, need};
use crate::process::output_of;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Python's own installer, in that environment.
pub(crate) fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    command
}

/// Makes the environment once; a half-made one has no pip and is made again.
pub(crate) fn virtual_environment(folder: &Path) -> Result<PathBuf> {
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
