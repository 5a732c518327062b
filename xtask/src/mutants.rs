//! `cargo xtask mutants`: whether the tests of the core notice when the core is changed.
//!
//! What is changed, and what is left out and why, is in `.cargo/mutants.toml`.

use crate::cargo_program::CargoProgram;
use crate::process;
use crate::verdict::Verdict;
use anyhow::{Context, Result};
use std::fmt;
use std::path::Path;

/// The version whose set of mutants `docs/mutants.md` counts.
const CARGO_MUTANTS: CargoProgram = CargoProgram { name: "cargo-mutants", version: "27.1.0" };

/// The crates whose tests judge the mutants; each is judged by its own.
const PACKAGES: &[&str] = &["payout-domain", "payout-signature"];

/// Changes the core one place at a time, and counts what its tests notice. `only` is a
/// regular expression for the mutants' own lines: their file, place and change.
pub(crate) fn run(only: Option<&str>, json: bool) -> Result<Verdict> {
    let folder = process::target_folder()?.join("mutants");
    std::fs::create_dir_all(&folder)?;
    let mut mutants = CARGO_MUTANTS.command()?;
    // Its own copy of the tree has its own target folder.
    mutants.env_remove("CARGO_TARGET_DIR");
    for package in PACKAGES {
        mutants.args(["--package", package]);
    }
    if let Some(only) = only {
        mutants.args(["--re", only]);
    }
    mutants.args(["--jobs", "1", "--output"]).arg(&folder);
    process::announce("mutants of the core", &mutants);
    // Its exit code is not about us: survivors are counted below.
    let _ = process::run(&mut mutants)?;
    let counts = Counts::of_folder(&folder.join("mutants.out"))?;
    println!("{}", if json { counts.as_json() } else { counts.to_string() });
    Ok(counts.verdict())
}

/// How the mutants fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    caught: usize,
    missed: usize,
    timeout: usize,
    unviable: usize,
}

impl Counts {
    /// Counts the lists that a run leaves, one mutant a line.
    fn of_folder(folder: &Path) -> Result<Self> {
        let count = |list: &str| -> Result<usize> {
            let path = folder.join(list);
            let list = std::fs::read_to_string(&path);
            Ok(list.with_context(|| format!("cannot read {}", path.display()))?.lines().count())
        };
        Ok(Self {
            caught: count("caught.txt")?,
            missed: count("missed.txt")?,
            timeout: count("timeout.txt")?,
            unviable: count("unviable.txt")?,
        })
    }

    /// Those that compile.
    fn viable(self) -> usize {
        self.caught.saturating_add(self.missed).saturating_add(self.timeout)
    }

    /// A run without a mutant proves nothing.
    fn verdict(self) -> Verdict {
        Verdict::passed_if(self.missed == 0 && self.viable() > 0)
    }

    fn as_json(self) -> String {
        let Self { caught, missed, timeout, unviable } = self;
        let viable = self.viable();
        format!(
            "{{\"viable\":{viable},\"caught\":{caught},\"missed\":{missed},\
             \"unviable\":{unviable},\"timeout\":{timeout}}}"
        )
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { caught, missed, timeout, unviable } = self;
        let viable = self.viable();
        write!(
            f,
            "mutants: {viable} viable, {caught} caught, {missed} missed, {timeout} hung; \
             {unviable} do not compile"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: Counts = Counts { caught: 40, missed: 1, timeout: 2, unviable: 7 };

    #[test]
    fn every_mutant_that_compiles_counts() {
        assert_eq!(COUNTS.viable(), 43);
        assert_eq!(
            COUNTS.as_json(),
            r#"{"viable":43,"caught":40,"missed":1,"unviable":7,"timeout":2}"#
        );
        assert_eq!(
            COUNTS.to_string(),
            "mutants: 43 viable, 40 caught, 1 missed, 2 hung; 7 do not compile"
        );
    }

    #[test]
    fn a_survivor_fails_the_run_and_so_does_a_run_without_mutants() {
        assert_eq!(COUNTS.verdict(), Verdict::Failed);
        assert_eq!(Counts { missed: 0, ..COUNTS }.verdict(), Verdict::Passed);
        assert_eq!(Counts { unviable: 9, ..Counts::default() }.verdict(), Verdict::Failed);
    }

    #[test]
    fn a_run_that_left_no_lists_is_an_error() {
        let error = Counts::of_folder(Path::new("no-such-folder")).expect_err("it is not there");

        assert_eq!(error.to_string(), "cannot read no-such-folder/caught.txt");
    }
}
