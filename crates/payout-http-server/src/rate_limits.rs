//! Who has asked too often.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use http::Method;
use http::request::Parts;
use payout_domain::ClientId;
use tokio::time::Instant;

use crate::fault::Fault;
use crate::limits::neighbourhood;
use crate::second_tries::SecondTries;
use crate::{Rate, Rates};

/// The most of those who are counted one by one; all others are counted as one.
const COUNTED_MAX: usize = 10_000;

/// How often everybody has asked.
pub(crate) struct RateLimits {
    reads: Option<Buckets>,
    writes: Option<Buckets>,
    tokens: Option<Buckets>,
    /// Apart, so that no crowd of strangers takes the room of those whom we know.
    strangers_tokens: Option<Buckets>,
    webhooks: Option<Buckets>,
    pub(crate) second_tries: SecondTries,
}

/// What a request is counted by: the address that it comes from, and the counts of its server.
#[derive(Clone)]
pub(crate) struct Meter {
    pub(crate) origin: IpAddr,
    pub(crate) rates: Arc<RateLimits>,
}

/// One bucket for each who asks.
struct Buckets {
    limiter: RateLimiter<Asker, HashMapStateStore<Asker>, Stopwatch, NoOpMiddleware<Duration>>,
    stopwatch: Stopwatch,
    counted_max: usize,
    /// In which second those with a full bucket were forgotten last.
    swept_at: AtomicU64,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Asker {
    /// Who has proved it by a token.
    Known(String),
    /// Who says so, and from where. A stranger elsewhere uses up nothing of the real one's.
    Named(ClientId, IpAddr),
    /// Nobody whom we know, from there.
    Stranger(IpAddr),
    /// All strangers for whom there is no bucket left.
    Others,
}

/// Time since the server was made.
#[derive(Clone, Copy)]
struct Stopwatch(Instant);

/// Counts a request of a client whose token is valid, before anything expensive is done for it.
pub(crate) fn admit_client(parts: &Parts, client: &ClientId) -> Result<(), Fault> {
    admit_known(parts, client.as_str())
}

/// Counts a request of an operator whose token is valid.
pub(crate) fn admit_operator(parts: &Parts, subject: &str) -> Result<(), Fault> {
    // No client's id has a colon, so nobody shares a bucket with an operator.
    admit_known(parts, subject)
}

/// Counts a request for a token, before its secret is looked at.
pub(crate) fn admit_token(parts: &Parts, known: Option<&ClientId>) -> Result<(), Fault> {
    let Some(meter) = parts.extensions.get::<Meter>() else { return Ok(()) };
    match known {
        Some(client) => {
            admit(meter.rates.tokens.as_ref(), Asker::Named(client.clone(), meter.place()))
        }
        None => admit(meter.rates.strangers_tokens.as_ref(), Asker::Stranger(meter.place())),
    }
}

/// Counts an event, before its signature is verified.
pub(crate) fn admit_webhook(parts: &Parts) -> Result<(), Fault> {
    let Some(meter) = parts.extensions.get::<Meter>() else { return Ok(()) };
    admit(meter.rates.webhooks.as_ref(), Asker::Stranger(meter.place()))
}

fn admit_known(parts: &Parts, name: &str) -> Result<(), Fault> {
    let Some(meter) = parts.extensions.get::<Meter>() else { return Ok(()) };
    let reads = [Method::GET, Method::HEAD].contains(&parts.method);
    let buckets = if reads { &meter.rates.reads } else { &meter.rates.writes };
    admit(buckets.as_ref(), Asker::Known(name.to_owned()))
}

fn admit(buckets: Option<&Buckets>, asker: Asker) -> Result<(), Fault> {
    let Some(buckets) = buckets else { return Ok(()) };
    buckets.take(asker).map_err(Fault::asked_too_often)
}

impl Meter {
    fn place(&self) -> IpAddr {
        neighbourhood(self.origin)
    }
}

impl RateLimits {
    pub(crate) fn new(rates: &Rates) -> Self {
        let buckets = |rate: Option<Rate>| rate.map(|rate| Buckets::new(rate, COUNTED_MAX));
        Self {
            reads: buckets(rates.reads),
            writes: buckets(rates.writes),
            tokens: buckets(rates.tokens),
            strangers_tokens: buckets(rates.tokens),
            webhooks: buckets(rates.webhooks),
            second_tries: SecondTries::default(),
        }
    }
}

impl Buckets {
    fn new(rate: Rate, counted_max: usize) -> Self {
        let stopwatch = Stopwatch(Instant::now());
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        let limiter = RateLimiter::hashmap_with_clock(quota, stopwatch);
        Self { limiter, stopwatch, counted_max, swept_at: AtomicU64::new(0) }
    }

    /// Takes one from a bucket, or says how long it takes until there is one.
    fn take(&self, asker: Asker) -> Result<(), Duration> {
        let asker = if self.has_room() { asker } else { asker.in_the_crowd() };
        let taken = self.limiter.check_key(&asker);
        taken.map_err(|not_until| not_until.wait_time_from(self.stopwatch.now()))
    }

    /// Whether one more can be counted. Whoever has a full bucket again is forgotten, at most once a
    /// second; what is counted of the others must stay.
    fn has_room(&self) -> bool {
        if self.limiter.len() < self.counted_max {
            return true;
        }
        let second = self.stopwatch.now().as_secs();
        if self.swept_at.swap(second, Ordering::Relaxed) != second {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.len() < self.counted_max
    }
}

impl Asker {
    /// Who is counted if there is no room to count each one: few enough in any case.
    fn in_the_crowd(self) -> Self {
        match self {
            // Only who has a token is known, and so there are as many as there are clients.
            Self::Known(name) => Self::Known(name),
            Self::Named(client, _) => Self::Named(client, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            Self::Stranger(_) | Self::Others => Self::Others,
        }
    }
}

impl Clock for Stopwatch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        let some = |number| NonZeroU32::new(number).expect("the tests count from one");
        Rate { per_second: some(per_second), burst: some(burst) }
    }

    fn stranger(number: u32) -> Asker {
        Asker::Stranger(IpAddr::from(number.to_be_bytes()))
    }

    fn known(name: &str) -> Asker {
        Asker::Known(name.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_has_its_burst_and_then_its_rate() {
        let buckets = Buckets::new(rate(2, 3), COUNTED_MAX);

        for _ in 0..3 {
            assert_eq!(buckets.take(known("acme")), Ok(()));
        }
        let refused = buckets.take(known("acme"));
        tokio::time::advance(Duration::from_millis(501)).await;

        assert_eq!(refused, Err(Duration::from_millis(500)));
        assert_eq!(buckets.take(known("acme")), Ok(()));
        assert!(buckets.take(known("acme")).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_uses_up_what_is_anothers() {
        let buckets = Buckets::new(rate(1, 1), COUNTED_MAX);
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let acme: ClientId = "acme".parse().expect("it is a name");
        let askers = [
            known("acme"),
            known("bets"),
            Asker::Named(acme.clone(), here),
            Asker::Named(acme, there),
            Asker::Stranger(here),
            Asker::Stranger(there),
        ];

        for asker in &askers {
            assert_eq!(buckets.take(asker.clone()), Ok(()), "{asker:?}");
        }
        for asker in askers {
            assert!(buckets.take(asker.clone()).is_err(), "{asker:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_for_whom_there_is_no_bucket_share_one_until_one_is_free() {
        let buckets = Buckets::new(rate(1, 1), 3);
        for number in 0..3 {
            assert_eq!(buckets.take(stranger(number)), Ok(()));
        }

        let (first, second) = (buckets.take(stranger(3)), buckets.take(stranger(4)));
        for number in 5..1000 {
            let _refused = buckets.take(stranger(number));
        }
        let counted = buckets.limiter.len();
        let acme: ClientId = "acme".parse().expect("it is a name");
        let named = buckets.take(Asker::Named(acme, IpAddr::from([192, 0, 2, 1])));
        tokio::time::advance(Duration::from_secs(3)).await;

        assert_eq!((first, second.is_err(), named), (Ok(()), true, Ok(())));
        assert!(counted <= 4, "{counted}");
        for number in 6..9 {
            assert_eq!(buckets.take(stranger(number)), Ok(()));
        }
    }
}
