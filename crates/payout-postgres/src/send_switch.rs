//! The switch that stops all sending.

use async_trait::async_trait;
use payout_ports::{Pause, RepositoryError, SendSwitch};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::cells::Cells;
use crate::connections::{Connection, on_connection};
use crate::failure::Failure;

const READ: &str = "SELECT paused_by, because, paused_at FROM send_switch";

/// Whoever claims holds the switch as it stands until its claims are committed, so that nothing is
/// claimed any more once a pause has been answered.
pub(crate) const HOLD: &str = "SELECT paused_by, because, paused_at FROM send_switch FOR SHARE";

/// The first pause stands.
const PAUSE: &str = "UPDATE send_switch SET paused_by = $1, because = $2, paused_at = $3 \
     WHERE paused_at IS NULL";

const RESUME: &str = "UPDATE send_switch SET paused_by = NULL, because = NULL, paused_at = NULL";

const MISSING: Failure = Failure::Contradiction("the switch that stops all sending is missing");

#[async_trait]
impl SendSwitch for PostgresStore {
    async fn pause(&self, pause: &Pause) -> Result<(), RepositoryError> {
        on_connection!(self.connections, connection => stop(&connection, pause));
        Ok(())
    }

    async fn resume(&self) -> Result<(), RepositoryError> {
        on_connection!(self.connections, connection => go_on(&connection));
        Ok(())
    }

    async fn paused(&self) -> Result<Option<Pause>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => paused(&connection)))
    }
}

async fn paused(connection: &Connection) -> Result<Option<Pause>, Failure> {
    paused_from(&connection.query(READ, &[]).await?)
}

/// Who has stopped sending. That the switch cannot be read is an error, and no permission.
pub(crate) fn paused_from(rows: &[Row]) -> Result<Option<Pause>, Failure> {
    let mut cells = Cells::new(rows.first().ok_or(MISSING)?);
    let by = cells.optional_parsed("paused_by")?;
    let because: Option<&str> = cells.plain("because")?;
    match (by, because, cells.optional_time("paused_at")?) {
        (None, None, None) => Ok(None),
        (Some(by), Some(because), Some(at)) => Ok(Some(Pause { by, because: because.into(), at })),
        (None | Some(_), None | Some(_), None | Some(_)) => Err(Failure::Unreadable("paused_at")),
    }
}

async fn stop(connection: &Connection, pause: &Pause) -> Result<(), Failure> {
    let cells: [&(dyn ToSql + Sync); 3] =
        [&pause.by.as_str(), &&*pause.because, &pause.at.as_micros()];
    if connection.execute(PAUSE, &cells).await? == 0 {
        // Either it is paused already, or there is no switch.
        paused(connection).await?;
    }
    Ok(())
}

/// Without its row nothing goes on, whoever says so.
async fn go_on(connection: &Connection) -> Result<(), Failure> {
    if connection.execute(RESUME, &[]).await? == 0 { Err(MISSING) } else { Ok(()) }
}
