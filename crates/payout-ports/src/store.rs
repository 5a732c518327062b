//! All that one store remembers.

use crate::{
    ClientRegister, Inbox, MarkedStore, Outbox, PaymentRepository, PayoutRepository, SendSwitch,
};

/// One store behind the seven ports that must be kept together: what is written through one of them in
/// one step is read through the others.
pub trait Store:
    PayoutRepository + PaymentRepository + Inbox + Outbox + SendSwitch + MarkedStore + ClientRegister
{
}

impl<S> Store for S where
    S: PayoutRepository
        + PaymentRepository
        + Inbox
        + Outbox
        + SendSwitch
        + MarkedStore
        + ClientRegister
{
}
