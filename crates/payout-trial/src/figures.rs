//! What a run measures.

use std::time::Duration;

/// Spans of time, of which a few ranks are told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans(Vec<Duration>);

impl Spans {
    /// Adds one.
    pub(crate) fn add(&mut self, span: Duration) {
        self.0.push(span);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The shortest span that so many of a hundred do not exceed; `None` if there are none.
    pub(crate) fn percentile(&self, rank: usize) -> Option<Duration> {
        let mut spans = self.0.clone();
        spans.sort_unstable();
        let place = spans.len().saturating_mul(rank).div_ceil(100).saturating_sub(1);
        spans.get(place).copied()
    }

    /// The same in milliseconds, for JSON.
    pub(crate) fn percentile_ms(&self, rank: usize) -> Option<u64> {
        self.percentile(rank).map(milliseconds)
    }
}

/// Whole milliseconds.
pub(crate) fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_is_one_of_the_spans() {
        let mut spans = Spans::default();
        (1..=100).rev().for_each(|ms| spans.add(Duration::from_millis(ms)));

        assert_eq!(spans.percentile_ms(50), Some(50));
        assert_eq!(spans.percentile_ms(99), Some(99));
        assert_eq!(spans.percentile_ms(100), Some(100));
        assert_eq!(Spans::default().percentile_ms(50), None);
    }
}
