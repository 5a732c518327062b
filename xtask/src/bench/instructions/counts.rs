//! Counts of instructions by the names of paths.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

/// How many instructions each path takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts(BTreeMap<String, u64>);

/// How much a count may differ from the one that was written down, in thousandths of it.
const TOLERANCE: u64 = 30;

impl Counts {
    /// Reads what [`Display`](fmt::Display) has written.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let counts = text.lines().map(|line| {
            let (count, name) = line.split_once(' ').context("a line is a count and a name")?;
            Ok((name.to_owned(), count.parse().context("a count is a number")?))
        });
        counts.collect::<Result<_>>().map(Self)
    }

    pub(super) fn add(&mut self, name: &str, count: u64) {
        self.0.insert(name.to_owned(), count);
    }

    /// Both beside each other, for people.
    pub(super) fn table(&self, written: &Self) -> String {
        let mut table = format!("{:<40} {:>12} {:>12}", "path", "instructions", "written");
        for (name, count) in &self.0 {
            let was = written.0.get(name).map_or("-".to_owned(), u64::to_string);
            let _a_string_takes_everything = write!(table, "\n{name:<40} {count:>12} {was:>12}");
        }
        table
    }

    /// One JSON object.
    pub(super) fn json(&self) -> String {
        let members: Vec<_> =
            self.0.iter().map(|(name, count)| format!("\"{name}\":{count}")).collect();
        format!("{{\"instructions\":{{{}}}}}", members.join(","))
    }

    /// What is not as it was written down: more, less, new, or gone.
    pub(super) fn findings(&self, written: &Self) -> Vec<String> {
        let differing = self.0.iter().filter_map(|(name, now)| match written.0.get(name) {
            None => Some(format!("{name}: {now} instructions, and nothing is written down")),
            Some(was) if is_close(*now, *was) => None,
            Some(was) => Some(format!("{name}: {now} instructions, and {was} are written down")),
        });
        let gone = written.0.keys().filter(|name| !self.0.contains_key(*name));
        let gone = gone.map(|name| format!("{name}: written down, and there is no such path"));
        differing.chain(gone).collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, count)| writeln!(f, "{count} {name}"))
    }
}

fn is_close(now: u64, was: u64) -> bool {
    now.abs_diff(was).saturating_mul(1000) <= was.saturating_mul(TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, u64)]) -> Counts {
        Counts(of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect())
    }

    #[test]
    fn what_was_written_is_read_again() {
        let some = counts(&[("body is read", 13_000), ("order is decided", 900)]);

        assert_eq!(Counts::parse(&some.to_string()).expect("we wrote it"), some);
        assert!(Counts::parse("13000\n").is_err());
    }

    #[test]
    fn a_path_that_has_changed_by_more_than_three_hundredths_is_found() {
        let written = counts(&[("a", 1000), ("b", 1000), ("c", 1000), ("d", 1000)]);
        let now = counts(&[("a", 1030), ("b", 1031), ("c", 960), ("d", 1000)]);

        let found = now.findings(&written);

        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|finding| finding.starts_with("b: 1031")), "{found:?}");
        assert!(found.iter().any(|finding| finding.starts_with("c: 960")), "{found:?}");
    }

    #[test]
    fn a_path_without_a_count_and_a_count_without_a_path_are_found() {
        let found = counts(&[("new", 1)]).findings(&counts(&[("gone", 1)]));

        assert_eq!(found.len(), 2, "{found:?}");
        assert!(counts(&[("same", 7)]).findings(&counts(&[("same", 7)])).is_empty());
    }
}
