//! How much, how long and how many.

mod proxies;
mod rates;

use std::time::Duration;

pub(crate) use proxies::neighbourhood;
pub use proxies::{ProxiesError, TrustedProxies};
pub use rates::{Rate, Rates};

/// How much a peer may send, how long it may take, and how many peers there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of path, header names and header values together.
    pub head_bytes_max: usize,
    /// The most bytes of a body.
    pub body_bytes_max: usize,
    /// How long the first byte of a new connection may take, and then a whole head from its first byte on;
    /// with TLS, how long its handshake may take before that.
    pub head_time_max: Duration,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
    /// How long a request may take from the end of its head to its answer.
    pub request_time_max: Duration,
    /// How long a connection may be quiet between two requests, or may not take what we write.
    pub idle_time_max: Duration,
    /// How long open requests may take to end after the server was told to stop.
    pub drain_time_max: Duration,
    /// The most connections. One more takes the place of the one that has waited longest for its peer;
    /// if all are at work, it waits.
    pub connections_max: usize,
    /// The most connections of one peer, by its address; of IPv6 by its first 64 bits. One more takes the
    /// place of its own that has waited longest; if all are at work, it is closed. 0 is no limit, and
    /// trusted proxies have none.
    pub connections_per_peer_max: usize,
    /// How often each may ask.
    pub rates: Rates,
    /// Whose word is believed about whom they speak for.
    pub proxies: TrustedProxies,
}

impl Default for Limits {
    /// The provider's ingress gives up after 29 seconds, so our own answer comes before that. Nobody's
    /// requests are counted.
    fn default() -> Self {
        Self {
            head_bytes_max: 8 * 1024,
            body_bytes_max: 64 * 1024,
            head_time_max: Duration::from_secs(10),
            body_time_max: Duration::from_secs(10),
            request_time_max: Duration::from_secs(25),
            idle_time_max: Duration::from_secs(75),
            drain_time_max: Duration::from_secs(30),
            connections_max: 1024,
            connections_per_peer_max: 512,
            rates: Rates::default(),
            proxies: TrustedProxies::default(),
        }
    }
}
