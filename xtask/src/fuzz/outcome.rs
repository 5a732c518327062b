//! What libFuzzer says at its end.

use std::fmt;

/// How many of its last lines are shown where it stopped.
const LAST_LINES: usize = 40;

/// What one run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) executions: u64,
    pub(crate) per_second: u64,
    /// Places in the program that were reached.
    pub(crate) places: u64,
}

impl Outcome {
    /// Reads what was said; `None` if it is not all there.
    pub(crate) fn read(said: &str) -> Option<Self> {
        let stat = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().parse().ok()
        };
        let places = said.lines().rev().find_map(|line| line.split_once("cov: "))?.1;
        Some(Self {
            executions: stat("stat::number_of_executed_units")?,
            per_second: stat("stat::average_exec_per_sec")?,
            places: places.split_whitespace().next()?.parse().ok()?,
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, per_second, places } = self;
        write!(f, "{executions} executions, {per_second} a second, {places} places reached")
    }
}

/// The end of what was said, with the reason why it stopped and where the input was kept.
pub(crate) fn last_words(said: &str) -> String {
    let lines: Vec<_> = said.lines().collect();
    let start = lines.len().saturating_sub(LAST_LINES);
    lines.get(start..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "#2\tINITED cov: 12 ft: 13 corp: 1/1b\n#65536\tDONE   cov: 431 ft: 980 corp: 9/1Kb\n\
                        Done 65536 runs in 2 second(s)\nstat::number_of_executed_units: 65536\n\
                        stat::average_exec_per_sec:     32768\nstat::peak_rss_mb:              40\n";

    #[test]
    fn the_end_of_a_run_is_read() {
        let outcome = Outcome::read(SAID).expect("all is there");

        assert_eq!(outcome.to_string(), "65536 executions, 32768 a second, 431 places reached");
    }

    #[test]
    fn a_run_that_says_nothing_did_nothing() {
        assert_eq!(Outcome::read("#2\tINITED cov: 12 ft: 13\n"), None);
    }

    #[test]
    fn the_last_lines_are_the_last_words() {
        let said: Vec<_> = (0..100).map(|number: u8| number.to_string()).collect();

        let last = last_words(&said.join("\n"));

        assert!(last.starts_with("60\n") && last.ends_with("\n99"), "{last}");
    }
}
