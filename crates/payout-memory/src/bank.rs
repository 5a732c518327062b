//! The provider in memory: a small bank.

mod book;
mod configuration;
mod derived_account;
mod gateway;
mod instruction_text;
mod journal;
mod provider;
mod provider_operation;
mod sandbox;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payout_domain::{PayoutId, Timestamp};
use payout_ports::{Cause, Clock, GatewayProfile, IdGenerator, SandboxDelays};

use book::Book;
pub use configuration::{BankConfiguration, OpeningAccount};
pub use journal::{BankJournal, BankOperation, NoJournal, ReplayError};
pub use provider_operation::{Arrival, ProviderOperation, WrittenUnder};

/// A small bank that behaves as the provider does: users pay in, payouts go out, and everything takes
/// its time.
///
/// Nothing happens in it by chance or by a timer. Every call first brings the book up to the clock's
/// time, step by step in the order in which the steps were due, and each step bears the time at which
/// it was due. The bank's own time never goes back, even if the clock does.
///
/// Its state is therefore a function of its operations and the time: whoever keeps the operations of
/// its [`BankJournal`] gets the same bank back from [`Bank::replay`].
pub struct Bank {
    profile: GatewayProfile,
    key_window: Duration,
    token_life: Duration,
    read_lag: Duration,
    page_size: usize,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    journal: Arc<dyn BankJournal>,
    book: Mutex<Book>,
}

impl Bank {
    /// Opens a bank that forgets everything when it is dropped.
    pub fn new(
        configuration: BankConfiguration,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        let book = Book::open(&configuration);
        Self::with_book(configuration, (clock, ids, Arc::new(NoJournal)), book)
    }

    /// Opens a bank that has done these operations before, and writes the next ones to `journal`.
    ///
    /// The merchant accounts must still be the configured ones. Delays that were set by an operation
    /// win over the configured ones; no operation of the past changes with the configuration. All
    /// events happen again.
    pub fn replay(
        configuration: BankConfiguration,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
        journal: Arc<dyn BankJournal>,
        operations: impl IntoIterator<Item = BankOperation>,
    ) -> Result<Self, ReplayError> {
        let mut book = Book::open(&configuration);
        for (before, operation) in operations.into_iter().enumerate() {
            book.apply(operation).map_err(|misfit| ReplayError::new(before, misfit))?;
        }
        Ok(Self::with_book(configuration, (clock, ids, journal), book))
    }

    /// How often money really left for this payout of ours. More than once is the accident that
    /// everything here exists to exclude.
    pub fn executions(&self, payout_id: PayoutId) -> u32 {
        self.book().executions(payout_id)
    }

    /// How long things take now.
    pub fn delays(&self) -> SandboxDelays {
        self.book().delays()
    }

    fn with_book(
        configuration: BankConfiguration,
        ports: (Arc<dyn Clock>, Arc<dyn IdGenerator>, Arc<dyn BankJournal>),
        book: Book,
    ) -> Self {
        let (clock, ids, journal) = ports;
        Self {
            profile: configuration.profile,
            key_window: configuration.key_window,
            token_life: configuration.token_life,
            read_lag: configuration.read_lag,
            page_size: configuration.page_size,
            clock,
            ids,
            journal,
            book: Mutex::new(book),
        }
    }

    /// The book, brought up to now.
    fn book(&self) -> MutexGuard<'_, Book> {
        // No step leaves the book half done, so a panic elsewhere does not spoil it.
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.advance(self.clock.now());
        book
    }

    /// The latest time that a look-up sees.
    fn horizon(&self, book: &Book) -> Timestamp {
        book.now().minus(self.read_lag)
    }

    /// Writes an operation down and then does it. If it fails, nothing happened.
    fn carry_out(&self, book: &mut Book, operation: BankOperation) -> Result<(), Cause> {
        self.journal.append(&operation)?;
        Ok(book.apply(operation)?)
    }
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank")
            .field("profile", &self.profile)
            .field("key_window", &self.key_window)
            .field("token_life", &self.token_life)
            .field("read_lag", &self.read_lag)
            .finish_non_exhaustive()
    }
}
