//! Adapter: repositories in maps, and the bank in memory that is also the sandbox.

mod store;

pub use store::MemoryStore;
