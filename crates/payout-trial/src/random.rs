//! Chance that can be repeated.

use std::time::Duration;

use uuid::Uuid;

/// Draws from a seed, so that a run can be tried again. `SplitMix64`, which needs no state but a number.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The chance that belongs to a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Chance of its own for somebody else.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// A number below `bound`; 0 if there is none.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A span shorter than `bound`, to the microsecond.
    pub(crate) fn span(&mut self, bound: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(bound.as_micros()).unwrap_or(u64::MAX)))
    }

    /// A random UUID (RFC 9562, version 4), as clients make idempotency keys.
    pub(crate) fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.next()).wrapping_shl(64) | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let mut first = Random::new(7);
        let mut second = Random::new(7);

        let drawn: Vec<_> = (0..50).map(|_| first.below(1000)).collect();

        assert_eq!(drawn, (0..50).map(|_| second.below(1000)).collect::<Vec<_>>());
        assert!(drawn.iter().any(|number| *number != drawn[0]), "{drawn:?}");
    }

    #[test]
    fn what_never_happens_never_happens() {
        let mut random = Random::new(7);

        assert!((0..1000).all(|_| !random.percent(0) && random.percent(100)));
        assert_eq!(random.span(Duration::ZERO), Duration::ZERO);
    }
}
