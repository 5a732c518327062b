//! What the writer does when a write, a commit or the disk fails.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rusqlite::ffi;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Message;
use super::job::{Job, Verdict};
use crate::connection::Connection;
use crate::failure::{Failure, Outage};
use crate::{SqliteStore, StoreOptions};

/// A store whose writer is held up, so that what is asked meanwhile becomes one group.
struct HeldUp {
    store: Arc<SqliteStore>,
    release: mpsc::Sender<()>,
    first: JoinHandle<Result<(), Failure>>,
    directory: TempDir,
}

impl HeldUp {
    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("there is room for temporary files");
        let store = SqliteStore::open(directory.path(), &StoreOptions::default());
        let store = Arc::new(store.expect("the directory is ours"));
        let (release, held) = mpsc::channel();
        let (started, running) = oneshot::channel();
        let first = spawn(&store, move |_| {
            started.send(()).expect("somebody waits for it");
            held.recv().expect("somebody releases the writer");
            Ok(())
        });
        // Whatever comes now comes into the next group.
        running.await.expect("the writer runs");
        Self { store, release, first, directory }
    }

    /// Asks for a write that waits in the queue behind those that were asked for before.
    async fn ask(
        &self,
        work: impl FnOnce(&Connection) -> Result<(), Failure> + Send + 'static,
    ) -> JoinHandle<Result<(), Failure>> {
        let before = self.store.waiting();
        let asked = spawn(&self.store, work);
        while self.store.waiting() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        asked
    }

    /// Lets the writer go on. The directory lives as long as it is held.
    async fn release(self) -> (Arc<SqliteStore>, TempDir) {
        self.release.send(()).expect("the writer waits");
        self.first.await.expect("it does not panic").expect("it only waited");
        (self.store, self.directory)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_queued_is_committed_together() {
    let held_up = HeldUp::new().await;
    let mut asked = Vec::new();
    for number in 0..20 {
        asked.push(held_up.ask(insert(number)).await);
    }

    let (store, _directory) = held_up.release().await;

    for asked in asked {
        asked.await.expect("it does not panic").expect("it is written");
    }
    assert_eq!((store.statistics().writes, store.statistics().commits), (21, 2));
    assert_eq!(stored(&store).await, (0..20).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_fails_leaves_the_others_of_its_group() {
    let held_up = HeldUp::new().await;
    let first = held_up.ask(insert(1)).await;
    let fails = held_up
        .ask(|connection| {
            insert(2)(connection)?;
            insert(3)(connection)?;
            Err(Failure::Stale)
        })
        .await;
    let clashes = held_up.ask(insert(1)).await;
    let last = held_up.ask(insert(4)).await;

    let (store, _directory) = held_up.release().await;

    first.await.expect("it does not panic").expect("it is written");
    last.await.expect("it does not panic").expect("it is written");
    let failed = fails.await.expect("it does not panic");
    assert!(matches!(failed, Err(Failure::Stale)), "{failed:?}");
    let taken = clashes.await.expect("it does not panic");
    assert!(matches!(taken, Err(Failure::Sqlite(_))), "{taken:?}");
    assert_eq!(stored(&store).await, [1, 4]);
    assert_eq!(store.statistics().commits, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn if_the_commit_fails_nobody_is_told_that_it_was_written() {
    let held_up = HeldUp::new().await;
    let innocent = held_up.ask(insert(1)).await;
    // Such a violation is found by COMMIT alone.
    let orphan = held_up
        .ask(|connection| {
            connection.execute_batch(
                "PRAGMA defer_foreign_keys = ON; \
                 INSERT INTO idempotency VALUES ('acme', 'key', 77, zeroblob(32), 0)",
            )?;
            Ok(())
        })
        .await;

    let (store, _directory) = held_up.release().await;

    for asked in [innocent, orphan] {
        let outcome = asked.await.expect("it does not panic");
        let lost = matches!(outcome, Err(Failure::Outage(Outage::NotCommitted(_))));
        assert!(lost, "{outcome:?}");
    }
    assert_eq!(stored(&store).await, Vec::<i64>::new());
    assert_eq!((store.statistics().groups_lost, store.stopped()), (1, None));
    store.write(insert(5)).await.expect("the next group is another one");
    assert_eq!(stored(&store).await, [5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_the_disk_stops_the_writer_for_good() {
    let held_up = HeldUp::new().await;
    let innocent = held_up.ask(insert(1)).await;
    let fails = held_up.ask(|_| Err(failed_with(ffi::SQLITE_IOERR_FSYNC).into())).await;

    let (store, _directory) = held_up.release().await;

    for asked in [innocent, fails] {
        stopped(asked.await.expect("it does not panic"));
    }
    stopped(store.write(insert(2)).await);
    assert!(store.stopped().is_some());
    assert_eq!(stored(&store).await, Vec::<i64>::new(), "reading goes on");
    assert!(store.close().await.is_err(), "this is no clean stop");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_panics_stops_the_writer_and_says_so() {
    let held_up = HeldUp::new().await;
    let innocent = held_up.ask(insert(1)).await;
    let panics = held_up.ask(|_| unreachable!("a row that nobody thought of")).await;

    let (store, _directory) = held_up.release().await;

    for asked in [innocent, panics] {
        stopped(asked.await.expect("only the write panics"));
    }
    stopped(store.write(insert(2)).await);
    let reason = store.stopped().expect("it has stopped");
    assert!(reason.contains("a row that nobody thought of"), "{reason}");
    assert_eq!(stored(&store).await, Vec::<i64>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_panics_leaves_nobody_waiting() {
    let held_up = HeldUp::new().await;
    let mishap = Message::Write(Box::new(Mishap));
    held_up.store.writes().queue.send(mishap).await.expect("the writer runs");
    let same_group = held_up.ask(insert(1)).await;

    let (store, _directory) = held_up.release().await;

    let outcome = same_group.await.expect("only the writer panics");
    assert!(matches!(outcome, Err(Failure::Outage(Outage::Closed))), "{outcome:?}");
    assert!(store.close().await.is_err(), "this is no clean stop");
    let reason = store.stopped().expect("it has stopped");
    assert!(reason.contains("an answer that nobody thought of"), "{reason}");
    let later = store.write(insert(2)).await;
    assert!(matches!(later, Err(Failure::Outage(Outage::Closed))), "{later:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_queued_before_the_store_is_closed_is_written() {
    let held_up = HeldUp::new().await;
    let asked = held_up.ask(insert(1)).await;
    let store = Arc::clone(&held_up.store);
    let closing = tokio::spawn(async move { store.close().await });
    while held_up.store.waiting() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    let (_store, _directory) = held_up.release().await;

    asked.await.expect("it does not panic").expect("it is written");
    closing.await.expect("it does not panic").expect("the disk works");
}

#[tokio::test]
async fn a_look_up_that_panics_harms_nobody_else() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let store = SqliteStore::open(directory.path(), &StoreOptions::default());
    let store = store.expect("the directory is ours");

    for _reader in 0..4 {
        let outcome: Result<(), Failure> = store.read(|_| unreachable!("bad luck")).await;
        assert!(matches!(outcome, Err(Failure::Outage(Outage::Closed))), "{outcome:?}");
    }

    assert_eq!(stored(&store).await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let store = SqliteStore::open(directory.path(), &StoreOptions::default());
    let store = store.expect("the directory is ours");

    let outcome = store.read(insert(1)).await;

    let Err(Failure::Sqlite(error)) = outcome else { unreachable!("it is refused: {outcome:?}") };
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ReadOnly));
}

/// A write that is fine, and an answer that is not.
struct Mishap;

impl Job for Mishap {
    fn run(&mut self, _connection: &Connection) -> Verdict {
        Verdict::Keep(None)
    }

    fn answer(self: Box<Self>, _outage: Option<&Outage>) {
        unreachable!("an answer that nobody thought of")
    }
}

/// Writes a number where it can be found again.
fn insert(number: i64) -> impl FnOnce(&Connection) -> Result<(), Failure> + Send + 'static {
    move |connection| {
        connection.execute(
            "INSERT INTO inbox (profile, event_id, digest, subject, received_at, due_at) \
             VALUES (?1, zeroblob(16), zeroblob(32), 'other', ?1, 0)",
            [number],
        )?;
        Ok(())
    }
}

async fn stored(store: &SqliteStore) -> Vec<i64> {
    let found = store.read(|connection| {
        let mut statement =
            connection.prepare("SELECT received_at FROM inbox ORDER BY received_at")?;
        let numbers = statement.query_map((), |row| row.get(0))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    });
    found.await.expect("reading works")
}

#[expect(clippy::needless_pass_by_value, reason = "it is the end of it")]
fn stopped(outcome: Result<(), Failure>) {
    assert!(matches!(outcome, Err(Failure::Outage(Outage::Stopped(_)))), "{outcome:?}");
}

fn failed_with(code: i32) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

fn spawn(
    store: &Arc<SqliteStore>,
    work: impl FnOnce(&Connection) -> Result<(), Failure> + Send + 'static,
) -> JoinHandle<Result<(), Failure>> {
    let store = Arc::clone(store);
    tokio::spawn(async move { store.write(work).await })
}

#[tokio::test]
async fn what_comes_alone_is_written_by_whoever_asks() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let options = StoreOptions { write_alone: true, ..StoreOptions::default() };
    let store = SqliteStore::open(directory.path(), &options).expect("the directory is ours");
    let asking = thread::current().id();
    let writes_here = || store.write(move |_| Ok(thread::current().id() == asking));

    let coming = store.coming.one_more();
    let alone = writes_here().await.expect("the disk works");
    let other = store.coming.one_more();
    let in_company = writes_here().await.expect("the disk works");
    drop((coming, other));
    let unexpected = writes_here().await.expect("the disk works");

    assert_eq!((alone, in_company, unexpected), (true, false, false));
}

#[tokio::test]
async fn whoever_asks_writes_nothing_if_the_options_forbid_it() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let options = StoreOptions { write_alone: false, ..StoreOptions::default() };
    let store = SqliteStore::open(directory.path(), &options).expect("the directory is ours");
    let asking = thread::current().id();

    let _coming = store.coming.one_more();
    let here = store.write(move |_| Ok(thread::current().id() == asking)).await;

    assert!(!here.expect("the disk works"));
}

#[tokio::test]
async fn nothing_is_written_alone_after_the_store_is_closed() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let options = StoreOptions { write_alone: true, ..StoreOptions::default() };
    let store = SqliteStore::open(directory.path(), &options).expect("the directory is ours");
    store.close().await.expect("the disk works");

    let _coming = store.coming.one_more();
    let outcome = store.write(insert(1)).await;

    assert!(matches!(outcome, Err(Failure::Outage(Outage::Closed))), "{outcome:?}");
}

#[tokio::test]
async fn a_write_that_panics_alone_stops_the_store_and_not_whoever_asked() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let options = StoreOptions { write_alone: true, ..StoreOptions::default() };
    let store = SqliteStore::open(directory.path(), &options).expect("the directory is ours");

    let _coming = store.coming.one_more();
    stopped(store.write(|_| unreachable!("a row that nobody thought of")).await);

    stopped(store.write(insert(1)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_while_a_group_is_written_is_committed_with_it() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let company_wait_max = Duration::from_mins(1);
    let options = StoreOptions { company_wait_max, ..StoreOptions::default() };
    let store = Arc::new(SqliteStore::open(directory.path(), &options).expect("it is ours"));
    let _coming = (0..100).map(|_| store.coming.one_more()).collect::<Vec<_>>();
    let (second_asks, asked) = mpsc::channel();
    let (started, running) = oneshot::channel();

    let first = spawn(&store, move |connection| {
        started.send(()).expect("somebody waits for it");
        asked.recv().expect("somebody asks");
        insert(1)(connection)
    });
    running.await.expect("the writer runs");
    let second = spawn(&store, insert(2));
    while store.waiting() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    second_asks.send(()).expect("the writer waits");

    first.await.expect("it does not panic").expect("it is written");
    second.await.expect("it does not panic").expect("it is written");
    assert_eq!((store.statistics().writes, store.statistics().commits), (2, 1));
}
