//! Storing changed payouts.

use std::collections::BTreeMap;

use payout_domain::PayoutId;
use payout_ports::{Epoch, PayoutChange, Schedule};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::record::{Prepared, Work, Writes};
use crate::cells::Cells;
use crate::connections::{Connection, Connections, on_connection};
use crate::failure::Failure;
use crate::lane::Group;
use crate::outbox::{self, Telling};

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
        let written = on_connection!(connections, connection => save(&connection, changes));
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
    let tell = connection.prepare(outbox::ADD).await?;
    let stored = lock(connection, changes).await?;
    let (mut writes, mut tellings) = (Writes::default(), Vec::new());
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        // A payout that does not exist has no version that anybody could expect.
        let stored = stored.get(&change.payout.id().as_uuid());
        let Some(stored) = stored.filter(|stored| stored.version == change.expected_version) else {
            answers.push(Err(Failure::Stale));
            continue;
        };
        writes.events.extend(change.events.iter().map(|event| (change.payout.id(), event)));
        let work = change.schedule.map_or(stored.work, |new| rescheduled(stored.work, new));
        writes.updates.push((&change.payout, work));
        tellings.extend(change.notifications.iter().map(|told| Telling::of_payout(change, told)));
        answers.push(Ok(()));
    }
    write(connection, (&prepared, &tell), &writes, &tellings).await?;
    Ok(answers)
}

async fn write(
    connection: &Connection,
    (prepared, tell): (&Prepared, &Statement),
    writes: &Writes<'_>,
    tellings: &[Telling<'_>],
) -> Result<(), Failure> {
    let (added, updated, told, committed) = tokio::join!(
        biased;
        writes.add_events(connection, prepared),
        writes.update(connection, prepared),
        outbox::add(connection, tell, tellings),
        connection.commit(),
    );
    added?;
    updated.map_err(gateway_id_taken)?;
    told?;
    // What the commit says counts only if the rest went well.
    committed
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
