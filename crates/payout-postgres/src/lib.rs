//! Adapter: the store for several instances.
//!
//! One [`PostgresStore`] keeps everything in one schema of a PostgreSQL database: payouts and their
//! history, what has been paid in, what the provider told us, and what our clients are still to be
//! told. It implements `PayoutRepository`, `PaymentRepository`, `Inbox`, `Outbox`, `SendSwitch`,
//! `MarkedStore` and `ClientRegister`. Any number of stores, in any number of processes, work on one schema at the same
//! time.
//!
//! * **Durable before it is answered.** A write is answered after its COMMIT has returned. The settings
//!   on which durability rests are read from every new connection; a server that could lose what it
//!   has acknowledged is [`OpenError::Settings`], a standby is [`OpenError::Standby`].
//! * **Not knowing is said.** A connection that breaks, also in the middle of a COMMIT, is
//!   `Unavailable`: the same key finds the truth afterwards.
//! * **Written together.** Acceptances that come at the same time are one statement, and changes are
//!   one transaction of two round trips. One that fails among them fails alone.
//! * **Claimed once.** Claims lock what is due and skip what somebody else has locked, so that
//!   instances neither share a payout nor wait for each other.
//! * **What must never happen cannot be typed either.** Triggers keep history append-only, accepted
//!   facts frozen and the life of a payout legal; see `migrations/`.
//!
//! READ COMMITTED is enough for all of this. Nothing is decided from a row that is not locked: a
//! payout is locked before its version is compared, a source before it is merged, a due row before it
//! is claimed; and after it has waited for a lock, PostgreSQL looks at the row anew. That a key, a
//! payout, a gateway id or an event is used only once is left to unique indexes, which hold at any
//! isolation.
//!
//! Addresses look like `postgres://payout@db.example/payout`; see [`Address`].

mod address;
mod store;
mod store_options;
mod open_error;
mod tls;
mod settings;
mod schema;
mod sealing_keys;
mod connections;
mod lane;
mod failure;
mod payouts;
mod payments;
mod inbox;
mod outbox;
mod send_switch;
mod client_register;
mod mark;
mod cells;

pub use address::{Address, AddressError, Password, SslMode};
pub use open_error::OpenError;
pub use settings::{Setting, Settings};
pub use store::PostgresStore;
pub use store_options::StoreOptions;
