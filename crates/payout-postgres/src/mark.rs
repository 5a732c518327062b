//! Which store this is, and how far it has come.

use async_trait::async_trait;
use payout_ports::{MarkedStore, RepositoryError, StoreMark};

use crate::PostgresStore;
use crate::cells::Cells;
use crate::connections::{Connection, on_connection};
use crate::failure::Failure;

/// Takes one step in the share of this connection.
pub(crate) const GO_FORWARD: &str = "UPDATE store_progress SET sequence = sequence + 1, \
     latest_at = greatest(latest_at, $1::bigint) WHERE share = pg_backend_pid() % 32";

/// The place is the server, its history, the database and the schema: a restored cluster, a promoted
/// standby, a copied database or schema has another one.
const MARK: &str = "SELECT (SELECT id FROM store), \
     (SELECT concat_ws('/', system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), \
     (SELECT oid FROM pg_database WHERE datname = current_database()), \
     (SELECT oid FROM pg_namespace WHERE nspname = current_schema())) FROM pg_control_system()), \
     (SELECT sum(sequence)::bigint FROM store_progress), \
     (SELECT max(latest_at) FROM store_progress)";

#[async_trait]
impl MarkedStore for PostgresStore {
    async fn mark(&self) -> Result<StoreMark, RepositoryError> {
        Ok(on_connection!(self.connections, connection => mark(&connection)))
    }
}

async fn mark(connection: &Connection) -> Result<StoreMark, Failure> {
    let row = connection.query_one(MARK, &[]).await?;
    let missing = Failure::Contradiction("the store does not know which one it is");
    let row = row.ok_or(missing)?;
    let mut cells = Cells::new(&row);
    Ok(StoreMark {
        store: cells.uuid("id")?.to_string().into(),
        place: cells.plain::<&str>("place")?.into(),
        sequence: cells.number("sequence")?,
        latest_at: cells.optional_time("latest_at")?,
    })
}
