//! The store, from opening to closing.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use payout_ports::{Cause, ComingCount};

use crate::connection::Connection;
use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::looks::Looks;
use crate::readers::Reads;
use crate::settings::{connect, forbid_writing, settle};
use crate::writer::{Advance, Committer, Counters, Stop, Writer, Writes};
use crate::{OpenError, Settings, Statistics, StoreOptions, restart, schema, sealing_keys};

/// A store in one SQLite file.
///
/// It is meant to be shared behind an `Arc` and closed at the end with [`close`](Self::close). One
/// that is merely dropped loses nothing that was acknowledged, but is checked when it is opened next.
#[derive(Debug)]
pub struct SqliteStore {
    // The order matters when the store is dropped: the threads end once nobody can ask them.
    pub(crate) coming: ComingCount,
    looks: Looks,
    reads: Reads,
    writes: Writes,
    thread: WriterThread,
    settings: Settings,
    place: Box<str>,
    counters: Arc<Counters>,
    stopped: Arc<Stop>,
}

/// The store could not be closed in order. Nothing that was acknowledged is lost; the next opening
/// checks the file.
#[derive(Debug, thiserror::Error)]
#[error("the store could not be closed in order; it will be checked when it is opened next")]
pub struct CloseError(#[source] Cause);

impl SqliteStore {
    /// Opens the store in a data directory, which is made if there is none. Blocks while the file is
    /// checked or its schema is brought up to date.
    pub fn open(directory: &Path, options: &StoreOptions) -> Result<Self, OpenError> {
        let directory = DataDirectory::enter(directory)?;
        let path = directory.database().to_owned();
        let mut connection = connect(&path, options)?;
        schema::claim(&connection, &path)?;
        let was_closed = directory.was_closed();
        if !was_closed && !directory.is_whole() {
            schema::check(&connection, &path)?;
        }
        directory.mark_open()?;
        let settings = settle(&connection, &path)?;
        limit_size(&connection, &path, options)?;
        schema::migrate(&mut connection, &path)?;
        sealing_keys::check(&connection, &path, &options.sealing)?;
        if !was_closed {
            restart::end_leases(&connection).map_err(|error| OpenError::of_sqlite(&path, error))?;
        }
        let readers = open_readers(&path, options, options.readers.get())?;
        let looks = Looks::new(open_readers(&path, options, options.looks.get())?);
        let connection = Connection::new(connection, &options.sealing);
        Self::start(connection, (looks, readers), directory, settings, options)
            .map_err(|error| OpenError::of_io(&path, error))
    }

    fn start(
        connection: Connection,
        (looks, readers): (Looks, Vec<Connection>),
        directory: DataDirectory,
        settings: Settings,
        options: &StoreOptions,
    ) -> std::io::Result<Self> {
        let (reads, readers) = Reads::start(readers, options.queue_max.get())?;
        let place = directory.place().into();
        let counters = Arc::<Counters>::default();
        let stopped = Arc::new(Stop::new(directory.open_mark()));
        let committer = Committer::new(
            connection,
            options.log_pages_max,
            Arc::clone(&counters),
            Arc::clone(&stopped),
        );
        let pen = Arc::new(Mutex::new(Some(committer)));
        let coming = ComingCount::default();
        let queue_max = options.queue_max.get();
        let (writes, queue) =
            Writes::new(queue_max, Arc::clone(&pen), coming.clone(), options.write_alone);
        let owner = Writer {
            pen,
            queue,
            coming: coming.clone(),
            company_wait_max: options.company_wait_max,
            group_max: options.group_max.get(),
            stopped: Arc::clone(&stopped),
            readers,
            directory,
        };
        let thread = thread::Builder::new().name("payout-write".to_owned());
        let thread = WriterThread(Mutex::new(Some(thread.spawn(move || owner.run())?)));
        Ok(Self { coming, looks, reads, writes, thread, settings, place, counters, stopped })
    }

    /// Does what was asked before, copies everything into one file, and writes down that it is
    /// whole. Whatever is asked afterwards is not available.
    pub async fn close(&self) -> Result<(), CloseError> {
        self.looks.end().await;
        self.reads.end().await;
        let closed = self.writes.close().await;
        self.thread.join();
        closed.map_err(|failure| CloseError(Cause::from(failure)))
    }

    /// The settings that the store runs with, as SQLite reports them.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the writer has done since the store was opened.
    pub fn statistics(&self) -> Statistics {
        self.counters.read()
    }

    /// Why the store has stopped writing for good, if it has: an error of the disk, a damaged file,
    /// or a fault in this program. The process should end; the next opening checks the file.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.reason().map(|reason| &**reason)
    }

    #[cfg(test)]
    pub(crate) fn writes(&self) -> &Writes {
        &self.writes
    }

    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.writes.waiting()
    }

    /// Looks one thing up by its key: at once, if there is a connection for it.
    pub(crate) async fn look<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        match self.looks.look(work) {
            Ok(found) => found,
            Err(work) => self.reads.read(work).await,
        }
    }

    /// Looks up what may be many rows.
    pub(crate) async fn read<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.reads.read(work).await
    }

    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.writes.write(move |connection| Ok((work(connection)?, None))).await
    }

    /// Has something written that may bring the store forward.
    pub(crate) async fn advance<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<(T, Option<Advance>), Failure> + Send + 'static,
    {
        self.writes.write(work).await
    }

    /// Where the database file is: a text that a copy of it does not share.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }
}

fn limit_size(
    connection: &rusqlite::Connection,
    path: &Path,
    options: &StoreOptions,
) -> Result<(), OpenError> {
    let Some(pages) = options.pages_max else { return Ok(()) };
    connection
        .pragma_update(None, "max_page_count", pages)
        .map_err(|error| OpenError::of_sqlite(path, error))
}

fn open_readers(
    path: &Path,
    options: &StoreOptions,
    count: usize,
) -> Result<Vec<Connection>, OpenError> {
    (0..count)
        .map(|_| {
            let connection = connect(path, options)?;
            settle(&connection, path)?;
            forbid_writing(&connection, path)?;
            Ok(Connection::new(connection, &options.sealing))
        })
        .collect()
}

/// The writer's thread. When it has ended, the directory is unlocked.
#[derive(Debug)]
struct WriterThread(Mutex<Option<JoinHandle<()>>>);

impl WriterThread {
    fn join(&self) {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // The writer catches every panic of a job; one of its own has been printed.
            let _ = thread.join();
        }
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.join();
    }
}
