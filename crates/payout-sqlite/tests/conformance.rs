//! The laws of a store.

use async_trait::async_trait;
use payout_conformance::{KeptRig, StoreRig, play_sealer};
use payout_memory::MemoryStore;
use payout_ports::{Sealing, Store};
use payout_sqlite::{SqliteStore, StoreOptions};
use tempfile::TempDir;

payout_conformance::store_laws!(fresh);
payout_conformance::store_model!(fresh, in_memory);

/// The same laws, where all that is of a person is sealed.
mod sealed {
    use super::{in_memory, sealed as fresh};

    payout_conformance::store_laws!(fresh);
    payout_conformance::store_model!(fresh, in_memory);
}

struct SqliteRig {
    store: SqliteStore,
    directory: TempDir,
    sealing: Sealing,
}

async fn fresh() -> SqliteRig {
    in_directory(Sealing::default())
}

async fn sealed() -> SqliteRig {
    in_directory(Sealing::with(play_sealer(&[("2026-11", 7)])))
}

fn in_directory(sealing: Sealing) -> SqliteRig {
    open(tempfile::tempdir().expect("there is room for temporary files"), sealing)
}

fn open(directory: TempDir, sealing: Sealing) -> SqliteRig {
    let options = StoreOptions { sealing: sealing.clone(), ..StoreOptions::default() };
    let store = SqliteStore::open(directory.path(), &options);
    SqliteRig { store: store.expect("the directory is ours"), directory, sealing }
}

#[async_trait]
impl StoreRig for SqliteRig {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn reopen(self) -> Self {
        self.store.close().await.expect("the disk works");
        let Self { store, directory, sealing } = self;
        drop(store);
        open(directory, sealing)
    }
}

/// The store that is simple enough to be believed.
async fn in_memory() -> KeptRig<MemoryStore> {
    KeptRig(MemoryStore::new())
}
