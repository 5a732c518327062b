//! The laws of a store.

use async_trait::async_trait;
use payout_conformance::{KeptRig, StoreRig};
use payout_memory::MemoryStore;
use payout_ports::Store;
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
    fn store(&self) -> &dyn Store {
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
async fn in_memory() -> KeptRig<MemoryStore> {
    KeptRig(MemoryStore::new())
}
