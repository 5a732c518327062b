//! Instructions of the paths that every payout takes, held against those that were written down.
//!
//! A count does not depend on what else the machine does, so a path that has become longer shows at
//! once, and on any machine of the same kind.

mod counts;

use crate::verdict::Verdict;
use crate::{debian, process};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use counts::Counts;

/// Where the counts are written down.
const GOLDEN: &str = "crates/payout-simulation/examples/hot_paths/instructions.txt";

/// How often a path is taken; and once more twice as often, so that what it costs to begin is no part.
const TIMES: u64 = 2_000;

/// Counts, and compares; or writes the counts down if they are to be blessed.
pub(super) fn run(is_blessing: bool, is_json: bool) -> Result<Verdict> {
    debian::need("valgrind", &["valgrind", "libc6-dbg"])?;
    let program = build()?;
    let names = process::output_of(&mut Command::new(&program))?;
    let mut now = Counts::default();
    for name in names.lines() {
        let once = instructions(&program, name, TIMES)?;
        let twice = instructions(&program, name, TIMES.saturating_mul(2))?;
        now.add(name, twice.saturating_sub(once).div_euclid(TIMES));
    }
    let golden = process::workspace_root().join(GOLDEN);
    if is_blessing {
        std::fs::write(&golden, now.to_string())?;
    }
    let written = std::fs::read_to_string(&golden).unwrap_or_default();
    let written = Counts::parse(&written).with_context(|| GOLDEN.to_owned())?;
    let findings = now.findings(&written);
    if is_json {
        println!("{}", now.json());
        return Ok(Verdict::passed_if(findings.is_empty()));
    }
    println!("{}", now.table(&written));
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        println!("if that is meant: cargo xtask bench --instructions --bless");
    }
    Ok(Verdict::passed_if(findings.is_empty()))
}

fn build() -> Result<PathBuf> {
    let words = ["build", "--release", "--quiet", "--package", "payout-simulation"];
    let mut build = process::cargo(&words);
    build.args(["--example", "hot_paths"]).stdout(std::io::stderr());
    if process::run(&mut build)? == Verdict::Failed {
        bail!("the paths cannot be built");
    }
    Ok(process::target_folder()?.join("release/examples/hot_paths"))
}

/// How many instructions it takes to take a path this often, preparations included.
fn instructions(program: &Path, name: &str, times: u64) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    command.arg(program).args([name, &times.to_string()]);
    let output = command.output().context("`valgrind` cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{}` failed:\n{}", process::describe(&command), said.trim());
    }
    references(&said).with_context(|| format!("valgrind counts nothing:\n{said}"))
}

/// From its line `I refs: N`.
fn references(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.split_once("refs:"))?;
    line.1.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_from_what_valgrind_says() {
        assert_eq!(references("==7== \n==7== I   refs:      1,234,567\n"), Some(1_234_567));
        assert_eq!(references("==7== I refs:          12\n"), Some(12));
        assert_eq!(references("==7== nothing\n"), None);
    }
}
