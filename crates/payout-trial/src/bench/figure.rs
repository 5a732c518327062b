//! Figures, and what becomes of them over several rounds.

use std::fmt;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::load::Measured;

/// What one scenario came to in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) per_second: u64,
    /// What the server took of the processors for each, in nanoseconds.
    pub(crate) cpu_ns: u64,
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) p999_us: u64,
}

/// The values of one thing over the rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Series(Vec<u64>);

/// One thing in relation to another, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ratio(pub(crate) u64);

impl Figure {
    /// What a load came to.
    pub(crate) fn of(measured: &Measured) -> Self {
        let rank = |permille| rank(&measured.spans, permille).map_or(0, micros);
        let cpu_ns = measured.cpu.as_nanos().checked_div(u128::from(measured.count)).unwrap_or(0);
        Self {
            per_second: per_second(measured.count, measured.elapsed),
            cpu_ns: u64::try_from(cpu_ns).unwrap_or(u64::MAX),
            p50_us: rank(500),
            p99_us: rank(990),
            p999_us: rank(999),
        }
    }
}

impl Series {
    /// Adds the value of one more round.
    pub(crate) fn add(&mut self, value: u64) {
        self.0.push(value);
        self.0.sort_unstable();
    }

    /// The value in the middle; of two, the lower. `0` if there is none.
    pub(crate) fn median(&self) -> u64 {
        let middle = self.0.len().saturating_sub(1).div_euclid(2);
        self.0.get(middle).copied().unwrap_or(0)
    }

    pub(crate) fn least(&self) -> u64 {
        self.0.first().copied().unwrap_or(0)
    }

    pub(crate) fn most(&self) -> u64 {
        self.0.last().copied().unwrap_or(0)
    }
}

impl FromIterator<u64> for Series {
    fn from_iter<I: IntoIterator<Item = u64>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_unstable();
        Self(values)
    }
}

impl Ratio {
    /// `one` divided by `other`; `None` by nothing.
    pub(crate) fn of(one: u64, other: u64) -> Option<Self> {
        let thousandths = u128::from(one).saturating_mul(1000).checked_div(u128::from(other))?;
        u64::try_from(thousandths).ok().map(Self)
    }

    /// As a number for JSON.
    pub(crate) fn json(self) -> Json {
        serde_json::from_str(&self.to_string()).unwrap_or(json!(null))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.div_euclid(1000), self.0.rem_euclid(1000));
        f.pad(&format!("{whole}.{rest:03}"))
    }
}

/// How many a second.
pub(crate) fn per_second(count: u64, elapsed: Duration) -> u64 {
    let nanoseconds = elapsed.as_nanos();
    let per_second = u128::from(count).saturating_mul(1_000_000_000).checked_div(nanoseconds);
    u64::try_from(per_second.unwrap_or(0)).unwrap_or(u64::MAX)
}

/// The shortest span that so many of a thousand do not exceed; they are sorted.
pub(crate) fn rank(spans: &[Duration], permille: usize) -> Option<Duration> {
    let place = spans.len().saturating_mul(permille).div_ceil(1000).saturating_sub(1);
    spans.get(place).copied()
}

/// Whole microseconds.
pub(crate) fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_told_in_thousandths() {
        let ratio = |one, other| Ratio::of(one, other).map(|ratio| ratio.to_string());

        assert_eq!(ratio(2, 3).as_deref(), Some("0.666"));
        assert_eq!(ratio(12_345, 1000).as_deref(), Some("12.345"));
        assert_eq!(ratio(1, 0), None);
    }

    #[test]
    fn the_middle_of_several_rounds_is_one_of_them() {
        let mut series = Series::default();
        for value in [5, 1, 9, 3] {
            series.add(value);
        }

        assert_eq!((series.least(), series.median(), series.most()), (1, 3, 9));
        assert_eq!(Series::default().median(), 0);
    }

    #[test]
    fn a_rank_is_one_of_the_spans() {
        let spans: Vec<_> = (1..=1000).map(Duration::from_millis).collect();

        assert_eq!(rank(&spans, 500), Some(Duration::from_millis(500)));
        assert_eq!(rank(&spans, 999), Some(Duration::from_millis(999)));
        assert_eq!(rank(&[], 500), None);
    }

    #[test]
    fn a_rate_is_of_a_second() {
        assert_eq!(per_second(50, Duration::from_millis(500)), 100);
        assert_eq!(per_second(50, Duration::ZERO), 0);
    }
}
