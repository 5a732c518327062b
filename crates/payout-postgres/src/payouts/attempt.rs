//! Transmissions, one by one.

use payout_domain::{ClientId, PayoutId, TokenLife};
use payout_ports::{Attempt, AttemptEnd, Epoch, Personal, PersonalField, SealedRecord, Sealing};

use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;

const OF_PAYOUT: &str = "SELECT payout.client_id, attempt, begun_at, token_issued_at, \
     token_expires_at, payout_attempt.epoch, ended_at, outcome \
     FROM payout JOIN payout_attempt ON payout_attempt.payout_id = payout.id \
     WHERE payout.id = $1 ORDER BY attempt";

/// The transmissions of a payout, in order.
pub(crate) async fn of_payout(
    connection: &Connection,
    id: PayoutId,
) -> Result<Vec<Attempt>, Failure> {
    let rows = connection.query(OF_PAYOUT, &[&id.as_uuid()]).await?;
    let sealing = connection.sealing();
    rows.iter().map(|row| attempt_from(sealing, id, &mut Cells::new(row))).collect()
}

/// What is of a person in the transmissions of a payout.
pub(super) fn personal<'a>(
    sealing: &'a Sealing,
    client_id: &'a ClientId,
    id: PayoutId,
) -> Personal<'a> {
    sealing.record(SealedRecord::Attempt, client_id.as_str(), id.as_uuid())
}

fn attempt_from(
    sealing: &Sealing,
    id: PayoutId,
    cells: &mut Cells<'_>,
) -> Result<Attempt, Failure> {
    let client_id = cells.parsed("client_id")?;
    let attempt = cells.number("attempt")?;
    let personal = personal(sealing, &client_id, id).numbered(attempt);
    Ok(Attempt {
        attempt,
        begun_at: cells.time("begun_at")?,
        token: TokenLife {
            issued_at: cells.time("token_issued_at")?,
            expires_at: cells.time("token_expires_at")?,
        },
        epoch: Epoch(cells.number("epoch")?),
        ended: end_from(attempt, personal, cells)?,
    })
}

fn end_from(
    attempt: u32,
    personal: Personal<'_>,
    cells: &mut Cells<'_>,
) -> Result<Option<AttemptEnd>, Failure> {
    let at = cells.optional_time("ended_at")?;
    match (at, cells.optional_personal(personal, PersonalField::Outcome)?) {
        (None, None) => Ok(None),
        (Some(at), Some(outcome)) => Ok(Some(AttemptEnd { attempt, at, outcome: outcome.into() })),
        (None, Some(_)) | (Some(_), None) => Err(Failure::Unreadable("outcome")),
    }
}
