//! Counting tests from what the test harness prints.

/// How many tests passed, failed and were ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Tally {
    /// Adds the counts of a `test result:` line; any other line changes nothing.
    pub(crate) fn see(&mut self, line: &str) {
        if let Some(counts) = line.trim_start().strip_prefix("test result: ") {
            self.add(Self {
                passed: number_before(counts, " passed"),
                failed: number_before(counts, " failed"),
                ignored: number_before(counts, " ignored"),
            });
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.ignored = self.ignored.saturating_add(other.ignored);
    }
}

fn number_before(counts: &str, word: &str) -> u64 {
    counts
        .split_once(word)
        .and_then(|(before, _)| before.rsplit(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_over_all_result_lines() {
        let mut tally = Tally::default();

        tally.see("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out;\n");
        tally.see("test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; finished in 1s");

        assert_eq!(tally, Tally { passed: 16, failed: 2, ignored: 1 });
    }

    #[test]
    fn a_line_that_only_looks_like_a_result_counts_nothing() {
        let mut tally = Tally::default();

        tally.see("test money::tests::adds ... ok");
        tally.see("the test result: 7 passed; of somebody else");

        assert_eq!(tally, Tally::default());
    }
}
