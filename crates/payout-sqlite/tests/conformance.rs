//! The laws of a store.

use async_trait::async_trait;
use payout_conformance::{KeptRig, StoreRig};
use payout_memory::MemoryStore;
use payout_ports::Store;
use payout_sqlite::{SqliteStore, StoreOptions};
use tempfile::TempDir;

payout_conformance::store_laws!(fresh);
payout_conformance::store_model!(fresh, in_memory);

struct SqliteRig {
    store: SqliteStore,
    directory: TempDir,
}

async fn fresh() -> SqliteRig {
    open(tempfile::tempdir().expect("there is room for temporary files"))
}

fn open(directory: TempDir) -> SqliteRig {
    let store = SqliteStore::open(directory.path(), &StoreOptions::default());
    SqliteRig { store: store.expect("the directory is ours"), directory }
}

#[async_trait]
impl StoreRig for SqliteRig {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn reopen(self) -> Self {
        self.store.close().await.expect("the disk works");
        let Self { store, directory } = self;
        drop(store);
        open(directory)
    }
}

/// The store that is simple enough to be believed.
async fn in_memory() -> KeptRig<MemoryStore> {
    KeptRig(MemoryStore::new())
}
