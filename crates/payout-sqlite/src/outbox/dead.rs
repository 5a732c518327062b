//! What was given up.

use payout_domain::{EventId, PaymentId, PayoutId, Timestamp};
use payout_ports::{DeadLetter, DeadLetterSubject};
use rusqlite::OptionalExtension;

use super::kind_from;
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;

/// In the order of writing, after a place in it.
pub(crate) const LIST: &str = "SELECT event_id, outbox.client_id, kind, payout.id, payment_id, \
     outbox.created_at, given_up_at, failures \
     FROM outbox LEFT JOIN payout ON payout.seq = outbox.payout \
     WHERE outbox.done = 0 AND given_up_at IS NOT NULL AND outbox.seq > ?1 \
     ORDER BY outbox.seq LIMIT ?2";

pub(crate) const PLACE: &str =
    "SELECT seq FROM outbox WHERE event_id = ?1 AND done = 0 AND given_up_at IS NOT NULL";

/// Lists what was given up. After something that is not among it comes nothing.
pub(crate) fn list(
    connection: &Connection,
    limit: usize,
    after: Option<EventId>,
) -> Result<Vec<DeadLetter>, Failure> {
    let after = match after {
        None => Some(i64::MIN),
        Some(after) => place(connection, after)?,
    };
    let Some(after) = after else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(LIST)?;
    let mut rows = statement.query((after, i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        letters.push(letter_from(&mut Cells::new(row))?);
    }
    Ok(letters)
}

/// Lets a notification be told again, as if it had never failed.
pub(crate) fn replay(connection: &Connection, id: EventId, at: Timestamp) -> Result<bool, Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE outbox SET given_up_at = NULL, failures = 0, tried_since = ?2, due_at = ?2, \
         waits_until = ?2 WHERE event_id = ?1 AND done = 0 AND given_up_at IS NOT NULL",
    )?;
    Ok(statement.execute((id.as_uuid().into_bytes(), at.as_micros()))? > 0)
}

fn place(connection: &Connection, id: EventId) -> Result<Option<i64>, Failure> {
    let mut statement = connection.prepare_cached(PLACE)?;
    Ok(statement.query_row([id.as_uuid().into_bytes()], |row| row.get(0)).optional()?)
}

fn letter_from(cells: &mut Cells<'_>) -> Result<DeadLetter, Failure> {
    Ok(DeadLetter {
        event_id: EventId::from_uuid(cells.uuid("event_id")?),
        client_id: cells.parsed("client_id")?,
        kind: kind_from(cells)?,
        about: subject_from(cells)?,
        created_at: cells.time("created_at")?,
        given_up_at: cells.time("given_up_at")?,
        failures: cells.plain("failures")?,
    })
}

fn subject_from(cells: &mut Cells<'_>) -> Result<DeadLetterSubject, Failure> {
    match (cells.optional_uuid("payout")?, cells.optional_uuid("payment_id")?) {
        (Some(id), None) => Ok(DeadLetterSubject::Payout(PayoutId::from_uuid(id))),
        (None, Some(id)) => Ok(DeadLetterSubject::Payment(PaymentId::from_uuid(id))),
        (None, None) | (Some(_), Some(_)) => Err(Failure::Unreadable("payout")),
    }
}
