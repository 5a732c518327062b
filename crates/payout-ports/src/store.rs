//! All that one store remembers.

use crate::{Inbox, MarkedStore, Outbox, PaymentRepository, PayoutRepository, SendSwitch};

/// One store behind the six ports that must be kept together: what is written through one of them in
/// one step is read through the others.
pub trait Store:
    PayoutRepository + PaymentRepository + Inbox + Outbox + SendSwitch + MarkedStore
{
}

impl<S> Store for S where
    S: PayoutRepository + PaymentRepository + Inbox + Outbox + SendSwitch + MarkedStore
{
}
