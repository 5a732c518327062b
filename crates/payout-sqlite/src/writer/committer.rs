//! The only connection that writes, and what it has written.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::group::{self, Lost};
use super::job::Job;
use super::statistics::Counters;
use super::stop::Stop;
use crate::connection::Connection;
use crate::failure::{Outage, is_fatal};

/// The only connection that writes. Whoever holds it commits.
#[derive(Debug)]
pub(crate) struct Committer {
    connection: Connection,
    /// The most pages in the log.
    log_pages_max: u32,
    /// What was done so far.
    counters: Arc<Counters>,
    /// Why nothing is written any more.
    stopped: Arc<Stop>,
    /// How many writes were committed since the log was last measured.
    unmeasured: usize,
}

impl Committer {
    /// Takes the connection that writes.
    pub(crate) fn new(
        connection: Connection,
        log_pages_max: u32,
        counters: Arc<Counters>,
        stopped: Arc<Stop>,
    ) -> Self {
        Self { connection, log_pages_max, counters, stopped, unmeasured: 0 }
    }

    /// Commits a group, with those whom `join` adds until it says that nobody has come, and only then
    /// answers.
    pub(crate) fn write(
        &mut self,
        mut jobs: Vec<Box<dyn Job>>,
        join: impl FnMut(&mut Vec<Box<dyn Job>>) -> bool,
    ) {
        let outage = self.commit(&mut jobs, join).err();
        let group = jobs.len();
        self.counters.count(group, outage.is_none());
        for job in jobs {
            job.answer(outage.as_ref());
        }
        if outage.is_none() {
            self.keep_log_short(group);
        }
    }

    fn commit(
        &self,
        jobs: &mut Vec<Box<dyn Job>>,
        join: impl FnMut(&mut Vec<Box<dyn Job>>) -> bool,
    ) -> Result<(), Outage> {
        if let Some(reason) = self.stopped.reason() {
            return Err(Outage::Stopped(Arc::clone(reason)));
        }
        let connection = &self.connection;
        let result = catch_unwind(AssertUnwindSafe(|| group::run(connection, jobs, join)));
        let outage = match result {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Lost::Stopped(reason))) => self.stop(&reason),
            Ok(Err(Lost::Failed(error))) if is_fatal(&error) => self.stop(&error.to_string()),
            Ok(Err(Lost::Failed(error))) => {
                tracing::error!(%error, jobs = jobs.len(), "a group of writes was not committed");
                Outage::NotCommitted(Arc::new(error))
            }
            Err(panic) => self.stop(&words_of(panic.as_ref())),
        };
        self.roll_back();
        Err(outage)
    }

    /// Writes nothing any more: whoever goes on after such an error may acknowledge what is lost.
    fn stop(&self, reason: &str) -> Outage {
        Outage::Stopped(self.stopped.because(reason))
    }

    fn roll_back(&self) {
        // SQLite may have rolled back by itself, for want of room.
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            let _stopped = self.stop(&error.to_string());
        }
    }

    /// Copies the log into the database when it has grown long. The next write begins it anew.
    fn keep_log_short(&mut self, group: usize) {
        self.unmeasured = self.unmeasured.saturating_add(group);
        // To measure it costs as much as a small write, and one write fills only a few pages.
        let often = usize::try_from(self.log_pages_max / 32).unwrap_or(usize::MAX);
        if self.unmeasured < often {
            return;
        }
        self.unmeasured = 0;
        let long = self.log_pages().is_ok_and(|pages| pages >= i64::from(self.log_pages_max));
        if long && let Err(error) = self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)") {
            // The log still holds everything; only an error of the disk must stop us, because to
            // repeat an `fsync` that failed proves nothing.
            if is_fatal(&error) {
                let _stopped = self.stop(&error.to_string());
            }
        }
    }

    fn log_pages(&self) -> rusqlite::Result<i64> {
        let mut statement = self.connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
        statement.query_row((), |row| {
            let (in_log, copied): (i64, i64) = (row.get(1)?, row.get(2)?);
            // A log that has been copied is written over, not made longer.
            Ok(if in_log == copied { 0 } else { in_log })
        })
    }

    /// Copies the log into the database, and says whether all of it was.
    pub(crate) fn checkpoint(&self, pragma: &'static str) -> rusqlite::Result<bool> {
        self.counters.count_checkpoint();
        self.connection.prepare_cached(pragma)?.query_row((), |row| {
            let (busy, in_log, copied): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(busy == 0 && in_log == copied)
        })
    }
}

/// What a panic has said.
pub(crate) fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the writer has panicked: {}", words.unwrap_or("no words"))
}
