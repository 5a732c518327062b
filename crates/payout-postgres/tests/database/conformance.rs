//! The laws of a store.

use async_trait::async_trait;
use payout_conformance::{KeptRig, StoreRig, play_sealer};
use payout_memory::MemoryStore;
use payout_ports::{Sealing, Store};
use payout_postgres::PostgresStore;

use crate::server::Schema;

payout_conformance::store_laws!(fresh);
payout_conformance::store_model!(fresh, in_memory);

/// The same laws, where all that is of a person is sealed.
mod sealed {
    use super::{in_memory, sealed as fresh};

    payout_conformance::store_laws!(fresh);
    payout_conformance::store_model!(fresh, in_memory);
}

struct PostgresRig {
    store: PostgresStore,
    schema: Schema,
    sealing: Sealing,
}

async fn fresh() -> PostgresRig {
    in_schema(Sealing::default()).await
}

async fn sealed() -> PostgresRig {
    in_schema(Sealing::with(play_sealer(&[("2026-11", 7)]))).await
}

async fn in_schema(sealing: Sealing) -> PostgresRig {
    let schema = Schema::fresh().await;
    PostgresRig { store: schema.open_with(&sealing).await, schema, sealing }
}

#[async_trait]
impl StoreRig for PostgresRig {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn reopen(self) -> Self {
        self.store.close();
        let Self { store, schema, sealing } = self;
        drop(store);
        Self { store: schema.open_with(&sealing).await, schema, sealing }
    }
}

/// The store that is simple enough to be believed.
async fn in_memory() -> KeptRig<MemoryStore> {
    KeptRig(MemoryStore::new())
}
