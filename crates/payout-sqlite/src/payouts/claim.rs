//! Claiming payouts that are due.

use payout_domain::{CannotSend, Evidence, ParkReason, Payout, Timestamp};
use payout_ports::{
    Attempt, Claim, Claimed, Epoch, Instruction, PayoutEvent, Sealing, SendOrder, WatchOrder,
};
use rusqlite::Params;

use super::attempt;
use super::record::{Work, add_event, instruction_from, payout_columns, payout_from, update};
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::{Failure, readable};
use crate::send_switch;
use crate::writer::Advance;

pub(crate) const SENDABLE: &str = concat!(
    "SELECT seq, due_at, epoch, ",
    payout_columns!(),
    ", profile, gateway_key, gateway_body FROM payout \
     WHERE due_at <= ?1 AND (state = 'accepted' OR state = 'sending' \
     OR state = 'sending:again' OR state = 'unknown') ORDER BY due_at, id LIMIT ?2"
);

pub(crate) const ANY_SENDABLE: &str = "SELECT 1 FROM payout \
     WHERE due_at <= ?1 AND (state = 'accepted' OR state = 'sending' \
     OR state = 'sending:again' OR state = 'unknown')";

pub(crate) const WATCHED: &str = concat!(
    "SELECT seq, due_at, epoch, ",
    payout_columns!(),
    ", profile, gateway_key, gateway_body FROM payout \
     WHERE profile = ?3 AND due_at <= ?1 AND (state = 'submitted' \
     OR state = 'submitted:authorized' OR state = 'executed' OR state = 'returned' \
     OR state GLOB 'parked:*') ORDER BY due_at, id LIMIT ?2"
);

/// Whether something would be claimed now, as far as a look can tell.
pub(crate) fn is_any_sendable(connection: &Connection, now: Timestamp) -> Result<bool, Failure> {
    if send_switch::paused(connection)?.is_some() {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(ANY_SENDABLE)?;
    Ok(statement.exists([now.as_micros()])?)
}

/// Begins the transmissions of payouts that are due, and parks those that may not be sent; nothing
/// while sending is paused, or if that cannot be read.
pub(crate) fn sendable(
    connection: &Connection,
    order: &SendOrder,
) -> Result<(Claimed, Option<Advance>), Failure> {
    if send_switch::paused(connection)?.is_some() {
        return Ok((Claimed::default(), None));
    }
    execute(connection, "SAVEPOINT claim")?;
    let taken = match take_all(connection, order, take) {
        // A row is refused for contradicting others. It must not stop those that are sound.
        Err(failure) if failure.concerns_a_row() => {
            execute(connection, "ROLLBACK TO claim")?;
            take_all(connection, order, take_alone)
        }
        other => other,
    };
    let taken = taken?;
    execute(connection, "RELEASE claim")?;
    Ok(taken)
}

/// Claims payouts that are due to be asked after, by moving the time at which they are due.
pub(crate) fn watched(connection: &Connection, order: &WatchOrder) -> Result<Vec<Payout>, Failure> {
    let (now, limit) = (order.now.as_micros(), limit(order.limit));
    let rows = due(connection, WATCHED, (now, limit, order.profile.as_str()))?;
    let mut payouts = Vec::new();
    for row in rows {
        put_off(connection, row.seq, order.now.plus(order.lease))?;
        payouts.extend(readable("payout", row.seq, row.contents)?.map(|(payout, _)| payout));
    }
    Ok(payouts)
}

/// A row that waits, whether or not it can be read.
struct Waiting {
    seq: i64,
    due_at: Option<Timestamp>,
    epoch: i64,
    contents: Result<(Payout, Instruction), Failure>,
}

/// What became of a row that waited to be sent.
enum Taken {
    ToSend(Box<Claim>),
    Parked,
    PutOff,
}

fn due(
    connection: &Connection,
    sql: &'static str,
    params: impl Params,
) -> Result<Vec<Waiting>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        due.push(Waiting {
            seq: cells.plain("seq")?,
            due_at: cells.optional_time("due_at")?,
            epoch: cells.plain("epoch")?,
            contents: contents(connection.sealing(), &mut cells),
        });
    }
    Ok(due)
}

fn contents(sealing: &Sealing, cells: &mut Cells<'_>) -> Result<(Payout, Instruction), Failure> {
    let payout = payout_from(sealing, cells)?;
    let instruction = instruction_from(sealing, &payout, cells)?;
    Ok((payout, instruction))
}

fn take_all(
    connection: &Connection,
    order: &SendOrder,
    take: fn(&Connection, Waiting, &SendOrder) -> Result<Taken, Failure>,
) -> Result<(Claimed, Option<Advance>), Failure> {
    let (mut claimed, mut advance) = (Claimed::default(), None);
    for row in due(connection, SENDABLE, (order.now.as_micros(), limit(order.limit)))? {
        let taken = take(connection, row, order)?;
        if let Taken::ToSend(_) | Taken::Parked = taken {
            advance = Some(Advance { latest_at: Some(order.now) });
        }
        match taken {
            Taken::ToSend(claim) => claimed.to_send.push(*claim),
            Taken::Parked | Taken::PutOff => {
                claimed.set_aside = claimed.set_aside.saturating_add(1);
            }
        }
    }
    Ok((claimed, advance))
}

/// Takes a row so that what goes wrong with it leaves the others alone.
fn take_alone(connection: &Connection, row: Waiting, order: &SendOrder) -> Result<Taken, Failure> {
    let seq = row.seq;
    execute(connection, "SAVEPOINT taking")?;
    let taken = match take(connection, row, order) {
        Err(failure) if failure.concerns_a_row() => {
            execute(connection, "ROLLBACK TO taking")?;
            tracing::error!(seq, error = %failure.described(), "a payout cannot be claimed");
            put_off(connection, seq, order.now.plus(order.lease))?;
            Taken::PutOff
        }
        other => other?,
    };
    execute(connection, "RELEASE taking")?;
    Ok(taken)
}

/// Begins a transmission, or parks what must not be sent, or puts off what cannot be read.
fn take(connection: &Connection, row: Waiting, order: &SendOrder) -> Result<Taken, Failure> {
    let (seq, due_at, epoch) = (row.seq, row.due_at, row.epoch);
    let lease_end = order.now.plus(order.lease);
    let Some((mut payout, instruction)) = readable("payout", seq, row.contents)? else {
        put_off(connection, seq, lease_end)?;
        return Ok(Taken::PutOff);
    };
    let begun = if instruction.profile == order.profile {
        payout.begin_transmission(&order.rule, order.token, order.now)
    } else {
        Err(CannotSend::Park(ParkReason::ProfileChanged))
    };
    match begun {
        Ok(evidence) => {
            let work = Work { due_at: Some(lease_end), epoch: epoch.saturating_add(1) };
            let epoch = begin(connection, seq, &payout, work, order)?;
            record(connection, seq, &payout, evidence, order.now, work)?;
            Ok(Taken::ToSend(Box::new(Claim { payout, instruction, epoch })))
        }
        Err(CannotSend::Park(reason)) => {
            let evidence = Evidence::Parked(reason);
            let _parked_because_it_is_sendable = payout.apply(&evidence, order.now);
            // Its due time stays, so that it is looked at once it is known to be with the provider.
            let work = Work { due_at, epoch };
            record(connection, seq, &payout, evidence, order.now, work)?;
            Ok(Taken::Parked)
        }
        Err(CannotSend::NotWaiting) => {
            tracing::error!(id = %payout.id(), "a payout that is due to be sent cannot be");
            put_off(connection, seq, lease_end)?;
            Ok(Taken::PutOff)
        }
    }
}

fn begin(
    connection: &Connection,
    seq: i64,
    payout: &Payout,
    work: Work,
    order: &SendOrder,
) -> Result<Epoch, Failure> {
    let epoch = Epoch(u64::try_from(work.epoch).unwrap_or(u64::MAX));
    let attempt = Attempt {
        attempt: payout.progress().attempts,
        begun_at: order.now,
        token: order.token,
        epoch,
        ended: None,
    };
    attempt::begin(connection, seq, &attempt)?;
    Ok(epoch)
}

fn record(
    connection: &Connection,
    seq: i64,
    payout: &Payout,
    evidence: Evidence,
    at: Timestamp,
    work: Work,
) -> Result<(), Failure> {
    let (version, state) = (payout.version(), payout.state().clone());
    add_event(connection, seq, &PayoutEvent { version, at, evidence, state })?;
    update(connection, seq, payout, work)
}

fn put_off(connection: &Connection, seq: i64, until: Timestamp) -> Result<(), Failure> {
    let mut statement =
        connection.prepare_cached("UPDATE payout SET due_at = ?2 WHERE seq = ?1")?;
    statement.execute((seq, until.as_micros()))?;
    Ok(())
}

fn execute(connection: &Connection, sql: &'static str) -> Result<(), Failure> {
    connection.prepare_cached(sql)?.execute(())?;
    Ok(())
}

fn limit(wanted: usize) -> i64 {
    i64::try_from(wanted).unwrap_or(i64::MAX)
}
