//! The one thread that writes.

mod group;
mod job;
mod statistics;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use payout_ports::ComingCount;
use tokio::sync::{mpsc, oneshot};

use crate::connection::Connection;
use crate::data_directory::DataDirectory;
use crate::failure::{Failure, Outage, is_fatal};
use job::{Job, Task};

pub(crate) use job::Advance;
pub(crate) use statistics::Counters;
pub use statistics::Statistics;

/// What the writer is told.
pub(crate) enum Message {
    /// Write this.
    Write(Box<dyn Job>),
    /// Write what was sent before, then close.
    Close(oneshot::Sender<Result<(), Failure>>),
}

/// The way to the writer.
#[derive(Clone, Debug)]
pub(crate) struct Writes(mpsc::Sender<Message>);

impl Writes {
    /// The way to a writer that takes from `queue`.
    pub(crate) fn channel(queue_max: usize) -> (Self, mpsc::Receiver<Message>) {
        let (sender, queue) = mpsc::channel(queue_max);
        (Self(sender), queue)
    }

    /// Has something written and waits until it is on disk.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<(T, Option<Advance>), Failure> + Send + 'static,
    {
        let (task, answer) = Task::new(work);
        self.0.send(Message::Write(Box::new(task))).await.map_err(|_| Outage::Closed)?;
        answer.await.map_err(|_| Outage::Closed)?
    }

    /// How many messages wait for the writer.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.0.max_capacity().saturating_sub(self.0.capacity())
    }

    /// Has everything written that was sent before, and the database closed.
    pub(crate) async fn close(&self) -> Result<(), Failure> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Message::Close(reply)).await.map_err(|_| Outage::Closed)?;
        answer.await.map_err(|_| Outage::Closed)?
    }
}

/// How often a writer that waits for company looks for it: about as long as a signature takes to be
/// verified, which is what most of those who are coming are at.
const COMPANY_PAUSE: Duration = Duration::from_micros(250);

/// The writer: it owns the only connection that writes, and the lock on the directory.
pub(crate) struct Writer {
    /// The connection.
    pub(crate) connection: Connection,
    /// What is to be written.
    pub(crate) queue: mpsc::Receiver<Message>,
    /// How much is coming.
    pub(crate) coming: ComingCount,
    /// How long a commit waits for it.
    pub(crate) company_wait_max: Duration,
    /// The most writes in one commit.
    pub(crate) group_max: usize,
    /// The most pages in the log.
    pub(crate) log_pages_max: u32,
    /// What was done so far.
    pub(crate) counters: Arc<Counters>,
    /// Why nothing is written any more.
    pub(crate) stopped: Arc<OnceLock<Arc<str>>>,
    /// How many writes were committed since the log was last measured.
    pub(crate) unmeasured: usize,
    /// The threads that read. They end before the database is closed.
    pub(crate) readers: Vec<JoinHandle<()>>,
    /// The directory. It is unlocked when the writer is gone.
    pub(crate) directory: DataDirectory,
}

impl Writer {
    /// Writes until nobody can ask any more, or until it panics: then everybody who waits is told that
    /// nobody answers, and the store has stopped for good.
    pub(crate) fn run(self) {
        let stopped = Arc::clone(&self.stopped);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.work())) {
            let reason = stopped.get_or_init(|| words_of(panic.as_ref()).into());
            tracing::error!(%reason, "the store has stopped writing");
        }
    }

    /// Writes until nobody can ask any more. What was answered is on disk, so there is nothing left
    /// to save at the end.
    fn work(mut self) {
        let mut messages = Vec::with_capacity(self.group_max);
        let mut closing = None;
        while self.gather(&mut messages) {
            let mut jobs = Vec::with_capacity(messages.len());
            for message in messages.drain(..) {
                match message {
                    Message::Write(job) => jobs.push(job),
                    Message::Close(reply) => {
                        // What was sent before is still taken out; nothing new gets in.
                        self.queue.close();
                        closing = Some(reply);
                    }
                }
            }
            self.write(jobs);
        }
        for reader in self.readers.drain(..) {
            // Nobody can ask the readers either by now; one that has panicked has said so.
            let _ = reader.join();
        }
        if let Some(reply) = closing {
            self.close(reply);
        }
    }

    /// Waits for something to do, and takes all that is queued, up to a group. Here the size of a group
    /// is decided, and nowhere else.
    ///
    /// A commit costs about as much for one as for many. So while more is coming than is queued it waits
    /// a little, as long as somebody comes. Whoever comes alone waits for nobody.
    fn gather(&mut self, messages: &mut Vec<Message>) -> bool {
        if self.queue.blocking_recv_many(messages, self.group_max) == 0 {
            return false;
        }
        let begun = Instant::now();
        while self.coming.get() > messages.len() && begun.elapsed() < self.company_wait_max {
            thread::sleep(COMPANY_PAUSE);
            let known = messages.len();
            while messages.len() < self.group_max
                && let Ok(message) = self.queue.try_recv()
            {
                messages.push(message);
            }
            if messages.len() == known || messages.len() >= self.group_max {
                break;
            }
        }
        true
    }

    /// Commits a group, and only then answers.
    fn write(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let outage = self.commit(&mut jobs).err();
        let group = jobs.len();
        self.counters.count(group, outage.is_none());
        for job in jobs {
            job.answer(outage.as_ref());
        }
        if outage.is_none() {
            self.keep_log_short(group);
        }
    }

    fn commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Outage> {
        if let Some(reason) = self.stopped.get() {
            return Err(Outage::Stopped(Arc::clone(reason)));
        }
        let connection = &self.connection;
        let result = catch_unwind(AssertUnwindSafe(|| group::run(connection, jobs)));
        let outage = match result {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(group::Lost::Stopped(reason))) => self.stop(&reason),
            Ok(Err(group::Lost::Failed(error))) if is_fatal(&error) => {
                self.stop(&error.to_string())
            }
            Ok(Err(group::Lost::Failed(error))) => {
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
        let reason = Arc::clone(self.stopped.get_or_init(|| reason.into()));
        tracing::error!(%reason, "the store has stopped writing");
        Outage::Stopped(reason)
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
    fn checkpoint(&self, pragma: &'static str) -> rusqlite::Result<bool> {
        self.counters.count_checkpoint();
        self.connection.prepare_cached(pragma)?.query_row((), |row| {
            let (busy, in_log, copied): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(busy == 0 && in_log == copied)
        })
    }

    /// Copies the whole log into the database, and writes down that it is whole.
    fn close(self, reply: oneshot::Sender<Result<(), Failure>>) {
        let result = self.finish();
        let Self { connection, directory, .. } = self;
        drop(connection);
        // Unlocked before it is answered, so that whoever hears of it may open it anew.
        drop(directory);
        let _ = reply.send(result);
    }

    fn finish(&self) -> Result<(), Failure> {
        if let Some(reason) = self.stopped.get() {
            return Err(Outage::Stopped(Arc::clone(reason)).into());
        }
        if !self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)")? {
            return Err(Failure::Contradiction("somebody else still uses the database"));
        }
        self.directory.mark_closed().map_err(|error| {
            tracing::error!(%error, "the store is closed, but could not write that down");
            Failure::Contradiction("the mark of a clean stop cannot be written")
        })
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the writer has panicked: {}", words.unwrap_or("no words"))
}
