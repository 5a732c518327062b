//! The keys that a store was ever opened with.

use std::path::Path;

use payout_ports::{KeyProof, Sealing};
use rusqlite::Connection;

use crate::OpenError;

const KNOWN: &str = "SELECT id, proof FROM sealing_key ORDER BY id";

const HOLDS_ANYTHING: &str =
    "SELECT EXISTS (SELECT 1 FROM payout) OR EXISTS (SELECT 1 FROM payment_source)";

/// Checks that every key that may have sealed something here is at hand, and remembers the one that seals
/// from now on.
pub(crate) fn check(
    connection: &Connection,
    path: &Path,
    sealing: &Sealing,
) -> Result<(), OpenError> {
    let fails = |error| OpenError::of_sqlite(path, error);
    let known = known(connection).map_err(fails)?;
    let new = sealing
        .check(&known)
        .map_err(|cause| OpenError::Sealed { path: path.to_owned(), cause })?;
    let Some(new) = new else { return Ok(()) };
    if known.is_empty() && holds_anything(connection).map_err(fails)? {
        tracing::warn!("sealing begins; what the store holds already stays in clear");
    }
    remember(connection, &new).map_err(fails)
}

fn known(connection: &Connection) -> rusqlite::Result<Vec<KeyProof>> {
    let mut statement = connection.prepare(KNOWN)?;
    let known =
        statement.query_map((), |row| Ok(KeyProof { key_id: row.get(0)?, sealed: row.get(1)? }));
    known?.collect()
}

fn holds_anything(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(HOLDS_ANYTHING, (), |row| row.get(0))
}

fn remember(connection: &Connection, new: &KeyProof) -> rusqlite::Result<()> {
    let insert = "INSERT INTO sealing_key (id, proof) VALUES (?1, ?2)";
    connection.execute(insert, (&new.key_id, &new.sealed)).map(drop)
}
