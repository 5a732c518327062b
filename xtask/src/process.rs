//! Starting other programs, visibly.

use crate::verdict::Verdict;
use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::MetadataCommand;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Prepares a cargo command that runs in the root of the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(workspace_root());
    command
}

/// Builds our binary and says where it is.
pub(crate) fn our_binary() -> Result<PathBuf> {
    let mut build = cargo(&["build", "--package", "app", "--bin", "payout"]);
    announce("our binary", &build);
    ensure!(run(&mut build)? == Verdict::Passed, "our binary does not build");
    Ok(target_folder()?.join("debug").join("payout"))
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let metadata = MetadataCommand::new().current_dir(workspace_root()).no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

/// What this machine is called by the compiler, such as `x86_64-unknown-linux-gnu`.
pub(crate) fn host() -> Result<String> {
    let said = output_of(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what machine this is")
}

/// Runs a command with its output on our own terminal.
pub(crate) fn run(command: &mut Command) -> Result<Verdict> {
    let status = command.status().with_context(|| cannot_start(command))?;
    Ok(Verdict::passed_if(status.success()))
}

/// Runs a command that must succeed and returns what it printed on stdout.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}):\n{}", describe(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a command, passes its stdout through as it comes and shows every line of it to `see`.
pub(crate) fn run_and_see(command: &mut Command, mut see: impl FnMut(&str)) -> Result<Verdict> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let output = child.stdout.take().context("the child's stdout is piped")?;
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        std::io::stdout().write_all(&line)?;
        see(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(Verdict::passed_if(child.wait()?.success()))
}

/// Writes a command as a person would type it.
pub(crate) fn describe(command: &Command) -> String {
    let settings = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.display(), quoted(value?))));
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted);
    settings.chain(words).collect::<Vec<_>>().join(" ")
}

/// Prints what comes next, so that a long log can be read afterwards.
pub(crate) fn announce(title: &str, command: &Command) {
    println!("\n=== {title}\n    {}\n", describe(command));
}

/// Finds the folder that holds the workspace's `Cargo.toml`.
pub(crate) fn workspace_root() -> PathBuf {
    // Cargo sets the variable for `cargo run`, so a moved checkout does not need a rebuild.
    let own_folder =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let own_folder = PathBuf::from(own_folder);
    own_folder.parent().map_or_else(|| own_folder.clone(), Path::to_path_buf)
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains([' ', '*', '"']) {
        return format!("'{word}'");
    }
    word.into_owned()
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`", command.get_program().display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_as_one_would_type_it() {
        let mut command = Command::new("cargo");
        command.args(["test", "--test", "*golden*"]).env("UPDATE_EXPECT", "1").env_remove("HOME");

        assert_eq!(describe(&command), "UPDATE_EXPECT=1 cargo test --test '*golden*'");
    }

    #[test]
    fn every_line_is_seen_and_a_failure_is_told() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two; exit 3"]);
        let mut seen = Vec::new();

        let verdict = run_and_see(&mut command, |line| seen.push(line.to_owned()));

        assert_eq!(verdict.expect("there is a shell"), Verdict::Failed);
        assert_eq!(seen, ["one\n", "two\n"]);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program")).expect_err("it is not there");

        assert_eq!(error.to_string(), "cannot start `no-such-program`");
    }
}
