//! Storing changed payouts.

use std::collections::BTreeMap;

use payout_domain::PayoutId;
use payout_ports::{Epoch, PayoutChange, Schedule};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::record::Work;
use super::writes::{Prepared, Writes};
use crate::cells::Cells;
use crate::connections::{Connection, Connections, on_connection};
use crate::failure::Failure;
use crate::lane::Group;
use crate::outbox::Telling;

/// Changes that are written together.
#[derive(Debug)]
pub(crate) struct Changes;

impl Group for Changes {
    type Request = PayoutChange;
    type Answer = ();
    type Key = PayoutId;

    fn key(change: &PayoutChange) -> PayoutId {
        change.payout.id()
    }

    async fn write(
        connections: &Connections,
        changes: &[&PayoutChange],
    ) -> Result<Vec<Result<(), Failure>>, Failure> {
        let written =
            on_connection!(connections, connection => Box::pin(save(&connection, changes)));
        Ok(written)
    }
}

/// Stores changed payouts with their events and notifications; no two of them are the same payout.
/// Those that are stale are left out.
async fn save(
    connection: &Connection,
    changes: &[&PayoutChange],
) -> Result<Vec<Result<(), Failure>>, Failure> {
    let prepared = Prepared::on(connection).await?;
    let stored = lock(connection, changes).await?;
    let mut writes = Writes::default();
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        answers.push(match check(change, stored.get(&change.payout.id().as_uuid())) {
            Ok(work) => {
                add(&mut writes, change, work);
                Ok(())
            }
            Err(failure) => Err(failure),
        });
    }
    writes.commit(connection, &prepared).await.map_err(gateway_id_taken)?;
    Ok(answers)
}

/// Whether a change fits what is stored, and when somebody shall look at the payout again. A payout
/// that does not exist has no version that anybody could expect.
fn check(change: &PayoutChange, stored: Option<&Stored>) -> Result<Work, Failure> {
    let stored = stored.filter(|stored| stored.version == change.expected_version);
    let stored = stored.ok_or(Failure::Stale)?;
    if !is_numbered(change) {
        return Err(Failure::Contradiction("a change has not one event for each new version"));
    }
    Ok(change.schedule.map_or(stored.work, |schedule| rescheduled(stored.work, schedule)))
}

fn add<'a>(writes: &mut Writes<'a>, change: &'a PayoutChange, work: Work) {
    let id = change.payout.id();
    writes.events.extend(change.events.iter().map(|event| (id, event)));
    writes.updates.push((&change.payout, work));
    writes.ended.extend(change.attempt_end.iter().map(|end| (&change.payout, end)));
    writes
        .tellings
        .extend(change.notifications.iter().map(|told| Telling::of_payout(change, told)));
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
    version: u32,
    work: Work,
}

/// In the order of their ids, so that two groups never wait for each other.
const LOCK: &str = "SELECT id, version, due_at, epoch FROM payout WHERE id = ANY($1) \
     ORDER BY id FOR NO KEY UPDATE";

/// Begins a transaction in which nobody else changes these payouts.
async fn lock(
    connection: &Connection,
    changes: &[&PayoutChange],
) -> Result<BTreeMap<Uuid, Stored>, Failure> {
    let ids: Vec<_> = changes.iter().map(|change| change.payout.id().as_uuid()).collect();
    let statement = connection.prepare(LOCK).await?;
    let cells: [&(dyn ToSql + Sync); 1] = [&ids];
    let (begun, rows) = tokio::join!(
        biased;
        connection.begin(),
        connection.query_prepared(&statement, &cells),
    );
    begun?;
    let stored = |cells: &mut Cells<'_>| {
        let id = cells.uuid("id")?;
        let version = cells.number("version")?;
        let work = Work { due_at: cells.optional_time("due_at")?, epoch: cells.plain("epoch")? };
        Ok((id, Stored { version, work }))
    };
    rows?.iter().map(|row| stored(&mut Cells::new(row))).collect()
}

/// Whoever has lost the claim has nothing to say about the time.
fn rescheduled(work: Work, schedule: Schedule) -> Work {
    let counts = schedule.epoch.is_none_or(|Epoch(epoch)| i64::try_from(epoch) == Ok(work.epoch));
    if counts { Work { due_at: schedule.due_at, ..work } } else { work }
}

/// A group in which one id is taken is tried again in parts, so that in the end only one is told.
fn gateway_id_taken(failure: Failure) -> Failure {
    let taken = failure.is_duplicate_of("payout_by_gateway_id");
    if taken { Failure::GatewayIdTaken } else { failure }
}
