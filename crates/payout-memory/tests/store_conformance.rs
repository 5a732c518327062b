//! The store in memory keeps the laws of a store.

use async_trait::async_trait;
use payout_conformance::StoreRig;
use payout_memory::MemoryStore;
use payout_ports::{Inbox, MarkedStore, Outbox, PaymentRepository, PayoutRepository, SendSwitch};

payout_conformance::store_laws!(fresh);

async fn fresh() -> MemoryRig {
    MemoryRig(MemoryStore::new())
}

struct MemoryRig(MemoryStore);

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
