//! How often each target was executed, in all runs together.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// The file that keeps the counts: a target and a number a line. Several runs may share it.
#[derive(Debug)]
pub(crate) struct Counts(File);

/// How often each target was executed.
#[derive(Debug, Default)]
pub(crate) struct Executions(BTreeMap<String, u64>);

impl Counts {
    /// Opens the file, and makes it if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        Ok(Self(file.with_context(|| path.display().to_string())?))
    }

    /// What all runs have done until now.
    pub(crate) fn read(&mut self) -> Result<Executions> {
        self.0.lock_shared()?;
        let read = self.read_locked();
        self.0.unlock()?;
        read
    }

    /// Adds to the count of a target, and gives the new count.
    pub(crate) fn add(&mut self, target: &str, executions: u64) -> Result<u64> {
        self.0.lock()?;
        let added = self.add_locked(target, executions);
        self.0.unlock()?;
        added
    }

    fn add_locked(&mut self, target: &str, executions: u64) -> Result<u64> {
        let Executions(mut counts) = self.read_locked()?;
        let count = counts.entry(target.to_owned()).or_default();
        *count = count.saturating_add(executions);
        let count = *count;
        // Numbers never become shorter, so nothing of the old text is left behind the new.
        let lines: Vec<_> =
            counts.iter().map(|(target, count)| format!("{target} {count}\n")).collect();
        self.0.rewind()?;
        self.0.write_all(lines.concat().as_bytes())?;
        Ok(count)
    }

    fn read_locked(&mut self) -> Result<Executions> {
        let mut text = String::new();
        self.0.rewind()?;
        self.0.read_to_string(&mut text)?;
        let mut counts = BTreeMap::new();
        for line in text.lines() {
            let (target, count) = line.split_once(' ').with_context(|| format!("`{line}`?"))?;
            counts.insert(target.to_owned(), count.parse().with_context(|| format!("`{line}`?"))?);
        }
        Ok(Executions(counts))
    }
}

impl Executions {
    /// How often a target was executed.
    pub(crate) fn of(&self, target: &str) -> u64 {
        self.0.get(target).copied().unwrap_or_default()
    }
}

impl fmt::Display for Executions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.values().fold(0_u64, |all, count| all.saturating_add(*count));
        write!(f, "{all} executions of {} targets in all runs together", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_of_all_runs_together() {
        let path = std::env::temp_dir().join(format!("payout-fuzz-counts-{}", std::process::id()));
        let [mut one, mut other] =
            [(); 2].map(|()| Counts::open(&path).expect("no file is no count"));

        one.add("text", 40).expect("it is written");
        other.add("timestamp", 1).expect("it is written");

        assert_eq!(one.add("text", 2).expect("it is written"), 42);
        let all = other.read().expect("it was written");
        assert_eq!((all.of("text"), all.of("timestamp"), all.of("key_set")), (42, 1, 0));
        assert_eq!(all.to_string(), "43 executions of 2 targets in all runs together");
        std::fs::remove_file(path).expect("it is there");
    }
}
