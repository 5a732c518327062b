//! Transmissions, one by one.

use payout_domain::{ClientId, Payout, PayoutId, Timestamp, TokenLife};
use payout_ports::{Attempt, AttemptEnd, Epoch, Personal, PersonalField, SealedRecord, Sealing};
use rusqlite::params;

use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;

pub(crate) const OF_PAYOUT: &str = "SELECT payout.client_id, attempt, begun_at, token_issued_at, token_expires_at, \
     payout_attempt.epoch, ended_at, outcome \
     FROM payout JOIN payout_attempt ON payout_attempt.payout = payout.seq \
     WHERE payout.id = ?1 ORDER BY attempt";

/// Writes down that a transmission begins, before its payout counts it.
pub(crate) fn begin(connection: &Connection, seq: i64, attempt: &Attempt) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO payout_attempt (payout, attempt, begun_at, token_issued_at, \
         token_expires_at, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    statement.execute(params![
        seq,
        attempt.attempt,
        attempt.begun_at.as_micros(),
        attempt.token.issued_at.as_micros(),
        attempt.token.expires_at.as_micros(),
        i64::try_from(attempt.epoch.0).unwrap_or(i64::MAX),
    ])?;
    Ok(())
}

/// Writes down how a transmission ended, unless that is known.
pub(crate) fn end(
    connection: &Connection,
    seq: i64,
    payout: &Payout,
    end: &AttemptEnd,
) -> Result<(), Failure> {
    let personal =
        personal(connection.sealing(), payout.client_id(), payout.id()).numbered(end.attempt);
    let outcome = personal.keep(PersonalField::Outcome, &end.outcome);
    let mut statement = connection.prepare_cached(
        "UPDATE payout_attempt SET ended_at = ?3, outcome = ?4 \
         WHERE payout = ?1 AND attempt = ?2 AND ended_at IS NULL",
    )?;
    statement.execute(params![seq, end.attempt, end.at.as_micros(), outcome])?;
    Ok(())
}

/// The transmissions of a payout, in order.
pub(crate) fn of_payout(connection: &Connection, id: PayoutId) -> Result<Vec<Attempt>, Failure> {
    let mut statement = connection.prepare_cached(OF_PAYOUT)?;
    let mut rows = statement.query([id.as_uuid().into_bytes()])?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        attempts.push(attempt_from(connection.sealing(), id, &mut Cells::new(row))?);
    }
    Ok(attempts)
}

/// What is of a person in the transmissions of a payout.
fn personal<'a>(sealing: &'a Sealing, client_id: &'a ClientId, id: PayoutId) -> Personal<'a> {
    sealing.record(SealedRecord::Attempt, client_id.as_str(), id.as_uuid())
}

fn attempt_from(
    sealing: &Sealing,
    id: PayoutId,
    cells: &mut Cells<'_>,
) -> Result<Attempt, Failure> {
    let client_id = cells.parsed("client_id")?;
    let attempt = cells.plain("attempt")?;
    let personal = personal(sealing, &client_id, id).numbered(attempt);
    Ok(Attempt {
        attempt,
        begun_at: cells.time("begun_at")?,
        token: TokenLife {
            issued_at: cells.time("token_issued_at")?,
            expires_at: cells.time("token_expires_at")?,
        },
        epoch: Epoch(cells.count("epoch")?),
        ended: end_from(attempt, personal, cells)?,
    })
}

fn end_from(
    attempt: u32,
    personal: Personal<'_>,
    cells: &mut Cells<'_>,
) -> Result<Option<AttemptEnd>, Failure> {
    let at: Option<Timestamp> = cells.optional_time("ended_at")?;
    match (at, cells.optional_personal(personal, PersonalField::Outcome)?) {
        (None, None) => Ok(None),
        (Some(at), Some(outcome)) => Ok(Some(AttemptEnd { attempt, at, outcome: outcome.into() })),
        (None, Some(_)) | (Some(_), None) => Err(Failure::Unreadable("outcome")),
    }
}
