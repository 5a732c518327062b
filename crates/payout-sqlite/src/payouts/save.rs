//! Storing a changed payout.

use payout_domain::ClientId;
use payout_ports::{Epoch, PayoutChange, Schedule};
use rusqlite::{Error, ffi};

use super::attempt;
use super::record::{Work, add_event, update};
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::outbox::{self, Subject};
use crate::writer::Advance;

/// Stores a changed payout with its events and notifications, all or nothing.
pub(crate) fn save(
    connection: &Connection,
    change: &PayoutChange,
) -> Result<((), Option<Advance>), Failure> {
    let stored = stored(connection, change)?;
    if stored.version != change.expected_version {
        return Err(Failure::Stale);
    }
    if !is_numbered(change) {
        return Err(Failure::Contradiction("a change has not one event for each new version"));
    }
    for event in &change.events {
        add_event(connection, stored.seq, event)?;
    }
    let work = change.schedule.map_or(stored.work, |schedule| rescheduled(stored.work, schedule));
    update(connection, stored.seq, &change.payout, work).map_err(gateway_id_taken)?;
    for notification in &change.notifications {
        let subject = Subject::Payout(stored.seq);
        outbox::add(connection, &stored.client_id, notification, subject)?;
    }
    if let Some(end) = &change.attempt_end {
        attempt::end(connection, stored.seq, &change.payout, end)?;
    }
    Ok(((), Some(Advance { latest_at: change.events.iter().map(|event| event.at).max() })))
}

/// Whether there is one event for each new version, in order, up to the payout's.
fn is_numbered(change: &PayoutChange) -> bool {
    let mut version = change.expected_version;
    let in_order = change.events.iter().all(|event| {
        version = version.saturating_add(1);
        event.version == version
    });
    in_order && version == change.payout.version()
}

/// What a save must know of the payout as it is.
struct Stored {
    seq: i64,
    client_id: ClientId,
    version: u32,
    work: Work,
}

/// A payout that does not exist has no version that anybody could expect.
fn stored(connection: &Connection, change: &PayoutChange) -> Result<Stored, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, client_id, version, due_at, epoch FROM payout WHERE id = ?1",
    )?;
    let mut rows = statement.query([change.payout.id().as_uuid().into_bytes()])?;
    let mut cells = Cells::new(rows.next()?.ok_or(Failure::Stale)?);
    Ok(Stored {
        seq: cells.plain("seq")?,
        client_id: cells.parsed("client_id")?,
        version: cells.plain("version")?,
        work: Work { due_at: cells.optional_time("due_at")?, epoch: cells.plain("epoch")? },
    })
}

/// Whoever has lost the claim has nothing to say about the time.
fn rescheduled(work: Work, schedule: Schedule) -> Work {
    let counts = schedule.epoch.is_none_or(|Epoch(epoch)| i64::try_from(epoch) == Ok(work.epoch));
    if counts { Work { due_at: schedule.due_at, ..work } } else { work }
}

/// Of all that an update writes, only the gateway id must be unique.
fn gateway_id_taken(failure: Failure) -> Failure {
    let taken = matches!(
        &failure,
        Failure::Sqlite(Error::SqliteFailure(error, _))
            if error.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE
    );
    if taken { Failure::GatewayIdTaken } else { failure }
}
