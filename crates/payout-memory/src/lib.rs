//! Adapter: repositories in maps, and the bank in memory that is also the sandbox.

mod bank;
mod memory_marker;
mod store;

pub use bank::{
    Bank, BankConfiguration, BankJournal, BankOperation, NoJournal, OpeningAccount, ReplayError,
};
pub use memory_marker::MemoryMarker;
pub use store::MemoryStore;
