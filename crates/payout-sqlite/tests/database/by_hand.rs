//! A store, and a second hand on its file.

use std::path::{Path, PathBuf};

use payout_conformance::fixtures::Accepting;
use payout_domain::Payout;
use payout_ports::{AcceptOutcome, PayoutRepository};
use payout_sqlite::{SqliteStore, StoreOptions};
use rusqlite::{Connection, Params, Row};
use tempfile::TempDir;

/// A store in a directory of its own, and a second hand on its file: a connection without any of the
/// store's settings, as in an SQLite shell.
pub(crate) struct Database {
    pub(crate) store: SqliteStore,
    pub(crate) hand: Connection,
    pub(crate) directory: TempDir,
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
}

/// Has the payout with this number accepted.
pub(crate) async fn accept(store: &SqliteStore, number: u64) -> Payout {
    let accepting = Accepting::number(number);
    let outcome = store.accept(accepting.acceptance()).await.expect("the store is there");
    assert_eq!(outcome, AcceptOutcome::Accepted);
    accepting.payout()
}
