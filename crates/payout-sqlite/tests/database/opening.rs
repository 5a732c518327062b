//! Opening and closing, and what an operator is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use payout_conformance::fixtures::Accepting;
use payout_ports::{PayoutRepository, RepositoryError};
use payout_sqlite::{OpenError, SqliteStore, StoreOptions};
use rusqlite::Connection;

use crate::by_hand::{accept, file, fresh};

#[test]
fn the_directory_is_made_for_its_owner_alone() {
    let parent = tempfile::tempdir().expect("there is room for temporary files");
    let directory = parent.path().join("a").join("b");

    let _store = open(&directory).expect("the directory is made");

    let mode =
        |path: &Path| fs::metadata(path).expect("the file is there").permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for name in ["payout.sqlite", "payout.sqlite-wal", "payout.sqlite-shm", "payout.lock"] {
        assert_eq!(mode(&directory.join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_second_process_is_kept_out_until_the_first_has_closed() {
    let database = fresh();

    let second = open(database.directory.path());
    assert!(matches!(second, Err(OpenError::AnotherProcess { .. })), "{second:?}");

    database.store.close().await.expect("the disk works");
    open(database.directory.path()).expect("nobody uses it any more");
}

#[tokio::test]
async fn a_store_that_was_dropped_is_unlocked() {
    let database = fresh();

    drop(database.store);

    open(database.directory.path()).expect("nobody uses it any more");
}

#[tokio::test]
async fn a_closed_store_answers_nothing_and_is_one_whole_file() {
    let database = fresh();
    let payout = accept(&database.store, 1).await;

    database.store.close().await.expect("the disk works");

    let read = database.store.find_unscoped(payout.id()).await;
    assert!(matches!(read, Err(RepositoryError::Unavailable(_))), "{read:?}");
    let written = database.store.accept(Accepting::number(2).acceptance()).await;
    assert!(matches!(written, Err(RepositoryError::Unavailable(_))), "{written:?}");
    assert!(database.store.close().await.is_err(), "it is closed already");
    let alone = tempfile::tempdir().expect("there is room for temporary files");
    fs::copy(file(database.directory.path()), file(alone.path())).expect("the file is there");
    let copy = open(alone.path()).expect("the file alone is the database");
    assert_eq!(copy.find_unscoped(payout.id()).await.expect("it is open"), Some(payout));
}

#[tokio::test]
async fn a_clean_stop_is_marked_until_the_next_start() {
    let database = fresh();
    let mark = database.directory.path().join("payout.clean");
    assert!(!mark.exists());

    database.store.close().await.expect("the disk works");
    assert!(mark.exists());

    let again = open(database.directory.path()).expect("nobody uses it any more");
    assert!(!mark.exists());

    drop(again);
    assert!(!mark.exists(), "to drop it is no clean stop");
}

#[tokio::test]
async fn a_damaged_file_is_found_after_an_unclean_stop() {
    let database = fresh();
    for number in 1..=200 {
        accept(&database.store, number).await;
    }
    database.store.close().await.expect("the disk works");
    let directory = database.directory.path();
    fs::remove_file(directory.join("payout.clean")).expect("it was closed");
    damage(directory);

    let outcome = open(directory);

    assert!(matches!(outcome, Err(OpenError::Corrupt { .. })), "{outcome:?}");
    says(&outcome, &["is damaged", "restore the last backup"]);
}

#[tokio::test]
async fn only_a_machine_that_has_stopped_makes_a_start_read_the_whole_file() {
    let database = fresh();
    for number in 1..=200 {
        accept(&database.store, number).await;
    }
    database.store.close().await.expect("the disk works");
    let directory = database.directory.path();
    let killed = open(directory).expect("it was closed");
    drop(killed);
    damage(directory);

    let outcome = open(directory);
    assert!(outcome.is_ok(), "the process alone has ended: {outcome:?}");
    drop(outcome);
    let mark = directory.join("payout.open");
    let words = fs::read_to_string(&mark).expect("it is not closed");
    fs::write(&mark, format!("another run, {words}")).expect("the directory is ours");
    let outcome = open(directory);

    assert!(matches!(outcome, Err(OpenError::Corrupt { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_copy_of_a_store_in_use_is_read_through() {
    let database = fresh();
    accept(&database.store, 1).await;
    database.store.close().await.expect("the disk works");
    let directory = database.directory.path();
    drop(open(directory).expect("it was closed"));
    let copy = tempfile::tempdir().expect("there is room for temporary files");
    for name in ["payout.sqlite", "payout.open"] {
        fs::copy(directory.join(name), copy.path().join(name)).expect("they are there");
    }
    damage(copy.path());

    let outcome = open(copy.path());

    assert!(matches!(outcome, Err(OpenError::Corrupt { .. })), "{outcome:?}");
}

/// Damages a page where opening alone does not look.
fn damage(directory: &Path) {
    let path = file(directory);
    let connection = Connection::open(&path).expect("the file is there");
    let page: u32 = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'payment'", (), |row| {
            row.get(0)
        })
        .expect("there is such a table");
    drop(connection);
    let mut bytes = fs::read(&path).expect("the file is there");
    let page = bytes
        .chunks_mut(4096)
        .nth(usize::try_from(page.saturating_sub(1)).expect("it is small"))
        .expect("the page is in the file");
    page.fill(0xA5);
    fs::write(&path, bytes).expect("the file is ours");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let text = "Dear diary, ".repeat(500);
    fs::write(file(directory.path()), &text).expect("the directory is ours");

    let outcome = open(directory.path());

    assert!(matches!(outcome, Err(OpenError::NotADatabase { .. })), "{outcome:?}");
    assert_eq!(fs::read_to_string(file(directory.path())).expect("it is still there"), text);
    says(&outcome, &["payout.sqlite", "is not a database of payout", "move it away"]);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let other = Connection::open(file(directory.path())).expect("the directory is ours");
    other.execute_batch("CREATE TABLE diary (entry TEXT)").expect("it is empty");
    drop(other);
    let before = fs::read(file(directory.path())).expect("it is there");

    let outcome = open(directory.path());

    assert!(matches!(outcome, Err(OpenError::NotADatabase { .. })), "{outcome:?}");
    assert_eq!(fs::read(file(directory.path())).expect("it is still there"), before);
}

#[test]
fn a_place_that_nobody_may_write_to_is_read_only() {
    // Not even root makes a directory here.
    let outcome = open(Path::new("/sys/kernel/payout"));

    assert!(matches!(outcome, Err(OpenError::ReadOnly { .. })), "{outcome:?}");
    says(&outcome, &["`/sys/kernel/payout` cannot be written", "give it to the user"]);
}

#[test]
fn a_file_in_the_place_of_the_directory_is_said() {
    let parent = tempfile::tempdir().expect("there is room for temporary files");
    let path = parent.path().join("file");
    fs::write(&path, "").expect("the directory is ours");

    for path in [path.clone(), path.join("data")] {
        let outcome = open(&path);

        assert!(matches!(outcome, Err(OpenError::Io { .. })), "{outcome:?}");
        says(&outcome, &["cannot be opened", "check the path"]);
    }
}

#[test]
fn without_room_for_the_schema_the_disk_is_full() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let few = StoreOptions { pages_max: Some(4), ..StoreOptions::default() };

    let outcome = SqliteStore::open(directory.path(), &few);

    assert!(matches!(outcome, Err(OpenError::DiskFull { .. })), "{outcome:?}");
    says(&outcome, &["no room left", "free some space"]);
    open(directory.path()).expect("half a migration does no harm once there is room");
}

#[test]
fn a_shell_that_holds_the_file_is_another_process() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    drop(open(directory.path()).expect("the directory is ours"));
    let shell = crate::by_hand::connect(directory.path());
    shell.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").expect("it is free");
    let hasty =
        StoreOptions { busy_timeout: std::time::Duration::from_millis(10), ..Default::default() };

    let outcome = SqliteStore::open(directory.path(), &hasty);

    assert!(matches!(outcome, Err(OpenError::AnotherProcess { .. })), "{outcome:?}");
    says(&outcome, &["is in use by another process", "stop that process"]);
}

#[tokio::test]
async fn the_settings_are_those_that_sqlite_reports() {
    let database = fresh();

    let settings = database.store.settings().to_string();

    for setting in [
        "sqlite_version=3.",
        "journal_mode=wal",
        "synchronous=2",
        "foreign_keys=1",
        "trusted_schema=0",
        "page_size=4096",
        "mmap_size=0",
        "wal_autocheckpoint=0",
        "busy_timeout=5000",
    ] {
        assert!(settings.contains(setting), "{setting} is not in {settings}");
    }
}

fn open(directory: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(directory, &StoreOptions::default())
}

/// Asserts that an operator reads these words.
fn says(outcome: &Result<SqliteStore, OpenError>, words: &[&str]) {
    let text = outcome.as_ref().expect_err("it does not open").to_string();
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
}
