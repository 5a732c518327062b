//! Adapter: the embedded store.
//!
//! One [`SqliteStore`] keeps everything in one SQLite file of a data directory: payouts and their
//! history, what has been paid in, what the provider told us, and what our clients are still to be
//! told. It implements `PayoutRepository`, `PaymentRepository`, `Inbox`, `Outbox`, `SendSwitch` and
//! `MarkedStore`.
//!
//! * **On disk before it is answered.** WAL with `synchronous=FULL`; a write is answered after its
//!   COMMIT has returned. The settings are read back when the store is opened, and one that SQLite
//!   did not take is [`OpenError::Settings`].
//! * **One writer.** A thread owns the only connection that writes. What is queued meanwhile is
//!   committed together: a group costs one `fsync`, and a write that fails in it fails alone.
//! * **Readers beside it.** They see what is committed and never wait for the writer.
//! * **One process.** A lock on the directory keeps a second one out. So whoever opens it after a
//!   crash knows that nobody works on anything any more, and ends the leases that the crash has left.
//! * **On a local disk.** Where locks or `fsync` cannot be relied on, the store is not opened.
//! * **What must never happen cannot be typed either.** Triggers keep history append-only, accepted
//!   facts frozen and the life of a payout legal; see `migrations/`.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! use payout_ports::{IdempotencyRecord, PayoutRepository};
//! use payout_sqlite::{SqliteStore, StoreOptions};
//!
//! let store = SqliteStore::open(&directory.path().join("data"), &StoreOptions::default())?;
//! # runtime.block_on(async {
//! let used = store.find_key(&"acme".parse()?, &"withdrawal-20417".parse()?).await?;
//! assert_eq!(used, None::<IdempotencyRecord>);
//! store.close().await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })
//! # }
//! ```

mod store;
mod store_options;
mod open_error;
mod open_mark;
mod own_file;
mod data_directory;
mod file_system;
mod settings;
mod schema;
mod restart;
mod sealing_keys;
mod connection;
mod writer;
mod looks;
mod readers;
mod failure;
mod payouts;
mod payments;
mod inbox;
mod outbox;
mod send_switch;
mod client_register;
mod mark;
mod cells;
#[cfg(test)]
mod plans;

pub use open_error::OpenError;
pub use settings::{Setting, Settings};
pub use store::{CloseError, SqliteStore};
pub use store_options::StoreOptions;
pub use writer::Statistics;
