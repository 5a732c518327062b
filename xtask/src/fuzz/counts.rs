//! How often each target was executed, in all runs together.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// The counts, and the file that keeps them: a target and a number a line.
#[derive(Debug)]
pub(crate) struct Counts {
    path: PathBuf,
    counts: BTreeMap<String, u64>,
}

impl Counts {
    /// Reads the file; there is nothing yet if there is no file.
    pub(crate) fn read(path: PathBuf) -> Result<Self> {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let mut counts = BTreeMap::new();
        for line in text.lines() {
            let (target, count) = line.split_once(' ').with_context(|| format!("`{line}`?"))?;
            counts.insert(target.to_owned(), count.parse().with_context(|| format!("`{line}`?"))?);
        }
        Ok(Self { path, counts })
    }

    /// How often a target was executed.
    pub(crate) fn of(&self, target: &str) -> u64 {
        self.counts.get(target).copied().unwrap_or_default()
    }

    /// Adds to the count of a target, writes it down, and gives the new count.
    pub(crate) fn add(&mut self, target: &str, executions: u64) -> Result<u64> {
        let count = self.of(target).saturating_add(executions);
        self.counts.insert(target.to_owned(), count);
        let lines: Vec<_> = self.counts.iter().map(|(t, count)| format!("{t} {count}")).collect();
        std::fs::write(&self.path, lines.join("\n") + "\n")
            .with_context(|| self.path.display().to_string())?;
        Ok(count)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.counts.values().fold(0_u64, |all, count| all.saturating_add(*count));
        write!(f, "{all} executions of {} targets in all runs together", self.counts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_of_all_runs_together() {
        let path = std::env::temp_dir().join(format!("payout-fuzz-counts-{}", std::process::id()));
        let mut first = Counts::read(path.clone()).expect("no file is no count");
        first.add("text", 40).expect("it is written");
        first.add("timestamp", 1).expect("it is written");

        let mut second = Counts::read(path.clone()).expect("it was written");

        assert_eq!(second.add("text", 2).expect("it is written"), 42);
        assert_eq!((second.of("timestamp"), second.of("key_set")), (1, 0));
        assert_eq!(second.to_string(), "43 executions of 2 targets in all runs together");
        std::fs::remove_file(path).expect("it is there");
    }
}
