//! The switch that stops all sending.

use async_trait::async_trait;
use payout_ports::{Pause, RepositoryError, SendSwitch};
use rusqlite::params;

use crate::SqliteStore;
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;

#[async_trait]
impl SendSwitch for SqliteStore {
    async fn pause(&self, pause: &Pause) -> Result<(), RepositoryError> {
        let pause = pause.clone();
        Ok(self.write(move |connection| stop(connection, &pause)).await?)
    }

    async fn resume(&self) -> Result<(), RepositoryError> {
        Ok(self.write(go_on).await?)
    }

    async fn paused(&self) -> Result<Option<Pause>, RepositoryError> {
        Ok(self.read(paused).await?)
    }
}

/// Who has stopped sending. That the switch cannot be read is an error, and no permission.
pub(crate) fn paused(connection: &Connection) -> Result<Option<Pause>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT paused_by, because, paused_at FROM send_switch")?;
    let mut rows = statement.query(())?;
    let mut cells = Cells::new(rows.next()?.ok_or(MISSING)?);
    let by = cells.optional_parsed("paused_by")?;
    let because: Option<String> = cells.plain("because")?;
    match (by, because, cells.optional_time("paused_at")?) {
        (None, None, None) => Ok(None),
        (Some(by), Some(because), Some(at)) => Ok(Some(Pause { by, because: because.into(), at })),
        (None | Some(_), None | Some(_), None | Some(_)) => Err(Failure::Unreadable("paused_at")),
    }
}

const MISSING: Failure = Failure::Contradiction("the switch that stops all sending is missing");

/// The first pause stands.
fn stop(connection: &Connection, pause: &Pause) -> Result<(), Failure> {
    if paused(connection)?.is_some() {
        return Ok(());
    }
    let mut statement = connection
        .prepare_cached("UPDATE send_switch SET paused_by = ?1, because = ?2, paused_at = ?3")?;
    statement.execute(params![pause.by.as_str(), &*pause.because, pause.at.as_micros()])?;
    Ok(())
}

/// Without its row nothing goes on, whoever says so.
fn go_on(connection: &Connection) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE send_switch SET paused_by = NULL, because = NULL, paused_at = NULL",
    )?;
    if statement.execute(())? == 0 { Err(MISSING) } else { Ok(()) }
}
