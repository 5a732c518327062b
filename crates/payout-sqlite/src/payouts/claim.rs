//! Claiming payouts that are due.

use payout_domain::{CannotSend, Evidence, ParkReason, Payout, Timestamp};
use payout_ports::{Claim, Epoch, Instruction, PayoutEvent, SendOrder, WatchOrder};
use rusqlite::{Connection, Params};

use super::record::{Work, add_event, instruction_from, payout_columns, payout_from, update};
use crate::cells::Cells;
use crate::failure::Failure;

pub(crate) const SENDABLE: &str = concat!(
    "SELECT seq, due_at, epoch, ",
    payout_columns!(),
    ", profile, gateway_key, gateway_body FROM payout \
     WHERE due_at <= ?1 AND (state = 'accepted' OR state = 'sending' \
     OR state = 'sending:again' OR state = 'unknown') ORDER BY due_at, id LIMIT ?2"
);

pub(crate) const WATCHED: &str = concat!(
    "SELECT seq, due_at, epoch, ",
    payout_columns!(),
    ", profile, gateway_key, gateway_body FROM payout \
     WHERE profile = ?3 AND due_at <= ?1 AND (state = 'submitted' \
     OR state = 'submitted:authorized' OR state = 'executed') ORDER BY due_at, id LIMIT ?2"
);

/// Begins the transmissions of payouts that are due, and parks those that may not be sent.
pub(crate) fn sendable(connection: &Connection, order: &SendOrder) -> Result<Vec<Claim>, Failure> {
    let rows = due(connection, SENDABLE, (order.now.as_micros(), limit(order.limit)))?;
    let mut claims = Vec::new();
    for row in rows {
        claims.extend(begin_or_park(connection, row, order)?);
    }
    Ok(claims)
}

/// Claims payouts that are due to be asked after, by moving the time at which they are due.
pub(crate) fn watched(connection: &Connection, order: &WatchOrder) -> Result<Vec<Payout>, Failure> {
    let (now, limit) = (order.now.as_micros(), limit(order.limit));
    let rows = due(connection, WATCHED, (now, limit, order.profile.as_str()))?;
    let mut payouts = Vec::new();
    for row in rows {
        put_off(connection, row.seq, order.now.plus(order.lease))?;
        payouts.extend(readable(row)?.map(|(payout, _)| payout));
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
            contents: contents(&mut cells),
        });
    }
    Ok(due)
}

fn contents(cells: &mut Cells<'_>) -> Result<(Payout, Instruction), Failure> {
    let payout = payout_from(cells)?;
    let instruction = instruction_from(payout.id(), cells)?;
    Ok((payout, instruction))
}

/// What the row holds; `None` if it cannot be read. One such row must not stop all the others, so it
/// is put off, and said again and again until somebody looks at it.
fn readable(row: Waiting) -> Result<Option<(Payout, Instruction)>, Failure> {
    match row.contents {
        Err(error @ (Failure::Unreadable(_) | Failure::Contradiction(_))) => {
            tracing::error!(seq = row.seq, %error, "a stored payout cannot be read");
            Ok(None)
        }
        other => other.map(Some),
    }
}

fn begin_or_park(
    connection: &Connection,
    row: Waiting,
    order: &SendOrder,
) -> Result<Option<Claim>, Failure> {
    let (seq, due_at, epoch) = (row.seq, row.due_at, row.epoch);
    let lease_end = order.now.plus(order.lease);
    let Some((mut payout, instruction)) = readable(row)? else {
        put_off(connection, seq, lease_end)?;
        return Ok(None);
    };
    let begun = if instruction.profile == order.profile {
        payout.begin_transmission(&order.rule, order.token, order.now)
    } else {
        Err(CannotSend::Park(ParkReason::ProfileChanged))
    };
    match begun {
        Ok(evidence) => {
            let epoch = epoch.saturating_add(1);
            let work = Work { due_at: Some(lease_end), epoch };
            record(connection, seq, &payout, evidence, order.now, work)?;
            let epoch = Epoch(u64::try_from(epoch).unwrap_or(u64::MAX));
            Ok(Some(Claim { payout, instruction, epoch }))
        }
        Err(CannotSend::Park(reason)) => {
            let evidence = Evidence::Parked(reason);
            let _parked_because_it_is_sendable = payout.apply(&evidence, order.now);
            // Its due time stays, so that it is looked at once it is known to be with the provider.
            let work = Work { due_at, epoch };
            record(connection, seq, &payout, evidence, order.now, work)?;
            Ok(None)
        }
        Err(CannotSend::NotWaiting) => {
            tracing::error!(id = %payout.id(), "a payout that is due to be sent cannot be");
            put_off(connection, seq, lease_end)?;
            Ok(None)
        }
    }
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

fn limit(wanted: usize) -> i64 {
    i64::try_from(wanted).unwrap_or(i64::MAX)
}
