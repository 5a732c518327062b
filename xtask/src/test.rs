//! `cargo xtask test`: everything that proves the project.

use crate::debian;
use crate::postgres::{self, Cluster};
use crate::process;
use crate::tally::Tally;
use crate::verdict::Verdict;
use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use std::process::Command;
use std::time::Instant;

/// Which tests to run; by default all of them.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) filter: Option<String>,
    pub(crate) package: Option<String>,
}

/// Runs the selected tests, prints a table of the steps and, last, the sum of all counts.
pub(crate) fn run(selection: &Selection) -> Result<Verdict> {
    debian::need_openssl()?;
    if selection.package.as_deref().is_none_or(|package| package == TRIAL) {
        debian::need_tracers()?;
    }
    let has_library = selection.package.as_deref().map_or(Ok(true), has_library)?;
    let cluster = if needs_cluster(selection) { Some(Cluster::start()?) } else { None };
    // With all crates the binary is built anyway, because its own tests need it as well.
    if selection.package.as_deref() == Some(TRIAL) {
        let mut build = process::cargo(&["build", "--package", "app", "--bin", "payout"]);
        process::announce("the binary on trial", &build);
        process::run(&mut build)?;
    }
    let mut rows = Vec::new();
    for (title, mut command) in steps(selection, has_library) {
        if let Some(cluster) = &cluster {
            command.env(postgres::VARIABLE, cluster.url());
            command.env(postgres::CRASH_VARIABLE, cluster.crash_program());
        }
        process::announce(title, &command);
        rows.push(run_step(title, &mut command)?);
    }
    if let Some(cluster) = cluster {
        cluster.stop()?;
    }
    let (report, verdict) = report(&rows);
    println!("{report}");
    Ok(verdict)
}

/// The crate that puts the binary on trial.
const TRIAL: &str = "payout-trial";

/// The crates whose tests talk to PostgreSQL.
const ON_POSTGRES: [&str; 3] = ["payout-postgres", "app", TRIAL];

/// Whether a selected test talks to PostgreSQL, and nobody has named a server for it.
fn needs_cluster(selection: &Selection) -> bool {
    let package = selection.package.as_deref();
    package.is_none_or(|package| ON_POSTGRES.contains(&package))
        && std::env::var_os(postgres::VARIABLE).is_none()
}

struct Row {
    title: &'static str,
    tally: Tally,
    seconds: f64,
    verdict: Verdict,
}

fn steps(selection: &Selection, has_library: bool) -> Vec<(&'static str, Command)> {
    let mut steps = vec![("tests", step(selection, test_targets(has_library)))];
    // Cargo refuses to look for doc tests where there is no library.
    if has_library {
        steps.push(("doc tests", step(selection, &["--doc"])));
    }
    steps
}

fn test_targets(has_library: bool) -> &'static [&'static str] {
    if has_library { &["--lib", "--bins", "--tests"] } else { &["--bins", "--tests"] }
}

fn step(selection: &Selection, targets: &[&str]) -> Command {
    let mut command = process::cargo(&["test"]);
    match &selection.package {
        Some(package) => command.args(["--package", package]),
        None => command.arg("--workspace"),
    };
    // Without `--no-fail-fast` the counts would end at the first crate that fails.
    command.args(["--all-features", "--no-fail-fast"]).args(targets);
    command.args(&selection.filter);
    // A proof must not rewrite what it is held against.
    command.env_remove("UPDATE_EXPECT").env("INSTA_UPDATE", "no");
    command
}

fn run_step(title: &'static str, command: &mut Command) -> Result<Row> {
    let started = Instant::now();
    let mut tally = Tally::default();
    let verdict = process::run_and_see(command, |line| tally.see(line))?;
    Ok(Row { title, tally, seconds: started.elapsed().as_secs_f64(), verdict })
}

fn report(rows: &[Row]) -> (String, Verdict) {
    let mut lines = vec![format!(
        "\n{:<12}{:>8}{:>8}{:>9}{:>9}",
        "step", "passed", "failed", "ignored", "seconds"
    )];
    lines.extend(rows.iter().map(table_line));
    lines.extend(rows.iter().filter_map(explanation));

    let passed: u64 = rows.iter().map(|row| row.tally.passed).sum();
    let failed: u64 = rows.iter().map(failures).sum();
    if passed == 0 && failed == 0 {
        lines.push("no test ran, so nothing is proved".to_owned());
    }
    lines.push(format!("{passed} passed, {failed} failed"));
    (lines.join("\n"), Verdict::passed_if(passed > 0 && failed == 0))
}

fn table_line(row: &Row) -> String {
    let Tally { passed, failed, ignored } = row.tally;
    format!("{:<12}{passed:>8}{failed:>8}{ignored:>9}{:>9.1}", row.title, row.seconds)
}

fn explanation(row: &Row) -> Option<String> {
    if broke(row) {
        return Some(format!(
            "{}: ended without a failed test, but not well (see above); counted as one failure",
            row.title
        ));
    }
    let ignored = row.tally.ignored;
    (ignored > 0)
        .then(|| format!("{}: {ignored} ignored, counted as failed: nothing is skipped", row.title))
}

/// Counts what must not be taken for a pass: a skipped test, and a step that broke before it counted.
fn failures(row: &Row) -> u64 {
    let counted = row.tally.failed.saturating_add(row.tally.ignored);
    counted.saturating_add(u64::from(broke(row)))
}

fn broke(row: &Row) -> bool {
    row.verdict == Verdict::Failed && row.tally.failed == 0
}

fn has_library(package: &str) -> Result<bool> {
    let metadata =
        MetadataCommand::new().current_dir(process::workspace_root()).no_deps().exec()?;
    let package = metadata
        .packages
        .iter()
        .find(|candidate| candidate.name == package)
        .with_context(|| format!("there is no crate `{package}` in this workspace"))?;
    Ok(package.targets.iter().any(|target| target.is_lib() || target.is_proc_macro()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(passed: u64, failed: u64, ignored: u64, verdict: Verdict) -> Row {
        Row { title: "tests", tally: Tally { passed, failed, ignored }, seconds: 1.25, verdict }
    }

    fn last_line(rows: &[Row]) -> (String, Verdict) {
        let (report, verdict) = report(rows);
        (report.lines().last().unwrap_or_default().to_owned(), verdict)
    }

    #[test]
    fn the_last_line_is_the_sum_and_nothing_else() {
        let rows = [row(3, 0, 0, Verdict::Passed), row(4, 0, 0, Verdict::Passed)];

        assert_eq!(last_line(&rows), ("7 passed, 0 failed".to_owned(), Verdict::Passed));
    }

    #[test]
    fn a_failed_test_fails_the_run() {
        let rows = [row(3, 2, 0, Verdict::Failed)];

        assert_eq!(last_line(&rows), ("3 passed, 2 failed".to_owned(), Verdict::Failed));
    }

    #[test]
    fn an_ignored_test_fails_the_run() {
        let rows = [row(3, 0, 1, Verdict::Passed)];

        assert_eq!(last_line(&rows), ("3 passed, 1 failed".to_owned(), Verdict::Failed));
    }

    #[test]
    fn a_step_that_does_not_compile_fails_the_run() {
        let rows = [row(3, 0, 0, Verdict::Passed), row(0, 0, 0, Verdict::Failed)];

        assert_eq!(last_line(&rows), ("3 passed, 1 failed".to_owned(), Verdict::Failed));
    }

    #[test]
    fn a_run_without_a_test_proves_nothing() {
        let rows = [row(0, 0, 0, Verdict::Passed)];

        assert_eq!(last_line(&rows), ("0 passed, 0 failed".to_owned(), Verdict::Failed));
    }

    #[test]
    fn a_selection_narrows_every_step() {
        let selection = Selection {
            filter: Some("iban".to_owned()),
            package: Some("payout-domain".to_owned()),
        };

        for (_, command) in steps(&selection, true) {
            let line = process::describe(&command);
            assert!(line.contains("--package payout-domain") && line.ends_with(" iban"), "{line}");
        }
    }

    #[test]
    fn a_crate_without_a_library_has_no_doc_tests() {
        let commands = steps(&Selection::default(), false);

        assert_eq!(commands.len(), 1);
    }
}
