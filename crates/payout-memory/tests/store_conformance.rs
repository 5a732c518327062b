//! The store in memory keeps the laws of a store.

use payout_conformance::KeptRig;
use payout_memory::MemoryStore;

payout_conformance::store_laws!(fresh);

async fn fresh() -> KeptRig<MemoryStore> {
    KeptRig(MemoryStore::new())
}
