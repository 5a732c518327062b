//! Use cases over the store in memory, and a provider whose statement is written by the tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use payout_conformance::fixtures::{
    Accepting, T0, acme, change, gateway_payout_id, profile, seconds, send_order,
};
use payout_domain::{
    Evidence, ParkReason, Payout, PayoutId, PayoutState, Timestamp, TransactionId,
};
use payout_memory::{MemoryMarker, MemoryStore};
use payout_ports::{
    Clock, MockClock, MockIdGenerator, MockPayoutGateway, PayingAccount, PayoutEvent,
    PayoutRepository as _, Transaction, TransactionKind, TransactionPage, TransactionQuery,
};
use payout_service::{
    DecidePayout, Doorbell, GuardStore, LookForPayouts, LookSettings, ResolvePayout, TakeIn,
};
use uuid::Uuid;

/// How long after the fact a payout may be missing from a statement.
pub(crate) const READ_LAG: Duration = Duration::from_hours(2);

/// How long a token lives at most.
pub(crate) const TOKEN_LIFE_MAX: Duration = Duration::from_hours(6);

/// A service and its provider.
pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) marker: Arc<MemoryMarker>,
    pub(crate) statement: Arc<Mutex<Vec<Transaction>>>,
    pub(crate) asked: Arc<Mutex<Vec<TransactionQuery>>>,
    /// How many movements the provider shows on a page.
    page: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            store: Arc::default(),
            marker: Arc::default(),
            statement: Arc::default(),
            asked: Arc::default(),
            page: 2,
        }
    }

    pub(crate) fn take_in(&self) -> TakeIn {
        TakeIn {
            payouts: self.store.clone(),
            clock: clock(),
            ids: ids(),
            notifications: Doorbell::default(),
        }
    }

    pub(crate) fn guard(&self) -> GuardStore {
        GuardStore {
            store: self.store.clone(),
            marker: self.marker.clone(),
            payouts: self.store.clone(),
            take_in: self.take_in(),
        }
    }

    pub(crate) fn look(&self) -> LookForPayouts {
        LookForPayouts {
            payouts: self.store.clone(),
            gateway: Arc::new(self.gateway()),
            clock: clock(),
            take_in: self.take_in(),
            settings: LookSettings { read_lag: READ_LAG, token_life_max: TOKEN_LIFE_MAX },
        }
    }

    pub(crate) fn resolve(&self) -> ResolvePayout {
        let (look, take_in) = (self.look(), self.take_in());
        ResolvePayout { payouts: self.store.clone(), look, take_in, guard: self.guard() }
    }

    pub(crate) fn decide(&self) -> DecidePayout {
        let (take_in, dispatch) = (self.take_in(), Doorbell::default());
        DecidePayout { payouts: self.store.clone(), take_in, guard: self.guard(), dispatch }
    }

    /// Shows what was written into the statement, page by page, within the span that is asked for.
    fn gateway(&self) -> MockPayoutGateway {
        let (statement, asked, page) = (self.statement.clone(), self.asked.clone(), self.page);
        let mut gateway = MockPayoutGateway::new();
        gateway.expect_profile().returning(profile);
        gateway.expect_transactions().returning(move |_, query| {
            asked.lock().expect("no test panics with it").push(query.clone());
            let all = statement.lock().expect("no test panics with it").clone();
            let shown = |it: &Transaction| {
                created_at(it).is_some_and(|at| query.from <= at && at <= query.to)
            };
            let all: Vec<_> = all.into_iter().filter(shown).collect();
            let start = query.cursor.as_ref().map_or(0, |it| it.parse().expect("it is ours"));
            let items: Vec<_> = all.iter().skip(start).take(page).cloned().collect();
            let next = start + page;
            let next_cursor = (next < all.len()).then(|| next.to_string());
            Ok(Some(TransactionPage { items, next_cursor }))
        });
        gateway
    }

    /// Accepts the payout with this number.
    pub(crate) async fn accepted(&self, number: u64) -> Payout {
        let accepting = Accepting::number(number);
        self.store.accept(accepting.acceptance()).await.expect("the store is there");
        accepting.payout()
    }

    /// A payout that was sent once, and parked for this reason.
    pub(crate) async fn parked(&self, number: u64, reason: ParkReason) -> Payout {
        let id = self.accepted(number).await.id();
        let claims = self.store.claim_sendable(&send_order(seconds(10))).await;
        assert!(!claims.expect("the store is there").to_send.is_empty());
        self.learn(id, Evidence::Parked(reason)).await
    }

    pub(crate) async fn learn(&self, id: PayoutId, evidence: Evidence) -> Payout {
        let payout = self.read(id).await;
        let change = change(&payout, &evidence, seconds(20));
        self.store.save(change).await.expect("nobody else writes");
        self.read(id).await
    }

    pub(crate) async fn read(&self, id: PayoutId) -> Payout {
        let found = self.store.find_unscoped(id).await.expect("the store is there");
        found.expect("the payout exists")
    }

    pub(crate) async fn state(&self, payout: &Payout) -> PayoutState {
        self.read(payout.id()).await.state().clone()
    }

    pub(crate) async fn history(&self, payout: &Payout) -> Vec<PayoutEvent> {
        let history = self.store.history(&acme(), payout.id()).await;
        history.expect("the store is there").expect("the payout exists")
    }

    /// Lets the provider's statement show a payout.
    pub(crate) fn shows(&self, listed: &Listed) {
        let transaction = Transaction {
            id: TransactionId::from_uuid(gateway_payout_id(listed.number).as_uuid()),
            amount: listed.payout.amount(),
            kind: TransactionKind::Payout {
                payout_id: gateway_payout_id(listed.number),
                attached_id: listed.attached.then(|| listed.payout.id()),
                payment_source_id: listed.payout.request().order().payment_source_id,
                user_id: listed.payout.request().order().user_id.clone(),
                account: PayingAccount::default(),
                reference: listed.payout.request().order().reference.clone(),
                created_at: listed.created_at,
                executed_at: None,
                scheme: None,
                returned_by: listed.returned_by,
                metadata: listed.payout.request().order().metadata.clone(),
            },
        };
        self.statement.lock().expect("no test panics with it").push(transaction);
    }
}

/// A payout in the provider's statement.
pub(crate) struct Listed {
    pub(crate) payout: Payout,
    /// Its number at the provider.
    pub(crate) number: u64,
    pub(crate) attached: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) returned_by: Option<TransactionId>,
}

impl Listed {
    pub(crate) fn of(payout: &Payout, number: u64) -> Self {
        let (payout, created_at) = (payout.clone(), seconds(11));
        Self { payout, number, attached: true, created_at, returned_by: None }
    }
}

/// Our time: two days after everything began.
pub(crate) fn now() -> Timestamp {
    T0.plus(Duration::from_hours(48))
}

fn clock() -> Arc<dyn Clock> {
    let mut clock = MockClock::new();
    clock.expect_now().returning(now);
    Arc::new(clock)
}

fn ids() -> Arc<MockIdGenerator> {
    let (mut ids, mut number) = (MockIdGenerator::new(), 0_u64);
    ids.expect_next().returning(move || {
        number += 1;
        Uuid::from_u64_pair(9, number)
    });
    Arc::new(ids)
}

fn created_at(transaction: &Transaction) -> Option<Timestamp> {
    match transaction.kind {
        TransactionKind::Payout { created_at, .. } => Some(created_at),
        TransactionKind::Payment { .. }
        | TransactionKind::ExternalPayment { .. }
        | TransactionKind::Transfer { .. } => None,
    }
}
