//! Adapter: repositories in maps, and the bank in memory that is also the sandbox.

mod bank;
mod memory_marker;
mod store;

pub use bank::{
    Arrival, Bank, BankConfiguration, BankJournal, BankOperation, NoJournal, OpeningAccount,
    ProviderOperation, ReplayError, WrittenUnder,
};
pub use memory_marker::MemoryMarker;
pub use store::MemoryStore;
