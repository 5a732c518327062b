//! The settings of SQLite on which durability rests.

use std::fmt;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use crate::{OpenError, StoreOptions};

/// Older versions can lose a write-ahead log that two connections reset at the same time
/// (<https://sqlite.org/wal.html#walresetbug>).
const VERSION_MIN: i32 = 3_051_003;

/// Every setting that both kinds of connection must have, as it is set and as it reads back.
const WANTED: [(&str, &str, &str); 12] = [
    // A page of the database is what disks and the kernel write at once.
    ("page_size", "4096", "4096"),
    ("journal_mode", "WAL", "wal"),
    // The log is on disk before COMMIT returns.
    ("synchronous", "FULL", "2"),
    // Where `fsync` does not reach the platter by itself (macOS), ask for what does.
    ("fullfsync", "ON", "1"),
    ("checkpoint_fullfsync", "ON", "1"),
    // SQLite would keep quiet about a checkpoint that fails, so the writer makes them itself.
    ("wal_autocheckpoint", "0", "0"),
    // A memory map turns an I/O error into a signal, and a stray write into corruption.
    ("mmap_size", "0", "0"),
    // What a savepoint may have to put back stays in memory; else each group makes a file for it.
    ("temp_store", "MEMORY", "2"),
    ("foreign_keys", "ON", "1"),
    // `REPLACE` asks the triggers too.
    ("recursive_triggers", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("cell_size_check", "ON", "1"),
];

/// The settings that a store runs with, as SQLite itself reports them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings(Vec<Setting>);

/// A setting and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as in SQLite's documentation.
    pub name: &'static str,
    /// Its value, as SQLite reports it.
    pub value: String,
}

impl Settings {
    /// Every setting, in a fixed order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Setting> {
        self.0.iter()
    }
}

impl fmt::Display for Settings {
    /// Prints `name=value`, separated by spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Setting { name, value }) in self.0.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{name}={value}")?;
        }
        Ok(())
    }
}

/// Opens a connection without changing anything yet.
pub(crate) fn connect(path: &Path, options: &StoreOptions) -> Result<Connection, OpenError> {
    let fails = |error| OpenError::of_sqlite(path, error);
    // Neither URIs nor creation: the file exists, with the right permissions.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fails)?;
    connection.busy_timeout(options.busy_timeout).map_err(fails)?;
    for config in [
        // What a checkpoint meets when a connection is dropped, nobody hears: see `Writer::close`.
        DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
        // One plan for each statement: else some are planned anew for each value.
        DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
        DbConfig::SQLITE_DBCONFIG_DEFENSIVE,
    ] {
        connection.set_db_config(config, true).map_err(fails)?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Sets what is wanted and reads it back.
pub(crate) fn settle(connection: &Connection, path: &Path) -> Result<Settings, OpenError> {
    let fails = |error| OpenError::of_sqlite(path, error);
    let mut settings = vec![version(path)?];
    for (name, value, wanted) in WANTED {
        connection.pragma_update(None, name, value).map_err(fails)?;
        let found = read(connection, name).map_err(fails)?;
        if found != wanted {
            let (path, wanted) = (path.to_owned(), wanted.to_owned());
            return Err(OpenError::Settings { path, name, wanted, found });
        }
        settings.push(Setting { name, value: found });
    }
    let value = read(connection, "busy_timeout").map_err(fails)?;
    settings.push(Setting { name: "busy_timeout", value });
    Ok(Settings(settings))
}

/// Forbids a connection to write.
pub(crate) fn forbid_writing(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let fails = |error| OpenError::of_sqlite(path, error);
    connection.pragma_update(None, "query_only", "ON").map_err(fails)?;
    let found = read(connection, "query_only").map_err(fails)?;
    if found == "1" {
        return Ok(());
    }
    let (path, wanted) = (path.to_owned(), "1".to_owned());
    Err(OpenError::Settings { path, name: "query_only", wanted, found })
}

fn version(path: &Path) -> Result<Setting, OpenError> {
    let (name, value) = ("sqlite_version", rusqlite::version().to_owned());
    if rusqlite::version_number() >= VERSION_MIN {
        return Ok(Setting { name, value });
    }
    let (path, wanted) = (path.to_owned(), "3.51.3 or newer".to_owned());
    Err(OpenError::Settings { path, name, wanted, found: value })
}

fn read(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    connection.pragma_query_value(None, name, |row| {
        Ok(match row.get(0)? {
            Value::Integer(value) => value.to_string(),
            Value::Text(value) => value,
            Value::Null | Value::Real(_) | Value::Blob(_) => String::new(),
        })
    })
}
