//! What is still there when nobody said good-bye. Some of these tests run themselves once more, as
//! another process, and do harm to that one.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use payout_conformance::fixtures::{Accepting, payout_id};
use payout_ports::{PayoutRepository, RepositoryError};
use payout_sqlite::{SqliteStore, StoreOptions};

use crate::by_hand::{self, accept, file, fresh};

/// Names the data directory to the process that comes to harm.
const VICTIM: &str = "PAYOUT_SQLITE_TEST_VICTIM";

#[tokio::test]
async fn what_was_acknowledged_is_in_the_files_at_once() {
    let database = fresh();
    for number in 1..=20 {
        accept(&database.store, number).await;
    }

    // The files as a crash of the process would leave them.
    let left_behind = tempfile::tempdir().expect("there is room for temporary files");
    for name in ["payout.sqlite", "payout.sqlite-wal"] {
        let from = database.directory.path().join(name);
        std::fs::copy(from, left_behind.path().join(name)).expect("the file is there");
    }

    let store = open(left_behind.path());
    all_there(&store, 1..=20).await;
}

#[tokio::test]
async fn to_drop_a_store_loses_nothing() {
    let database = fresh();
    for number in 1..=20 {
        accept(&database.store, number).await;
    }

    drop(database.store);

    all_there(&open(database.directory.path()), 1..=20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_loses_nothing_that_it_acknowledged() {
    if let Some(directory) = victim() {
        return acknowledge_for_ever(open(&directory)).await;
    }
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let mut child = again("crash::a_process_that_is_killed_loses_nothing_that_it_acknowledged")
        .env(VICTIM, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be run");
    let said = BufReader::new(child.stdout.take().expect("it is a pipe"));

    let mut acknowledged = Vec::new();
    for line in said.lines() {
        let line = line.expect("it is text");
        let number: Option<u64> =
            line.strip_prefix("acknowledged ").and_then(|rest| rest.parse().ok());
        acknowledged.extend(number);
        if acknowledged.len() == 500 {
            child.kill().expect("it runs");
        }
    }
    child.wait().expect("it has been killed");

    assert!(acknowledged.len() >= 500, "it ended by itself");
    all_there(&open(directory.path()), acknowledged).await;
}

#[tokio::test]
async fn a_disk_that_fails_stops_the_writer_for_good() {
    if let Some(directory) = victim() {
        return write_until_the_disk_fails(&directory).await;
    }
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    // Beyond this length the system refuses to write to a file, as to a disk that fails.
    let limited = "trap '' XFSZ; ulimit -f 20000; exec \"$0\" \"$@\"";
    let test = again("crash::a_disk_that_fails_stops_the_writer_for_good");

    let outcome = Command::new("sh")
        .args(["-c", limited])
        .arg(test.get_program())
        .args(test.get_args())
        .env(VICTIM, directory.path())
        .output()
        .expect("there is a shell");

    let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
    assert!(outcome.status.success(), "{said}");
    let acknowledged: Vec<u64> =
        said.lines().filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()).collect();
    assert!(acknowledged.len() > 100, "{said}");
    all_there(&open(directory.path()), acknowledged).await;
}

/// Accepts until the system refuses, and asserts that nothing more is accepted then.
async fn write_until_the_disk_fails(directory: &Path) {
    // The log is never copied, so it grows until it meets the limit.
    let options = StoreOptions { log_pages_max: u32::MAX, ..StoreOptions::default() };
    let store = SqliteStore::open(directory, &options).expect("the directory is ours");
    let refused = loop_until_refused(&store).await;

    assert!(matches!(refused, RepositoryError::Unavailable(_)), "{refused:?}");
    let reason = store.stopped().expect("the writer has stopped").to_owned();
    assert!(reason.contains("I/O"), "{reason}");
    let later = store.accept(Accepting::number(1_000_000).acceptance()).await;
    let later = later.expect_err("nothing is written any more");
    let cause = std::error::Error::source(&later).map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains("stopped writing") && cause.contains(&reason), "{cause}");
    let read = store.find_unscoped(payout_id(1)).await.expect("reading goes on");
    assert!(read.is_some());
    assert!(store.close().await.is_err(), "this is no clean stop");
    for mark in ["payout.clean", "payout.open"] {
        assert!(!directory.join(mark).exists(), "the next start is to read the whole file: {mark}");
    }
}

async fn loop_until_refused(store: &SqliteStore) -> RepositoryError {
    // The limit is met after some thousands.
    for number in 1..=100_000 {
        match store.accept(Accepting::number(number).acceptance()).await {
            Ok(_) => say_acknowledged(number),
            Err(refused) => return refused,
        }
    }
    unreachable!("the disk fails after some thousands")
}

#[expect(clippy::print_stdout, reason = "so it reaches the other process")]
fn say_acknowledged(number: u64) {
    println!("acknowledged {number}");
}

/// Accepts from many sides, and says so each time.
async fn acknowledge_for_ever(store: SqliteStore) {
    let store = Arc::new(store);
    let mut asking = tokio::task::JoinSet::new();
    for lane in 0..16_u64 {
        let store = Arc::clone(&store);
        asking.spawn(async move {
            for step in 0.. {
                let number = 16_u64.saturating_mul(step).saturating_add(lane).saturating_add(1);
                accept(&store, number).await;
                say_acknowledged(number);
            }
        });
    }
    asking.join_all().await;
}

fn victim() -> Option<PathBuf> {
    env::var_os(VICTIM).map(PathBuf::from)
}

/// This program, to run one test.
fn again(test: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command
}

fn open(directory: &Path) -> SqliteStore {
    assert!(file(directory).exists() || victim().is_some());
    by_hand::open(directory)
}

async fn all_there(store: &SqliteStore, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let expected = Accepting::number(number).payout();
        let found = store.find_unscoped(expected.id()).await.expect("the store is there");
        assert_eq!(found.as_ref(), Some(&expected), "{number} is lost");
        let events = store.history(expected.client_id(), expected.id()).await;
        assert_eq!(events.expect("the store is there").map(|events| events.len()), Some(1));
    }
}
