//! The schema, and whether a file is one of ours.

use std::error::Error;
use std::path::Path;

use refinery::Runner;
use refinery::error::Kind;
use rusqlite::{Connection, OptionalExtension};

use crate::OpenError;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The mark by which `file` and we know a database of ours: `payo`.
const APPLICATION_ID: i32 = 0x7061_796F;

/// Checks that the file is empty or one of ours, and marks it, before anything in it is changed.
pub(crate) fn claim(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let fails = |error| OpenError::of_sqlite(path, error);
    let found: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(fails)?;
    if found == APPLICATION_ID {
        return Ok(());
    }
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .map_err(fails)?;
    if found != 0 || objects != 0 {
        return Err(OpenError::NotADatabase { path: path.to_owned() });
    }
    connection.pragma_update(None, "page_size", 4096).map_err(fails)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(fails)
}

/// Reads the whole file and checks that it is sound.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let detail: String = connection
        .query_row("PRAGMA quick_check(1)", (), |row| row.get(0))
        .map_err(|error| OpenError::of_sqlite(path, error))?;
    if detail == "ok" {
        return Ok(());
    }
    Err(OpenError::Corrupt { path: path.to_owned(), detail })
}

/// Brings the schema up to this program's, in one transaction: a step that was taken without its record
/// would be taken again at the next start, and could not be.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let runner = embedded::migrations::runner().set_grouped(true);
    let found = version(connection).map_err(|error| OpenError::of_sqlite(path, error))?;
    let known = newest(&runner);
    if found > known {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found, known });
    }
    match runner.run(connection) {
        Ok(_report) => Ok(()),
        Err(error) => Err(failed(path, &error)),
    }
}

fn newest(runner: &Runner) -> i64 {
    let versions = runner.get_migrations().iter().map(refinery::Migration::version);
    versions.max().map_or(0, i64::from)
}

/// The schema of the database; 0 if it has none yet.
fn version(connection: &Connection) -> rusqlite::Result<i64> {
    let history = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'", (), |_| {
            Ok(())
        })
        .optional()?;
    if history.is_none() {
        return Ok(0);
    }
    connection.query_row(
        "SELECT coalesce(max(version), 0) FROM refinery_schema_history",
        (),
        |row| row.get(0),
    )
}

fn failed(path: &Path, error: &refinery::Error) -> OpenError {
    // What was released is never changed, so the other text of the step is one that never was.
    if let Kind::DivergentVersion(..) = error.kind() {
        return OpenError::UnreleasedSchema { path: path.to_owned() };
    }
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if let Some(rusqlite::Error::SqliteFailure(code, text)) = cause.downcast_ref() {
            let error = rusqlite::Error::SqliteFailure(*code, text.clone());
            return OpenError::of_sqlite(path, error);
        }
        source = cause.source();
    }
    // The steps that were taken are not the steps that this program knows.
    OpenError::Corrupt { path: path.to_owned(), detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_and_its_record_are_taken_together_or_not_at_all() {
        let mut connection = Connection::open_in_memory().expect("there is memory");
        let no_records = "
            CREATE TABLE refinery_schema_history (
                version INTEGER PRIMARY KEY, name TEXT, applied_on TEXT, checksum TEXT
            );
            CREATE TRIGGER no_records BEFORE INSERT ON refinery_schema_history
            BEGIN SELECT RAISE(ABORT, 'as if the process ended here'); END;";
        connection.execute_batch(no_records).expect("it is empty");

        migrate(&mut connection, Path::new("payout.sqlite")).expect_err("it has no records");
        connection.execute_batch("DROP TRIGGER no_records").expect("it is there");
        let begun_again = migrate(&mut connection, Path::new("payout.sqlite"));

        begun_again.expect("nothing of the first attempt is left");
    }
}
