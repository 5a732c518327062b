//! The store, as unreliable as its connection.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    ClientId, EventId, GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId,
    Payment, PaymentId, PaymentSource, PaymentSourceId, Payout, PayoutId, PayoutState, Timestamp,
    UserId,
};
use payout_memory::MemoryStore;
use payout_ports::{
    AcceptOutcome, Acceptance, AfterFailure, Attempt, Cause, Claimed, DeadLetter, GatewayProfile,
    IdempotencyRecord, Inbox, InboxEntry, MarkedStore, NewNotification, Notification, Outbox,
    PageOrder, Pause, PaymentRepository, PayoutChange, PayoutEvent, PayoutRepository, Payouts,
    RecordedPayment, Remembered, RepositoryError, SaveError, SendOrder, SendSwitch, Standing,
    StoreMark, WatchOrder,
};

use crate::life::Life;
use crate::world::lock;
use crate::{FaultKind, Plant};

/// The way of one instance to the store.
pub(crate) struct FaultyStore {
    pub(crate) life: Arc<Life>,
}

/// Asks the store something that changes nothing.
macro_rules! read {
    ($self:ident.$name:ident($($argument:expr),*)) => {{
        let store = $self.reachable().await.map_err(RepositoryError::Unavailable)?;
        store.$name($($argument),*).await
    }};
}

/// Lets the store write something.
macro_rules! write {
    ($self:ident.$name:ident($($argument:expr),*)) => {{
        let store = $self.writable().await.map_err(RepositoryError::Unavailable)?;
        let answer = store.$name($($argument),*).await;
        $self.committed().await.map_err(RepositoryError::Unavailable)?;
        answer
    }};
}

#[async_trait]
impl PayoutRepository for FaultyStore {
    async fn accept(&self, acceptance: Acceptance) -> Result<AcceptOutcome, RepositoryError> {
        let accepted = write!(self.accept(acceptance));
        self.life.world.take_snapshot();
        accepted
    }

    async fn find_key(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, RepositoryError> {
        read!(self.find_key(client_id, key))
    }

    async fn claim_sendable(&self, order: &SendOrder) -> Result<Claimed, RepositoryError> {
        let store = self.reachable().await.map_err(RepositoryError::Unavailable)?;
        let claimed = store.claim_sendable(&self.bent(order)).await?;
        if claimed.to_send.is_empty() {
            return Ok(claimed);
        }
        if self.life.world.plant == Some(Plant::IntentAfterSend) {
            let first =
                claimed.to_send.iter().filter(|claim| claim.payout.progress().attempts == 1);
            lock(&self.life.unwritten).extend(first.map(|claim| claim.payout.id()));
        }
        for claim in &claimed.to_send {
            let attempt = u64::from(claim.payout.progress().attempts);
            self.life.world.auditor().claimed(&claim.payout);
            self.life.world.note("claimed", claim.payout.id().as_uuid(), attempt);
        }
        self.committed().await.map_err(RepositoryError::Unavailable)?;
        Ok(claimed)
    }

    async fn claim_watched(&self, order: &WatchOrder) -> Result<Vec<Payout>, RepositoryError> {
        read!(self.claim_watched(order))
    }

    async fn save(&self, change: PayoutChange) -> Result<(), SaveError> {
        let store = self.writable().await.map_err(SaveError::Unavailable)?;
        let id = change.payout.id();
        let change = self.mistaken(change, &store).await;
        let version = u64::from(change.payout.version());
        let what = state_name(change.payout.state());
        let saved = store.save(change).await;
        if saved.is_ok() {
            lock(&self.life.unwritten).remove(&id);
            self.life.world.note(what, id.as_uuid(), version);
        }
        self.committed().await.map_err(SaveError::Unavailable)?;
        saved
    }

    async fn find(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        read!(self.find(client_id, id))
    }

    async fn find_unscoped(&self, id: PayoutId) -> Result<Option<Payout>, RepositoryError> {
        read!(self.find_unscoped(id))
    }

    async fn find_by_gateway_id(
        &self,
        profile: &GatewayProfile,
        id: GatewayPayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        read!(self.find_by_gateway_id(profile, id))
    }

    async fn list(
        &self,
        client_id: &ClientId,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        read!(self.list(client_id, page))
    }

    async fn history(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Vec<PayoutEvent>>, RepositoryError> {
        read!(self.history(client_id, id))
    }

    async fn list_standing(
        &self,
        standing: Standing,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        read!(self.list_standing(standing, page))
    }

    async fn attempts(&self, id: PayoutId) -> Result<Vec<Attempt>, RepositoryError> {
        read!(self.attempts(id))
    }
}

#[async_trait]
impl PaymentRepository for FaultyStore {
    async fn record_payment(
        &self,
        client_id: &ClientId,
        payment: &Payment,
        notification: Option<NewNotification>,
    ) -> Result<RecordedPayment, RepositoryError> {
        write!(self.record_payment(client_id, payment, notification))
    }

    async fn record_source(
        &self,
        client_id: &ClientId,
        source: &PaymentSource,
    ) -> Result<RecordedPayment, RepositoryError> {
        write!(self.record_source(client_id, source))
    }

    async fn payment(
        &self,
        client_id: &ClientId,
        id: PaymentId,
    ) -> Result<Option<Payment>, RepositoryError> {
        read!(self.payment(client_id, id))
    }

    async fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Result<Option<PaymentSource>, RepositoryError> {
        read!(self.source(client_id, id))
    }

    async fn sources_of(
        &self,
        client_id: &ClientId,
        user_id: &UserId,
        merchant_account_id: MerchantAccountId,
    ) -> Result<Vec<PaymentSource>, RepositoryError> {
        read!(self.sources_of(client_id, user_id, merchant_account_id))
    }

    async fn remember_merchant_accounts(
        &self,
        accounts: &[MerchantAccount],
    ) -> Result<(), RepositoryError> {
        write!(self.remember_merchant_accounts(accounts))
    }

    async fn merchant_account(
        &self,
        id: MerchantAccountId,
    ) -> Result<Option<MerchantAccount>, RepositoryError> {
        read!(self.merchant_account(id))
    }
}

#[async_trait]
impl Inbox for FaultyStore {
    async fn remember(&self, entry: &InboxEntry) -> Result<Remembered, RepositoryError> {
        write!(self.remember(entry))
    }

    async fn claim_events(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<InboxEntry>, RepositoryError> {
        read!(self.claim_events(now, limit, lease))
    }

    async fn event_done(
        &self,
        profile: &GatewayProfile,
        event_id: EventId,
    ) -> Result<(), RepositoryError> {
        write!(self.event_done(profile, event_id))
    }
}

#[async_trait]
impl Outbox for FaultyStore {
    async fn claim_notifications(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Notification>, RepositoryError> {
        read!(self.claim_notifications(now, limit, lease))
    }

    async fn notification_done(&self, id: EventId) -> Result<(), RepositoryError> {
        write!(self.notification_done(id))
    }

    async fn notification_failed(
        &self,
        id: EventId,
        then: AfterFailure,
    ) -> Result<(), RepositoryError> {
        write!(self.notification_failed(id, then))
    }

    async fn dead_letters(
        &self,
        limit: usize,
        after: Option<EventId>,
    ) -> Result<Vec<DeadLetter>, RepositoryError> {
        read!(self.dead_letters(limit, after))
    }

    async fn replay(&self, id: EventId, at: Timestamp) -> Result<bool, RepositoryError> {
        write!(self.replay(id, at))
    }
}

#[async_trait]
impl SendSwitch for FaultyStore {
    async fn pause(&self, pause: &Pause) -> Result<(), RepositoryError> {
        write!(self.pause(pause))
    }

    async fn resume(&self) -> Result<(), RepositoryError> {
        write!(self.resume())
    }

    async fn paused(&self) -> Result<Option<Pause>, RepositoryError> {
        read!(self.paused())
    }
}

#[async_trait]
impl MarkedStore for FaultyStore {
    async fn mark(&self) -> Result<StoreMark, RepositoryError> {
        let mark = read!(self.mark())?;
        Ok(StoreMark { place: self.life.world.place(), ..mark })
    }
}

impl FaultyStore {
    /// The store, if it can be reached.
    async fn reachable(&self) -> Result<Arc<MemoryStore>, Cause> {
        self.life.pass().await;
        if self.life.world.suffers(FaultKind::StoreDown) {
            return Err("the store does not answer".into());
        }
        Ok(self.life.world.store())
    }

    /// The store, if it takes what is written next.
    async fn writable(&self) -> Result<Arc<MemoryStore>, Cause> {
        self.life.risk().await;
        let store = self.reachable().await?;
        if self.life.world.strikes(FaultKind::CommitFailed) {
            return Err("the disk is full".into());
        }
        Ok(store)
    }

    /// It is written; whether anybody hears so is another matter.
    async fn committed(&self) -> Result<(), Cause> {
        self.life.risk().await;
        if self.life.world.strikes(FaultKind::CommitUnknown) {
            return Err("the connection was cut while it committed".into());
        }
        Ok(())
    }
}

pub(crate) fn state_name(state: &PayoutState) -> &'static str {
    match state {
        PayoutState::Accepted => "accepted",
        PayoutState::Sending { .. } => "sending",
        PayoutState::Unknown => "unknown",
        PayoutState::Parked(_) => "parked",
        PayoutState::Submitted { authorized: false } => "submitted",
        PayoutState::Submitted { authorized: true } => "authorized",
        PayoutState::Executed => "executed",
        PayoutState::Failed(_) => "failed",
        PayoutState::Returned => "returned",
    }
}
