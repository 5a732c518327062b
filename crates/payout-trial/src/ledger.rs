//! What the trial has asked for, and what it was told.

use std::sync::{Mutex, MutexGuard, PoisonError};

use payout_domain::{GatewayPayoutId, IdempotencyKey, PayoutOrder};
use tokio::sync::watch;

use crate::finding::{Findings, Kind};

/// What the trial has asked for, and what it was told. It lies in memory, where no crash reaches it.
pub(crate) struct Ledger {
    intentions: Mutex<Vec<Intention>>,
    acknowledged: watch::Sender<u64>,
}

/// One payout that the trial wants, however often it has to ask.
#[derive(Clone, Debug)]
pub(crate) struct Intention {
    pub(crate) key: IdempotencyKey,
    pub(crate) order: PayoutOrder,
    /// The id that it was acknowledged with.
    pub(crate) id: Option<GatewayPayoutId>,
    /// How often it was acknowledged.
    pub(crate) acknowledgements: u32,
    /// Whether an audit has seen its end.
    pub(crate) settled: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { intentions: Mutex::default(), acknowledged: watch::Sender::new(0) }
    }
}

impl Ledger {
    /// Notes what is wanted before it is asked for, and gives its number.
    pub(crate) fn intend(&self, key: IdempotencyKey, order: PayoutOrder) -> usize {
        let mut intentions = self.lock();
        let number = intentions.len();
        let (id, acknowledgements, settled) = (None, 0, false);
        intentions.push(Intention { key, order, id, acknowledgements, settled });
        number
    }

    /// Notes an acknowledgement: a key gives the same payout for ever.
    pub(crate) fn acknowledge(&self, number: usize, id: GatewayPayoutId, findings: &Findings) {
        let mut intentions = self.lock();
        let Some(intention) = intentions.get_mut(number) else { return };
        intention.acknowledgements = intention.acknowledgements.saturating_add(1);
        match intention.id {
            Some(known) if known != id => {
                let key = intention.key.as_str();
                findings.add(Kind::Twice, format!("the key {key} gave {known}, and later {id}"));
            }
            Some(_) => {}
            None => intention.id = Some(id),
        }
        self.acknowledged.send_modify(|count| *count = count.saturating_add(1));
    }

    /// What is to be asked for, and under which key.
    pub(crate) fn request(&self, number: usize) -> Option<(IdempotencyKey, PayoutOrder)> {
        let intentions = self.lock();
        intentions.get(number).map(|wanted| (wanted.key.clone(), wanted.order.clone()))
    }

    /// Counts acknowledgements as they come.
    pub(crate) fn acknowledged(&self) -> watch::Receiver<u64> {
        self.acknowledged.subscribe()
    }

    /// Notes that an audit has seen the end of it.
    pub(crate) fn settle(&self, number: usize) {
        if let Some(intention) = self.lock().get_mut(number) {
            intention.settled = true;
        }
    }

    /// All that is wanted, by its number.
    pub(crate) fn all(&self) -> Vec<Intention> {
        self.lock().clone()
    }

    /// Those whose end no audit has seen.
    pub(crate) fn open(&self) -> Vec<(usize, Intention)> {
        let intentions = self.lock();
        let open = intentions.iter().enumerate().filter(|(_, intention)| !intention.settled);
        open.map(|(number, intention)| (number, intention.clone())).collect()
    }

    /// How many payouts were acknowledged.
    pub(crate) fn accepted(&self) -> usize {
        self.lock().iter().filter(|intention| intention.id.is_some()).count()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Intention>> {
        self.intentions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
