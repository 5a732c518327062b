//! How a store is opened.

use std::num::NonZeroUsize;
use std::time::Duration;

use payout_ports::Sealing;

/// How a store is opened. The default is right for a few instances in one data centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// The most connections of this store.
    pub connections: NonZeroUsize,
    /// The most acceptances, or changes, that are written together.
    pub group_max: NonZeroUsize,
    /// How many of them may wait; a caller beyond that waits until there is room.
    pub queue_max: NonZeroUsize,
    /// How long to try to connect.
    pub connect_timeout: Duration,
    /// How long to wait for a free connection.
    pub pool_timeout: Duration,
    /// How long the server may work on a statement.
    pub statement_timeout: Duration,
    /// How long a statement may wait for somebody else's lock.
    pub lock_timeout: Duration,
    /// How long a transaction may stand still before the server ends it: after that, what a vanished
    /// instance had locked is free again.
    pub idle_in_transaction_timeout: Duration,
    /// How long to wait for the answer to a piece of work before its connection is given up. Longer
    /// than the server's own limits, so that it counts only when nobody answers at all.
    pub answer_timeout: Duration,
    /// How what is of a person is kept. All instances on one schema keep it alike.
    pub sealing: Sealing,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: NonZeroUsize::MIN.saturating_add(15),
            group_max: NonZeroUsize::MIN.saturating_add(255),
            queue_max: NonZeroUsize::MIN.saturating_add(4095),
            connect_timeout: Duration::from_secs(5),
            pool_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(2),
            idle_in_transaction_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(20),
            sealing: Sealing::default(),
        }
    }
}
