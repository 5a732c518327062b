//! Which store this is, and how far it has come.

use async_trait::async_trait;
use payout_domain::Timestamp;
use payout_ports::{MarkedStore, RepositoryError, StoreMark};
use rusqlite::{Connection, Error};

use crate::SqliteStore;
use crate::cells::Cells;
use crate::failure::Failure;
use crate::writer::Advance;

#[async_trait]
impl MarkedStore for SqliteStore {
    async fn mark(&self) -> Result<StoreMark, RepositoryError> {
        let place = self.place().into();
        Ok(self.look(move |connection| mark(connection, place)).await?)
    }
}

/// Writes down that the store has gone forward, once for each group of writes.
pub(crate) fn go_forward(connection: &Connection, advance: Advance) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "UPDATE store SET sequence = sequence + 1, \
         latest_at = coalesce(max(latest_at, ?1), latest_at, ?1)",
    )?;
    statement.execute([advance.latest_at.map(Timestamp::as_micros)])?;
    Ok(())
}

fn mark(connection: &Connection, place: Box<str>) -> Result<StoreMark, Failure> {
    let mut statement = connection.prepare_cached("SELECT id, sequence, latest_at FROM store")?;
    let mut rows = statement.query(())?;
    let missing = Failure::Contradiction("the store does not know which one it is");
    let mut cells = Cells::new(rows.next()?.ok_or(missing)?);
    Ok(StoreMark {
        store: cells.uuid("id")?.to_string().into(),
        place,
        sequence: cells.count("sequence")?,
        latest_at: cells.optional_time("latest_at")?,
    })
}
