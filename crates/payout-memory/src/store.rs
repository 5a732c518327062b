//! A store in maps.

mod clients;
mod inbox;
mod outbox;
mod payments;
mod payouts;

use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    ClientId, EventId, GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId,
    Payment, PaymentId, PaymentSource, PaymentSourceId, Payout, PayoutId, Registration, Timestamp,
    UserId,
};
use payout_ports::{
    AcceptOutcome, Acceptance, AfterFailure, Attempt, Claimed, ClientRegister, DeadLetter,
    GatewayProfile, IdempotencyRecord, Inbox, InboxEntry, MarkedStore, NewNotification,
    Notification, Outbox, PageOrder, Pause, PaymentRepository, PayoutChange, PayoutEvent,
    PayoutRepository, Payouts, RecordedPayment, RegisterError, Remembered, RepositoryError,
    SaveError, SendOrder, SendSwitch, Standing, StoreMark, WatchOrder,
};

use clients::ClientTable;
use inbox::InboxTable;
use outbox::{OutboxTable, Subject};
use payments::PaymentTable;
use payouts::PayoutTable;

/// Keeps everything in maps behind one lock: the reference that other stores are compared with.
///
/// Every call checks first and writes then, so each is all or nothing. "Survives a crash" means here:
/// as long as the process lives.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

#[derive(Clone, Default)]
struct Tables {
    payouts: PayoutTable,
    payments: PaymentTable,
    inbox: InboxTable,
    outbox: OutboxTable,
    pause: Option<Pause>,
    clients: ClientTable,
}

/// A writer panicked half-way: what it left behind may contradict itself.
#[derive(Debug, thiserror::Error)]
#[error("a call on the store has panicked")]
struct Poisoned;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store of its own that holds what this one holds now, as a backup does.
    pub fn copy(&self) -> Result<Self, RepositoryError> {
        let tables = self.tables()?.clone();
        Ok(Self { tables: Mutex::new(tables) })
    }

    fn tables(&self) -> Result<MutexGuard<'_, Tables>, RepositoryError> {
        self.tables.lock().map_err(|_| RepositoryError::Corrupt(Poisoned.into()))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl PayoutRepository for MemoryStore {
    async fn accept(&self, acceptance: Acceptance) -> Result<AcceptOutcome, RepositoryError> {
        self.tables()?.payouts.accept(acceptance)
    }

    async fn find_key(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, RepositoryError> {
        Ok(self.tables()?.payouts.key(client_id, key))
    }

    async fn claim_sendable(&self, order: &SendOrder) -> Result<Claimed, RepositoryError> {
        let mut tables = self.tables()?;
        if tables.pause.is_some() {
            return Ok(Claimed::default());
        }
        Ok(tables.payouts.claim_sendable(order))
    }

    async fn claim_watched(&self, order: &WatchOrder) -> Result<Vec<Payout>, RepositoryError> {
        Ok(self.tables()?.payouts.claim_watched(order))
    }

    async fn save(&self, change: PayoutChange) -> Result<(), SaveError> {
        let mut tables = self.tables().map_err(|error| SaveError::Unavailable(error.into()))?;
        let (client_id, id) = (change.payout.client_id().clone(), change.payout.id());
        let notifications = change.notifications.clone();
        tables.payouts.save(change)?;
        for notification in &notifications {
            tables.outbox.write(client_id.clone(), Subject::Payout(id), notification);
        }
        Ok(())
    }

    async fn find(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        Ok(self.tables()?.payouts.of_client(client_id, id).cloned())
    }

    async fn find_unscoped(&self, id: PayoutId) -> Result<Option<Payout>, RepositoryError> {
        Ok(self.tables()?.payouts.payout(id).cloned())
    }

    async fn find_by_gateway_id(
        &self,
        profile: &GatewayProfile,
        id: GatewayPayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        Ok(self.tables()?.payouts.by_gateway_id(profile, id).cloned())
    }

    async fn list(
        &self,
        client_id: &ClientId,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        Ok(self.tables()?.payouts.list(client_id, page))
    }

    async fn list_standing(
        &self,
        standing: Standing,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        Ok(self.tables()?.payouts.list_standing(standing, page))
    }

    async fn attempts(&self, id: PayoutId) -> Result<Vec<Attempt>, RepositoryError> {
        Ok(self.tables()?.payouts.attempts(id))
    }

    async fn history(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Vec<PayoutEvent>>, RepositoryError> {
        Ok(self.tables()?.payouts.history(client_id, id))
    }
}

#[async_trait]
impl PaymentRepository for MemoryStore {
    async fn record_payment(
        &self,
        client_id: &ClientId,
        payment: &Payment,
        notification: Option<NewNotification>,
    ) -> Result<RecordedPayment, RepositoryError> {
        let mut tables = self.tables()?;
        let recorded = tables.payments.record_payment(client_id, payment);
        if let (RecordedPayment::Fresh, Some(notification)) = (recorded, notification) {
            tables.outbox.write(client_id.clone(), Subject::Payment(payment.id), &notification);
        }
        Ok(recorded)
    }

    async fn record_source(
        &self,
        client_id: &ClientId,
        source: &PaymentSource,
    ) -> Result<RecordedPayment, RepositoryError> {
        Ok(self.tables()?.payments.record_source(client_id, source))
    }

    async fn payment(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, RepositoryError> {
        Ok(self.tables()?.payments.payment(client_id, id).cloned())
    }

    async fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Result<Option<PaymentSource>, RepositoryError> {
        Ok(self.tables()?.payments.source(client_id, id).cloned())
    }

    async fn sources_of(
        &self,
        client_id: &ClientId,
        user_id: &UserId,
        merchant_account_id: MerchantAccountId,
    ) -> Result<Vec<PaymentSource>, RepositoryError> {
        Ok(self.tables()?.payments.sources_of(client_id, user_id, merchant_account_id))
    }

    async fn remember_merchant_accounts(
        &self,
        accounts: &[MerchantAccount],
    ) -> Result<(), RepositoryError> {
        self.tables()?.payments.remember_merchant_accounts(accounts)
    }

    async fn merchant_account(
        &self,
        id: MerchantAccountId,
    ) -> Result<Option<MerchantAccount>, RepositoryError> {
        Ok(self.tables()?.payments.merchant_account(id).cloned())
    }
}

#[async_trait]
impl Inbox for MemoryStore {
    async fn remember(&self, entry: &InboxEntry) -> Result<Remembered, RepositoryError> {
        Ok(self.tables()?.inbox.remember(entry))
    }

    async fn claim_events(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<InboxEntry>, RepositoryError> {
        Ok(self.tables()?.inbox.claim(now, limit, now.plus(lease)))
    }

    async fn event_done(
        &self,
        profile: &GatewayProfile,
        event_id: EventId,
    ) -> Result<(), RepositoryError> {
        self.tables()?.inbox.done(profile, event_id);
        Ok(())
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn claim_notifications(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Notification>, RepositoryError> {
        let mut tables = self.tables()?;
        let claimed = tables.outbox.claim(now, limit, now.plus(lease));
        Ok(claimed.iter().filter_map(|letter| tables.shown(letter)).collect())
    }

    async fn notification_done(&self, id: EventId) -> Result<(), RepositoryError> {
        self.tables()?.outbox.done(id);
        Ok(())
    }

    async fn notification_failed(
        &self,
        id: EventId,
        then: AfterFailure,
    ) -> Result<(), RepositoryError> {
        self.tables()?.outbox.failed(id, then);
        Ok(())
    }

    async fn dead_letters(
        &self,
        limit: usize,
        after: Option<EventId>,
    ) -> Result<Vec<DeadLetter>, RepositoryError> {
        Ok(self.tables()?.outbox.dead_letters(limit, after))
    }

    async fn replay(&self, id: EventId, at: Timestamp) -> Result<bool, RepositoryError> {
        Ok(self.tables()?.outbox.replay(id, at))
    }
}

#[async_trait]
impl SendSwitch for MemoryStore {
    async fn pause(&self, pause: &Pause) -> Result<(), RepositoryError> {
        self.tables()?.pause.get_or_insert_with(|| pause.clone());
        Ok(())
    }

    async fn resume(&self) -> Result<(), RepositoryError> {
        self.tables()?.pause = None;
        Ok(())
    }

    async fn paused(&self) -> Result<Option<Pause>, RepositoryError> {
        Ok(self.tables()?.pause.clone())
    }
}

#[async_trait]
impl MarkedStore for MemoryStore {
    async fn mark(&self) -> Result<StoreMark, RepositoryError> {
        let tables = self.tables()?;
        Ok(StoreMark {
            store: "memory".into(),
            place: "this process".into(),
            sequence: tables.payouts.sequence(),
            latest_at: tables.payouts.latest_at(),
        })
    }
}

#[async_trait]
impl ClientRegister for MemoryStore {
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError> {
        Ok(self.tables()?.clients.all())
    }

    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        let mut tables = self.tables()?;
        tables.clients.save(registration, expected_version)?;
        tables.payouts.went_on(None);
        Ok(())
    }

    async fn register_progress(&self) -> Result<u64, RepositoryError> {
        Ok(self.tables()?.clients.progress())
    }
}
