//! Single operations: the benches of the crates, in one table.

use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// The crates whose operations are measured.
const PACKAGES: [&str; 3] = ["payout-domain", "payout-wire", "payout-signature"];

/// Runs the benches and has what they came to put into one table.
pub(super) fn run(is_quick: bool, is_json: bool) -> Result<Verdict> {
    if super::build()? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    let home = process::target_folder()?.join("operations");
    if home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    if process::run(&mut benches(&home, is_quick))? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    let mut table = Command::new(process::target_folder()?.join("release/payout-trial"));
    table.arg("operations").arg(&home);
    if is_json {
        table.arg("--json");
    }
    process::run(&mut table)
}

/// What the library says meanwhile is no result.
fn benches(home: &Path, is_quick: bool) -> Command {
    let mut command = process::cargo(&["bench", "--quiet"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    let (warm_up, measurement) = if is_quick { ("0.2", "0.5") } else { ("1", "3") };
    command.args(["--bench", "operations", "--", "--noplot", "--quiet"]);
    command.args(["--warm-up-time", warm_up, "--measurement-time", measurement]);
    command.env("CRITERION_HOME", home).stdout(std::io::stderr());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_benches_of_all_crates_are_run_into_a_folder_of_their_own() {
        let line = process::describe(&benches(Path::new("somewhere"), true));

        assert!(line.starts_with("CRITERION_HOME=somewhere cargo bench"), "{line}");
        assert!(PACKAGES.iter().all(|package| line.contains(package)), "{line}");
    }
}
