//! Transmissions, one by one.

use payout_domain::{PayoutId, TokenLife};
use payout_ports::{Attempt, AttemptEnd, Epoch};

use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;

const OF_PAYOUT: &str = "SELECT attempt, begun_at, token_issued_at, token_expires_at, epoch, \
     ended_at, outcome FROM payout_attempt WHERE payout_id = $1 ORDER BY attempt";

/// The transmissions of a payout, in order.
pub(crate) async fn of_payout(
    connection: &Connection,
    id: PayoutId,
) -> Result<Vec<Attempt>, Failure> {
    let rows = connection.query(OF_PAYOUT, &[&id.as_uuid()]).await?;
    rows.iter().map(|row| attempt_from(&mut Cells::new(row))).collect()
}

fn attempt_from(cells: &mut Cells<'_>) -> Result<Attempt, Failure> {
    let attempt = cells.number("attempt")?;
    Ok(Attempt {
        attempt,
        begun_at: cells.time("begun_at")?,
        token: TokenLife {
            issued_at: cells.time("token_issued_at")?,
            expires_at: cells.time("token_expires_at")?,
        },
        epoch: Epoch(cells.number("epoch")?),
        ended: end_from(attempt, cells)?,
    })
}

fn end_from(attempt: u32, cells: &mut Cells<'_>) -> Result<Option<AttemptEnd>, Failure> {
    match (cells.optional_time("ended_at")?, cells.plain::<Option<&str>>("outcome")?) {
        (None, None) => Ok(None),
        (Some(at), Some(outcome)) => Ok(Some(AttemptEnd { attempt, at, outcome: outcome.into() })),
        (None, Some(_)) | (Some(_), None) => Err(Failure::Unreadable("outcome")),
    }
}
