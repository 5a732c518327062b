//! A step of the schema that is cut off leaves the old schema or the new one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use payout_sqlite::{OpenError, SqliteStore, StoreOptions};

use crate::by_hand::{connect, file, fresh, open};

/// Names the data directory to the process that comes to harm.
const VICTIM: &str = "PAYOUT_SQLITE_TEST_MIGRATED";

#[test]
fn whichever_statement_fails_the_schema_is_the_old_one_or_the_new_one() {
    let whole = whole();
    let (mut failed, mut made) = (0, 0);
    for pages in 2..200 {
        let directory = tempfile::tempdir().expect("there is room for temporary files");
        let few = StoreOptions { pages_max: Some(pages), ..StoreOptions::default() };

        let outcome = SqliteStore::open(directory.path(), &few);

        match &outcome {
            Ok(_) => made += 1,
            Err(OpenError::DiskFull { .. }) => failed += 1,
            Err(other) => unreachable!("{pages} pages: {other}"),
        }
        let succeeded = outcome.is_ok();
        drop(outcome);
        let tables = tables(directory.path());
        assert_eq!(tables, if succeeded { whole } else { 0 }, "{pages} pages");
        drop(open(directory.path()));
        if made == 3 {
            break;
        }
    }
    // Each page more lets it come a little farther.
    assert!(failed > 20 && made == 3, "{failed} failed, {made} were made");
}

#[test]
fn a_process_that_is_killed_leaves_the_old_schema_or_the_new_one() {
    if let Some(directory) = env::var_os(VICTIM).map(PathBuf::from) {
        for number in 0..1000 {
            drop(open(&directory.join(number.to_string())));
        }
        return;
    }
    let whole = whole();
    let mut cut_off = 0;
    for round in 0..20_u64 {
        let parent = tempfile::tempdir().expect("there is room for temporary files");
        // It makes one store after the other. Wherever it is hit, it is in the middle of one.
        let mut child = again()
            .env(VICTIM, parent.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("this program can be run");
        while !parent.path().join("2").exists() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_micros(round.saturating_mul(700)));
        child.kill().expect("it runs");
        child.wait().expect("it has been killed");

        for entry in parent.path().read_dir().expect("it is there") {
            let directory = entry.expect("it is there").path();
            let tables = if file(&directory).exists() { tables(&directory) } else { 0 };
            assert!(tables == 0 || tables == whole, "{tables} of {whole}");
            cut_off += u32::from(tables == 0);
            drop(open(&directory));
            assert_eq!(self::tables(&directory), whole);
        }
    }
    assert!(cut_off > 0, "no one was hit before its schema was made");
}

/// How many tables, indexes and triggers a store has.
fn whole() -> i64 {
    tables(fresh().directory.path())
}

/// How many there are, but for the list of steps that were taken.
fn tables(directory: &Path) -> i64 {
    let hand = connect(directory);
    let count = hand.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'refinery_schema_history'",
        (),
        |row| row.get(0),
    );
    count.expect("it is a database")
}

/// This program, to run one test.
fn again() -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    let test = "migration::a_process_that_is_killed_leaves_the_old_schema_or_the_new_one";
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command
}
