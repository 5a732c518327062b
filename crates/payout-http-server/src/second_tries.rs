//! How often a path is tried in its other spelling, for those who sign it so.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use payout_domain::ClientId;
use tokio::time::Instant;

/// How many second tries of one client may fail in a [`SPAN`].
const FAILURES_MAX: u32 = 8;

/// After so long they are forgotten.
const SPAN: Duration = Duration::from_mins(1);

/// The second tries that have failed lately, by client.
///
/// A client may have signed its path with one slash more or less at the end, so a signature that does not
/// fit is tried once more. That costs as much as the first try, and a forger would have us pay it every
/// time. So only a client whose second tries have seldom failed lately has one: who signs the other
/// spelling never fails, and never runs out.
#[derive(Debug, Default)]
pub(crate) struct SecondTries(Mutex<BTreeMap<ClientId, Failures>>);

#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Instant,
    count: u32,
}

impl SecondTries {
    /// Whether a client has another try.
    pub(crate) fn has(&self, client_id: &ClientId, now: Instant) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(client_id).is_none_or(|failures| {
            failures.count < FAILURES_MAX || now.duration_since(failures.since) >= SPAN
        })
    }

    /// Notes that a second try has failed. Only clients that have proved who they are come here, so there
    /// are no more of them than are registered.
    pub(crate) fn fail(&self, client_id: &ClientId, now: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Failures { since: now, count: 0 };
        let failures = all.entry(client_id.clone()).or_insert(fresh);
        if now.duration_since(failures.since) >= SPAN {
            *failures = fresh;
        }
        failures.count = failures.count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(name: &str) -> ClientId {
        name.parse().expect("it is a name")
    }

    #[test]
    fn who_fails_again_and_again_has_no_second_try_for_a_while() {
        let (tries, now) = (SecondTries::default(), Instant::now());
        let (forged, other) = (client("forged"), client("other"));

        for _ in 0..FAILURES_MAX {
            assert!(tries.has(&forged, now));
            tries.fail(&forged, now);
        }

        assert!(!tries.has(&forged, now), "it has failed too often");
        assert!(tries.has(&other, now), "others are not concerned");
        assert!(tries.has(&forged, now + SPAN), "that is forgotten after a while");
        tries.fail(&forged, now + SPAN);
        assert!(tries.has(&forged, now + SPAN), "and counted anew");
    }
}
