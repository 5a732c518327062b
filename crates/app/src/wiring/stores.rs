//! One store behind four ports.

use std::sync::Arc;

use payout_ports::{Inbox, Outbox, PaymentRepository, PayoutRepository};

/// One store, seen through each of its ports.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) payouts: Arc<dyn PayoutRepository>,
    pub(crate) payments: Arc<dyn PaymentRepository>,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) outbox: Arc<dyn Outbox>,
}

impl Stores {
    /// Puts one store behind all four ports.
    pub(crate) fn of<S>(store: &Arc<S>) -> Self
    where
        S: PayoutRepository + PaymentRepository + Inbox + Outbox + 'static,
    {
        Self {
            payouts: Arc::<S>::clone(store),
            payments: Arc::<S>::clone(store),
            inbox: Arc::<S>::clone(store),
            outbox: Arc::<S>::clone(store),
        }
    }
}
