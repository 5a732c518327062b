//! The one thread that writes.

mod committer;
mod company;
mod group;
mod job;
mod statistics;
mod stop;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use payout_ports::ComingCount;
use tokio::sync::{mpsc, oneshot};

use crate::connection::Connection;
use crate::data_directory::DataDirectory;
use crate::failure::{Failure, Outage};
use committer::words_of;
use company::Company;
use job::{Job, Task};

pub(crate) use committer::Committer;
pub(crate) use job::Advance;
pub(crate) use statistics::Counters;
pub use statistics::Statistics;
pub(crate) use stop::Stop;

/// What the writer is told.
pub(crate) enum Message {
    /// Write this.
    Write(Box<dyn Job>),
    /// Write what was sent before, then close.
    Close(Reply),
}

/// The connection that writes, for whoever writes now; nothing once it is closed.
pub(crate) type Pen = Arc<Mutex<Option<Committer>>>;

/// The way to have something written.
#[derive(Clone, Debug)]
pub(crate) struct Writes {
    queue: mpsc::Sender<Message>,
    pen: Pen,
    coming: ComingCount,
    /// Whether whoever comes alone writes by himself.
    alone: bool,
}

impl Writes {
    /// The way to a writer that takes from the queue, with a pen that whoever comes alone may take
    /// instead, if `alone` says so.
    pub(crate) fn new(
        queue_max: usize,
        pen: Pen,
        coming: ComingCount,
        alone: bool,
    ) -> (Self, mpsc::Receiver<Message>) {
        let (queue, messages) = mpsc::channel(queue_max);
        (Self { queue, pen, coming, alone }, messages)
    }

    /// Has something written and waits until it is on disk.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<(T, Option<Advance>), Failure> + Send + 'static,
    {
        let (task, answer) = Task::new(work);
        if let Err(job) = self.write_here(Box::new(task)) {
            self.queue.send(Message::Write(job)).await.map_err(|_| Outage::Closed)?;
        }
        answer.await.map_err(|_| Outage::Closed)?
    }

    /// Writes at once, on the thread that asks, what comes alone; gives back what has company.
    ///
    /// To wake another thread and to be woken by it takes as long as the disk does, where a processor
    /// sleeps in between. There is one pen, so at most one thread at a time waits for the disk here.
    fn write_here(&self, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        let is_alone = self.alone && self.coming.get() == 1 && self.waiting() == 0;
        if !is_alone {
            return Err(job);
        }
        let Ok(mut pen) = self.pen.try_lock() else { return Err(job) };
        let Some(committer) = pen.as_mut() else { return Err(job) };
        committer.write(vec![job], |_| false);
        Ok(())
    }

    /// How many messages wait for the writer.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.max_capacity().saturating_sub(self.queue.capacity())
    }

    /// Has everything written that was sent before, and the database closed.
    pub(crate) async fn close(&self) -> Result<(), Failure> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Message::Close(reply)).await.map_err(|_| Outage::Closed)?;
        answer.await.map_err(|_| Outage::Closed)?
    }
}

/// The writer: it owns the lock on the directory, and writes whatever does not come alone.
pub(crate) struct Writer {
    /// The connection.
    pub(crate) pen: Pen,
    /// What is to be written.
    pub(crate) queue: mpsc::Receiver<Message>,
    /// How much is coming.
    pub(crate) coming: ComingCount,
    /// How long a commit waits for it.
    pub(crate) company_wait_max: Duration,
    /// The most writes in one commit.
    pub(crate) group_max: usize,
    /// Why nothing is written any more.
    pub(crate) stopped: Arc<Stop>,
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
            let _reason = stopped.because(&words_of(panic.as_ref()));
        }
    }

    /// Writes until nobody can ask any more. What was answered is on disk, so there is nothing left
    /// to save at the end.
    fn work(mut self) {
        let mut messages = Vec::with_capacity(self.group_max);
        let mut closing = None;
        while self.queue.blocking_recv_many(&mut messages, self.group_max) > 0 {
            self.write_group(&mut messages, &mut closing);
        }
        for reader in self.readers.drain(..) {
            // Nobody can ask the readers either by now; one that has panicked has said so.
            let _ = reader.join();
        }
        if let Some(reply) = closing {
            self.close(reply);
        }
    }

    /// Writes what was asked for, and what is asked for meanwhile.
    fn write_group(&mut self, messages: &mut Vec<Message>, closing: &mut Option<Reply>) {
        let mut jobs = Vec::with_capacity(messages.len());
        for message in messages.drain(..) {
            sort(message, &mut jobs, closing);
        }
        let company = Company::of(&self.coming, jobs.len(), self.company_wait_max, self.group_max);
        let queue = &mut self.queue;
        let mut take = |jobs: &mut Vec<Box<dyn Job>>| {
            while jobs.len() < self.group_max
                && let Ok(message) = queue.try_recv()
            {
                sort(message, jobs, closing);
            }
        };
        // A panic that left it poisoned was one of an answer, and came after the commit.
        let mut pen = self.pen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(committer) = pen.as_mut()
            && !jobs.is_empty()
        {
            committer.write(jobs, |jobs| company.join(jobs, &mut take));
        }
        drop(pen);
        if closing.is_some() {
            // What was sent before is still taken out; nothing new gets in.
            self.queue.close();
        }
    }

    /// Copies the whole log into the database, and writes down that it is whole.
    fn close(self, reply: Reply) {
        let committer = self.pen.lock().unwrap_or_else(PoisonError::into_inner).take();
        let result = committer.map_or(Err(Outage::Closed.into()), |pen| self.finish(&pen));
        let Self { directory, .. } = self;
        // Unlocked before it is answered, so that whoever hears of it may open it anew.
        drop(directory);
        let _ = reply.send(result);
    }

    fn finish(&self, committer: &Committer) -> Result<(), Failure> {
        if let Some(reason) = self.stopped.reason() {
            return Err(Outage::Stopped(Arc::clone(reason)).into());
        }
        if !committer.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)")? {
            return Err(Failure::Contradiction("somebody else still uses the database"));
        }
        self.directory.mark_closed().map_err(|error| {
            tracing::error!(%error, "the store is closed, but could not write that down");
            Failure::Contradiction("the mark of a clean stop cannot be written")
        })
    }
}

/// Where whoever closes the store waits.
type Reply = oneshot::Sender<Result<(), Failure>>;

/// Adds a write to its group, or keeps in mind that the store is to be closed.
fn sort(message: Message, jobs: &mut Vec<Box<dyn Job>>, closing: &mut Option<Reply>) {
    match message {
        Message::Write(job) => jobs.push(job),
        Message::Close(reply) => *closing = Some(reply),
    }
}
