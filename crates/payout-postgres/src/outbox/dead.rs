//! What was given up.

use payout_domain::{EventId, PaymentId, PayoutId, Timestamp};
use payout_ports::{DeadLetter, DeadLetterSubject};

use super::kind_from;
use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;

/// In the order of writing, after a place in it.
const LIST: &str = "SELECT event_id, client_id, kind, payout_id, payment_id, created_at, \
     given_up_at, failures FROM outbox WHERE NOT done AND given_up_at IS NOT NULL AND seq > $1 \
     ORDER BY seq LIMIT $2";

const PLACE: &str =
    "SELECT seq FROM outbox WHERE event_id = $1 AND NOT done AND given_up_at IS NOT NULL";

const REPLAY: &str = "UPDATE outbox SET given_up_at = NULL, failures = 0, tried_since = $2, \
     due_at = $2 WHERE event_id = $1 AND NOT done AND given_up_at IS NOT NULL";

/// Lists what was given up. After something that is not among it comes nothing.
pub(crate) async fn list(
    connection: &Connection,
    limit: usize,
    after: Option<EventId>,
) -> Result<Vec<DeadLetter>, Failure> {
    let after: Option<i64> = match after {
        None => Some(i64::MIN),
        Some(after) => place(connection, after).await?,
    };
    let Some(after) = after else { return Ok(Vec::new()) };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = connection.query(LIST, &[&after, &limit]).await?;
    rows.iter().map(|row| letter_from(&mut Cells::new(row))).collect()
}

/// Lets a notification be told again, as if it had never failed.
pub(crate) async fn replay(
    connection: &Connection,
    id: EventId,
    at: Timestamp,
) -> Result<bool, Failure> {
    Ok(connection.execute(REPLAY, &[&id.as_uuid(), &at.as_micros()]).await? > 0)
}

async fn place(connection: &Connection, id: EventId) -> Result<Option<i64>, Failure> {
    let row = connection.query_one(PLACE, &[&id.as_uuid()]).await?;
    row.map(|row| Cells::new(&row).plain("seq")).transpose()
}

fn letter_from(cells: &mut Cells<'_>) -> Result<DeadLetter, Failure> {
    Ok(DeadLetter {
        event_id: EventId::from_uuid(cells.uuid("event_id")?),
        client_id: cells.parsed("client_id")?,
        kind: kind_from(cells)?,
        about: subject_from(cells)?,
        created_at: cells.time("created_at")?,
        given_up_at: cells.time("given_up_at")?,
        failures: cells.number("failures")?,
    })
}

fn subject_from(cells: &mut Cells<'_>) -> Result<DeadLetterSubject, Failure> {
    match (cells.optional_uuid("payout_id")?, cells.optional_uuid("payment_id")?) {
        (Some(id), None) => Ok(DeadLetterSubject::Payout(PayoutId::from_uuid(id))),
        (None, Some(id)) => Ok(DeadLetterSubject::Payment(PaymentId::from_uuid(id))),
        (None, None) | (Some(_), Some(_)) => Err(Failure::Unreadable("payout_id")),
    }
}
