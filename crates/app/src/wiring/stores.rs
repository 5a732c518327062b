//! One store behind its ports.

use std::sync::Arc;

use payout_ports::{
    ClientRegister, Inbox, MarkedStore, Outbox, PaymentRepository, PayoutRepository, SendSwitch,
    Store,
};

/// One store, seen through each of its ports.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) payouts: Arc<dyn PayoutRepository>,
    pub(crate) payments: Arc<dyn PaymentRepository>,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) switch: Arc<dyn SendSwitch>,
    pub(crate) marked: Arc<dyn MarkedStore>,
    pub(crate) clients: Arc<dyn ClientRegister>,
}

impl Stores {
    /// Puts one store behind all its ports.
    pub(crate) fn of<S: Store + 'static>(store: &Arc<S>) -> Self {
        Self {
            payouts: Arc::<S>::clone(store),
            payments: Arc::<S>::clone(store),
            inbox: Arc::<S>::clone(store),
            outbox: Arc::<S>::clone(store),
            switch: Arc::<S>::clone(store),
            marked: Arc::<S>::clone(store),
            clients: Arc::<S>::clone(store),
        }
    }
}
