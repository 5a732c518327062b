//! What mistaken code would ask of the store: the planted bugs that live there.

use std::time::Duration;

use payout_domain::{
    EventId, Evidence, FailureReason, Payout, PayoutRecord, PayoutState, Progress, TokenLife,
};
use payout_memory::MemoryStore;
use payout_ports::{
    Clock, IdGenerator, NewNotification, NotificationKind, PayoutChange, PayoutRepository,
    SendOrder,
};

use crate::Plant;
use crate::faulty_store::FaultyStore;

impl FaultyStore {
    /// An order as a mistaken dispatcher would give it.
    pub(crate) fn bent(&self, order: &SendOrder) -> SendOrder {
        let mut order = order.clone();
        match self.life.world.plant {
            Some(Plant::NoWindowCheck) => order.rule.key_window = Duration::from_hours(24 * 3650),
            Some(Plant::LocalClock) => {
                let issued_at = self.life.now();
                let expires_at =
                    issued_at.plus(order.token.expires_at.since(order.token.issued_at));
                order.token = TokenLife { issued_at, expires_at };
            }
            _ => {}
        }
        order
    }

    /// A change as mistaken code would make it.
    pub(crate) async fn mistaken(&self, change: PayoutChange, store: &MemoryStore) -> PayoutChange {
        match self.life.world.plant {
            Some(Plant::Regress) => regressed(change, store).await,
            Some(Plant::RejectAfterUnknown) => self.failed_after_all(change),
            _ => change,
        }
    }

    fn failed_after_all(&self, mut change: PayoutChange) -> PayoutChange {
        let is_refused =
            change.events.iter().any(|event| matches!(event.evidence, Evidence::Rejected { .. }));
        if !is_refused || *change.payout.state() != PayoutState::Unknown {
            return change;
        }
        let now = self.life.now();
        change.payout = with_progress(&change.payout, |progress| {
            progress.state = PayoutState::Failed(FailureReason::Rejected);
            progress.failed_at = Some(now);
        });
        change.notifications.push(NewNotification {
            event_id: EventId::from_uuid(self.life.world.ids().next()),
            kind: NotificationKind::PayoutFailed,
            sequence: 1,
            created_at: now,
        });
        change
    }
}

/// The change, written over whatever is there.
async fn regressed(mut change: PayoutChange, store: &MemoryStore) -> PayoutChange {
    if let Ok(Some(stored)) = store.find_unscoped(change.payout.id()).await {
        change.expected_version = stored.version();
    }
    change
}

/// The payout with something changed that nothing of ours would change.
pub(crate) fn with_progress(payout: &Payout, change: impl FnOnce(&mut Progress)) -> Payout {
    let mut progress = payout.progress().clone();
    change(&mut progress);
    let request = payout.request();
    let record = PayoutRecord {
        id: payout.id(),
        client_id: payout.client_id().clone(),
        idempotency_key: payout.idempotency_key().clone(),
        order: request.order().clone(),
        proof: request.proof(),
        scheme: request.scheme(),
        account_holder_name: request.account_holder_name().map(str::to_owned),
        account_identifiers: request.account_identifiers().to_vec(),
        created_at: payout.created_at(),
        progress,
    };
    Payout::restore(record).unwrap_or_else(|_| payout.clone())
}
