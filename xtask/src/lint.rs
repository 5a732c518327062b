//! `cargo xtask lint`: formatting, lints and documentation, with every warning an error.

use crate::debian;
use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;
use std::process::Command;

/// Runs every check, and only then says which failed: one run shows all there is to mend.
pub(crate) fn run() -> Result<Verdict> {
    debian::need_openssl()?;
    let mut failed = Vec::new();
    for (title, mut command) in checks() {
        process::announce(title, &command);
        if process::run(&mut command)? == Verdict::Failed {
            failed.push(process::describe(&command));
        }
    }
    println!("\n{}", summary(&failed));
    Ok(Verdict::passed_if(failed.is_empty()))
}

fn checks() -> Vec<(&'static str, Command)> {
    vec![
        ("formatting", process::cargo(&["fmt", "--all", "--check"])),
        ("formatting of the fuzz programs", {
            process::cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])
        }),
        ("lints", clippy(&["--workspace", "--all-targets", "--all-features"])),
        ("lints of the domain alone", clippy(&["-p", "payout-domain", "--no-default-features"])),
        ("documentation", documentation()),
    ]
}

fn clippy(scope: &[&str]) -> Command {
    let mut command = process::cargo(&["clippy"]);
    command.args(scope).args(["--", "-D", "warnings"]);
    command
}

fn documentation() -> Command {
    let mut command = process::cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn summary(failed: &[String]) -> String {
    if failed.is_empty() {
        return "lint: nothing to mend".to_owned();
    }
    let failed: Vec<_> = failed.iter().map(|command| format!("lint: failed: {command}")).collect();
    failed.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_errors_in_every_lint() {
        for (title, command) in checks() {
            let line = process::describe(&command);
            assert!(line.contains("-D warnings") || line.ends_with("--check"), "{title}: {line}");
        }
    }

    #[test]
    fn all_that_failed_is_named() {
        let failed = ["cargo fmt".to_owned(), "cargo clippy".to_owned()];

        assert_eq!(summary(&failed), "lint: failed: cargo fmt\nlint: failed: cargo clippy");
    }
}
