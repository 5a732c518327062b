//! Chance that can be repeated.

use std::time::Duration;

use uuid::Uuid;

/// Draws numbers that follow from a seed alone (`SplitMix64`, by Steele, Lea and Flood).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    /// A stream of its own for each name, so that one that is drawn from more often does not shift
    /// the others.
    pub(crate) fn of(seed: u64, stream: u64) -> Self {
        let mut named = Self(seed ^ stream.wrapping_mul(GOLDEN));
        let start = named.next();
        Self(start)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low.saturating_add(self.next().checked_rem(span).unwrap_or_default())
    }

    /// True in so many cases of ten thousand.
    pub(crate) fn of_ten_thousand(&mut self, cases: u32) -> bool {
        self.between(1, 10_000) <= u64::from(cases)
    }

    /// A span from `low` to `high`, to the millisecond, each as likely.
    pub(crate) fn span(&mut self, low: Duration, high: Duration) -> Duration {
        Duration::from_millis(self.between(millis(low), millis(high)))
    }

    /// A span from `low` to `high`, to the millisecond, where each doubling is as likely: mostly
    /// short, now and then very long.
    pub(crate) fn heavy_tailed(&mut self, low: Duration, high: Duration) -> Duration {
        let (low, high) = (millis(low).max(1), millis(high));
        let doublings = high.checked_div(low).unwrap_or(1).checked_ilog2().unwrap_or(0);
        let from = low.saturating_mul(1_u64 << self.between(0, u64::from(doublings)).min(62));
        Duration::from_millis(self.between(from, from.saturating_mul(2).min(high)))
    }

    /// One of some.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let at = self.next().checked_rem(count)?;
        items.get(usize::try_from(at).ok()?)
    }

    /// A name that nothing else in this world has.
    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// Whole milliseconds.
pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_numbers_again_and_a_stream_its_own() {
        let draw = |seed, stream| {
            let mut chance = Chance::of(seed, stream);
            [chance.next(), chance.next(), chance.next()]
        };

        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
    }

    #[test]
    fn the_first_number_is_the_published_one() {
        // The reference implementation, begun with 1234567.
        assert_eq!(Chance(1_234_567).next(), 6_457_827_717_110_365_317);
    }

    #[test]
    fn spans_stay_within_their_bounds_and_reach_both_ends() {
        let mut chance = Chance::of(1, 1);
        let (low, high) = (Duration::from_millis(1), Duration::from_hours(12));

        let spans: Vec<_> = (0..5_000).map(|_| chance.heavy_tailed(low, high)).collect();

        assert!(spans.iter().all(|span| (low..=high).contains(span)));
        assert!(spans.iter().any(|span| *span < Duration::from_millis(10)));
        assert!(spans.iter().any(|span| *span > Duration::from_hours(6)));
    }
}
