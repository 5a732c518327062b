//! Programs that cargo installs: which versions, and where they lie.

use crate::process;
use crate::verdict::Verdict;
use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// A program of crates.io in the version whose output we know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CargoProgram {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl CargoProgram {
    /// The program, installed below the target folder unless it is there already.
    pub(crate) fn installed(self) -> Result<PathBuf> {
        let Self { name, version } = self;
        let folder = process::target_folder()?.join("tools").join(format!("{name}-{version}"));
        let program = folder.join("bin").join(name);
        if program.is_file() {
            return Ok(program);
        }
        let mut install = process::cargo(&["install", name, "--locked", "--version", version]);
        // What it is built in would be larger than all else and is never needed again.
        install.env_remove("CARGO_TARGET_DIR").arg("--root").arg(&folder);
        process::announce(name, &install);
        ensure!(process::run(&mut install)? == Verdict::Passed, "{name} cannot be installed");
        Ok(program)
    }

    /// A command that runs it in the root of the workspace, as `cargo` would.
    pub(crate) fn command(self) -> Result<Command> {
        let mut command = Command::new(self.installed()?);
        command.arg(self.name.trim_start_matches("cargo-")).current_dir(process::workspace_root());
        Ok(command)
    }
}
