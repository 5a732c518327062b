//! `cargo xtask bless`: the golden files, rewritten from what the code does now.

use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;
use cargo_metadata::MetadataCommand;
use std::collections::BTreeSet;
use std::process::Command;

/// Runs the golden tests in update mode and shows what changed.
///
/// A golden test is one whose own name, module or test file contains the word `golden`.
pub(crate) fn run() -> Result<Verdict> {
    let mut verdict =
        bless("golden tests by name", &["--lib", "--bins", "--tests"], Some("golden"))?;
    for target in golden_targets()? {
        if bless("a golden test file", &["--test", &target], None)? == Verdict::Failed {
            verdict = Verdict::Failed;
        }
    }
    show_changes()?;
    Ok(verdict)
}

fn bless(title: &str, targets: &[&str], filter: Option<&str>) -> Result<Verdict> {
    let mut command = process::cargo(&["test", "--workspace", "--all-features"]);
    command.args(targets).args(filter).env("UPDATE_EXPECT", "1");
    process::announce(title, &command);
    process::run(&mut command)
}

fn golden_targets() -> Result<BTreeSet<String>> {
    let metadata =
        MetadataCommand::new().current_dir(process::workspace_root()).no_deps().exec()?;
    let targets = metadata.packages.into_iter().flat_map(|package| package.targets);
    Ok(targets
        .filter(|target| target.is_test() && target.name.contains("golden"))
        .map(|target| target.name)
        .collect())
}

fn show_changes() -> Result<()> {
    let mut command = Command::new("git");
    command.args(["--no-pager", "diff", "--stat"]).current_dir(process::workspace_root());
    process::announce("what changed", &command);
    process::run(&mut command)?;
    Ok(())
}
