//! The laws of a store.

use async_trait::async_trait;
use payout_conformance::StoreRig;
use payout_memory::MemoryStore;
use payout_ports::{Inbox, MarkedStore, Outbox, PaymentRepository, PayoutRepository, SendSwitch};
use payout_postgres::PostgresStore;

use crate::server::Schema;

payout_conformance::store_laws!(fresh);
payout_conformance::store_model!(fresh, in_memory);

struct PostgresRig {
    store: PostgresStore,
    schema: Schema,
}

async fn fresh() -> PostgresRig {
    let schema = Schema::fresh().await;
    PostgresRig { store: schema.open().await, schema }
}

#[async_trait]
impl StoreRig for PostgresRig {
    fn payouts(&self) -> &dyn PayoutRepository {
        &self.store
    }

    fn payments(&self) -> &dyn PaymentRepository {
        &self.store
    }

    fn inbox(&self) -> &dyn Inbox {
        &self.store
    }

    fn outbox(&self) -> &dyn Outbox {
        &self.store
    }

    fn switch(&self) -> &dyn SendSwitch {
        &self.store
    }

    fn marked(&self) -> &dyn MarkedStore {
        &self.store
    }

    async fn reopen(self) -> Self {
        self.store.close();
        let Self { store, schema } = self;
        drop(store);
        Self { store: schema.open().await, schema }
    }
}

/// The store that is simple enough to be believed.
struct MemoryRig(MemoryStore);

async fn in_memory() -> MemoryRig {
    MemoryRig(MemoryStore::new())
}

#[async_trait]
impl StoreRig for MemoryRig {
    fn payouts(&self) -> &dyn PayoutRepository {
        &self.0
    }

    fn payments(&self) -> &dyn PaymentRepository {
        &self.0
    }

    fn inbox(&self) -> &dyn Inbox {
        &self.0
    }

    fn outbox(&self) -> &dyn Outbox {
        &self.0
    }

    fn switch(&self) -> &dyn SendSwitch {
        &self.0
    }

    fn marked(&self) -> &dyn MarkedStore {
        &self.0
    }

    async fn reopen(self) -> Self {
        self
    }
}
