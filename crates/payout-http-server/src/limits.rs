//! How much, how long and how many.

use std::time::Duration;

/// How much a peer may send, how long it may take, and how many peers there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of path, header names and header values together.
    pub head_bytes_max: usize,
    /// The most bytes of a body.
    pub body_bytes_max: usize,
    /// How long the first byte of a new connection and then a whole head may take.
    pub head_time_max: Duration,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
    /// How long a request may take from the end of its head to its answer.
    pub request_time_max: Duration,
    /// How long a connection may be quiet between two requests, or may not take what we write.
    pub idle_time_max: Duration,
    /// How long open requests may take to end after the server was told to stop.
    pub drain_time_max: Duration,
    /// The most connections; more of them wait until one ends.
    pub connections_max: usize,
}

impl Default for Limits {
    /// The provider's ingress gives up after 29 seconds, so our own answer comes before that.
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
        }
    }
}
