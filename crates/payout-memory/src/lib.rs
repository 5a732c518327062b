//! Adapter: repositories in maps, and the bank in memory that is also the sandbox.

mod bank;
mod store;

pub use bank::{
    Bank, BankConfiguration, BankJournal, BankOperation, NoJournal, OpeningAccount, ReplayError,
};
pub use store::MemoryStore;
