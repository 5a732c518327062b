//! How long to wait before trying again.

use std::time::Duration;

use payout_ports::IdGenerator;

/// Waits longer after every failure, and each time a random part of it, so that many who failed
/// together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The most that is waited after the first failure.
    pub first: Duration,
    /// The most that is ever waited.
    pub longest: Duration,
}

impl Backoff {
    /// How long to wait after so many failures: a random span up to a bound that doubles with each
    /// failure, but at least a quarter of that bound.
    pub fn wait(&self, failures: u32, ids: &dyn IdGenerator) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let bound = self.first.saturating_mul(1_u32 << doublings).min(self.longest);
        let quarter = bound.checked_div(4).unwrap_or_default();
        let spread = bound.saturating_sub(quarter);
        quarter.saturating_add(random_part(spread, ids))
    }
}

/// A random span below `span`, drawn from the random bytes of an id.
fn random_part(span: Duration, ids: &dyn IdGenerator) -> Duration {
    let (_, low) = ids.next().as_u64_pair();
    let thousandths = low.checked_rem(1000).unwrap_or_default();
    let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
    let part = u128::from(micros).saturating_mul(u128::from(thousandths)).checked_div(1000);
    Duration::from_micros(part.and_then(|part| u64::try_from(part).ok()).unwrap_or(micros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use payout_ports::MockIdGenerator;
    use uuid::Uuid;

    #[test]
    fn the_wait_doubles_up_to_its_longest_and_is_never_nothing() {
        let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(1) };
        for (failures, bound) in [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (u32::MAX, 60)]
        {
            for low in [0_u64, 1, 500, 999, u64::MAX] {
                let mut ids = MockIdGenerator::new();
                ids.expect_next().returning(move || Uuid::from_u64_pair(0, low));

                let wait = backoff.wait(failures, &ids);

                let bound = Duration::from_secs(bound);
                assert!(wait >= bound / 4 && wait <= bound, "{failures} failures: {wait:?}");
            }
        }
    }
}
