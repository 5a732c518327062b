//! How often each may ask.

use std::num::NonZeroU32;

/// How often each may ask, by what is asked. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// What one client or operator may read.
    pub reads: Option<Rate>,
    /// What one client or operator may change.
    pub writes: Option<Rate>,
    /// The tokens that may be asked for: in the name of one client from one address, and from one
    /// address in the name of nobody whom we know.
    pub tokens: Option<Rate>,
    /// The events that may be told from one address.
    pub webhooks: Option<Rate>,
}

/// So many a second in the long run, and at most so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many a second.
    pub per_second: NonZeroU32,
    /// How many at once, by whoever has not asked for a while.
    pub burst: NonZeroU32,
}
