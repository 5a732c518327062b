//! A store, and a second hand on its file.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use payout_conformance::fixtures::Accepting;
use payout_domain::Payout;
use payout_ports::{AcceptOutcome, PayoutRepository};
use payout_sqlite::{OpenError, SqliteStore, StoreOptions};
use rusqlite::{Connection, Params, Row};
use tempfile::TempDir;

/// A store in a directory of its own, and a second hand on its file: a connection without any of the
/// store's settings, as in an SQLite shell.
pub(crate) struct Database {
    pub(crate) store: SqliteStore,
    pub(crate) hand: Connection,
    pub(crate) directory: TempDir,
}

/// Opens the store in a data directory that nobody uses any more. Other tests start processes, and
/// between its fork and its exec each of them holds for a moment what this one has just unlocked.
pub(crate) fn open(directory: &Path) -> SqliteStore {
    for _moment in 0..400 {
        match SqliteStore::open(directory, &StoreOptions::default()) {
            Err(OpenError::AnotherProcess { .. }) => thread::sleep(Duration::from_millis(5)),
            outcome => return outcome.expect("the file is sound"),
        }
    }
    unreachable!("somebody uses it")
}

/// A fresh database.
pub(crate) fn fresh() -> Database {
    fresh_with(&StoreOptions::default())
}

/// A fresh database, opened in this way.
pub(crate) fn fresh_with(options: &StoreOptions) -> Database {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let store = SqliteStore::open(directory.path(), options).expect("the directory is ours");
    let hand = connect(directory.path());
    Database { store, hand, directory }
}

/// The database file of a data directory.
pub(crate) fn file(directory: &Path) -> PathBuf {
    directory.join("payout.sqlite")
}

/// A connection as in an SQLite shell, which checks no foreign keys.
pub(crate) fn connect(directory: &Path) -> Connection {
    let hand = Connection::open(file(directory)).expect("the file is a database");
    hand.pragma_update(None, "foreign_keys", "OFF").expect("it is off by default in a shell");
    hand
}

impl Database {
    /// Every row of a query.
    pub(crate) fn read<C: FromIterator<T>, T>(
        &self,
        sql: &str,
        each: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> C {
        let mut statement = self.hand.prepare(sql).expect("the query is valid");
        let rows = statement.query_map((), each).expect("the query runs");
        rows.collect::<Result<C, _>>().expect("every row is read")
    }

    /// Types a statement by hand. What it may not do is the error's text.
    pub(crate) fn type_in(&self, sql: &str, params: impl Params) -> Result<usize, String> {
        self.hand.execute(sql, params).map_err(|error| error.to_string())
    }

    /// Asserts that a statement is refused with these words.
    pub(crate) fn refuses(&self, sql: &str, words: &str) {
        let refusal = self.type_in(sql, ()).expect_err(sql);
        assert!(refusal.contains(words), "{sql}: {refusal}");
    }

    /// Changes rows as a damaged disk would: no trigger or check stands in the way meanwhile, and all
    /// are there again afterwards.
    pub(crate) fn damage(&self, sql: &str) {
        let triggers: Vec<(String, String)> = self
            .read("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'", |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
        self.batch("PRAGMA ignore_check_constraints = ON");
        for (name, _) in &triggers {
            self.batch(&format!("DROP TRIGGER {name}"));
        }
        assert!(self.type_in(sql, ()).expect(sql) > 0, "{sql} changes nothing");
        for (_, trigger) in &triggers {
            self.batch(trigger);
        }
        self.batch("PRAGMA ignore_check_constraints = OFF");
    }

    fn batch(&self, sql: &str) {
        self.hand.execute_batch(sql).expect(sql);
    }
}

/// Has the payout with this number accepted.
pub(crate) async fn accept(store: &SqliteStore, number: u64) -> Payout {
    let accepting = Accepting::number(number);
    let outcome = store.accept(accepting.acceptance()).await.expect("the store is there");
    assert_eq!(outcome, AcceptOutcome::Accepted);
    accepting.payout()
}
