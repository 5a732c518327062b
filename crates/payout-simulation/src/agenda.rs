//! What is to happen, and when.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use payout_domain::{EventId, GatewayPayoutId};
use payout_ports::InboxSubject;
use tokio::sync::Notify;

use crate::plan::Trouble;
use crate::provider::Transmission;

/// What is to happen, in the order of time; of what happens at one time, what was planned first.
#[derive(Default)]
pub(crate) struct Agenda {
    entries: Mutex<Entries>,
    /// Rings when something is to happen earlier than all else.
    pub(crate) earlier: Notify,
}

#[derive(Default)]
struct Entries {
    planned: BTreeMap<(u64, u64), Happening>,
    count: u64,
}

/// Something that happens in a world, apart from what the service does.
#[derive(Clone)]
pub(crate) enum Happening {
    /// A user pays in.
    Deposit(u64),
    /// A client begins to ask for the payout of this number.
    Ask(usize),
    /// A client looks how its payout stands.
    Look(usize),
    /// Time has moved something at the bank.
    BankMoves,
    /// A transmission arrives that nobody waits for any more.
    Arrival(Box<Transmission>),
    /// The beneficiary's bank sends a payout back.
    Return(GatewayPayoutId),
    /// The provider tells us something.
    Webhook(Webhook),
    /// An instance starts.
    Start(usize),
    /// An instance has died.
    Bury(usize, u64),
    /// An operator says what the store of an instance is, and starts it again.
    Adopt(usize),
    /// An operator looks at what waits.
    Round,
    /// A client changes its mind.
    CallOff(usize),
    /// A planned fault begins.
    Begin(Trouble),
    /// A planned fault ends.
    End(Trouble),
    /// Nothing goes wrong any more.
    Calm,
}

/// An event on its way to us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Webhook {
    pub(crate) event_id: EventId,
    pub(crate) subject: InboxSubject,
    pub(crate) digest: [u8; 32],
    pub(crate) tries: u32,
}

impl Agenda {
    pub(crate) fn plan(&self, at_ms: u64, happening: Happening) {
        let mut entries = self.entries();
        let is_earliest = entries.planned.first_key_value().is_none_or(|((at, _), _)| at_ms < *at);
        entries.count = entries.count.saturating_add(1);
        let count = entries.count;
        entries.planned.insert((at_ms, count), happening);
        drop(entries);
        if is_earliest {
            self.earlier.notify_one();
        }
    }

    /// When the next thing happens.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.entries().planned.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes what happens next, if it is time.
    pub(crate) fn take(&self, now_ms: u64) -> Option<Happening> {
        let mut entries = self.entries();
        let first = entries.planned.first_entry()?;
        let (at, _) = *first.key();
        (at <= now_ms).then(|| first.remove())
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
