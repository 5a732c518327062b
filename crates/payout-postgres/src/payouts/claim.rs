//! Claiming payouts that are due.

use payout_domain::{CannotSend, Evidence, ParkReason, Payout, PayoutId, Timestamp};
use payout_ports::{
    Attempt, Claim, Claimed, Epoch, Instruction, PayoutEvent, Sealing, SendOrder, WatchOrder,
};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::limit;
use super::record::{Work, instruction_from, payout_columns, payout_from};
use super::writes::{Prepared, Writes};
use crate::cells::Cells;
use crate::connections::{Connection, Connections, on_connection};
use crate::failure::{Failure, readable};
use crate::send_switch;

/// What somebody else is about to claim is passed over. What somebody else has claimed while this
/// statement ran is looked at anew once it is locked, and is not due any more.
const SENDABLE: &str = concat!(
    "SELECT due_at, epoch, ",
    payout_columns!(),
    ", profile, gateway_key, gateway_body FROM payout \
     WHERE due_at <= $1 AND state IN ('accepted', 'sending', 'sending:again', 'unknown') \
     AND ($3::uuid IS NULL OR id = $3) ORDER BY due_at, id LIMIT $2 \
     FOR NO KEY UPDATE SKIP LOCKED"
);

const DUE: &str = "SELECT id FROM payout WHERE due_at <= $1 \
     AND state IN ('accepted', 'sending', 'sending:again', 'unknown') ORDER BY due_at, id LIMIT $2";

const WATCHED: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT id, due_at AS was_due_at FROM payout \
     WHERE profile = $3 AND due_at <= $1 \
     AND (state IN ('submitted', 'submitted:authorized', 'executed', 'returned') \
     OR state LIKE 'parked:%') \
     ORDER BY due_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) \
     UPDATE payout SET due_at = $4 FROM due WHERE payout.id = due.id RETURNING was_due_at, ",
    payout_columns!()
);

const PUT_OFF: &str = "UPDATE payout SET due_at = $2 WHERE id = ANY($1)";

/// Begins the transmissions of payouts that are due, and parks those that may not be sent; nothing
/// while sending is paused, or if that cannot be read.
pub(crate) async fn sendable(
    connections: &Connections,
    order: &SendOrder,
) -> Result<Claimed, Failure> {
    match claim(connections, order, None).await {
        // A row is refused for contradicting others. It must not stop those that are sound.
        Err(failure) if failure.concerns_a_row() => one_by_one(connections, order).await,
        other => other,
    }
}

async fn one_by_one(connections: &Connections, order: &SendOrder) -> Result<Claimed, Failure> {
    let (now, limit) = (order.now.as_micros(), limit(order.limit));
    let rows = on_connection!(connections, connection => connection.query(DUE, &[&now, &limit]));
    let mut all = Claimed::default();
    for row in &rows {
        let id = PayoutId::from_uuid(Cells::new(row).uuid("id")?);
        match claim(connections, order, Some(id)).await {
            Ok(claimed) => {
                all.to_send.extend(claimed.to_send);
                all.set_aside = all.set_aside.saturating_add(claimed.set_aside);
            }
            Err(failure) if failure.concerns_a_row() => {
                tracing::error!(%id, error = payout_ports::chain(&failure), "it cannot be claimed");
                let (ids, lease_end) = ([id.as_uuid()], order.now.plus(order.lease).as_micros());
                on_connection!(connections, connection =>
                    connection.execute(PUT_OFF, &[&ids.as_slice(), &lease_end]));
                all.set_aside = all.set_aside.saturating_add(1);
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(all)
}

async fn claim(
    connections: &Connections,
    order: &SendOrder,
    only: Option<PayoutId>,
) -> Result<Claimed, Failure> {
    // Boxed, because so many statements at once make it large.
    Ok(on_connection!(connections, connection => Box::pin(claim_on(&connection, order, only))))
}

async fn claim_on(
    connection: &Connection,
    order: &SendOrder,
    only: Option<PayoutId>,
) -> Result<Claimed, Failure> {
    let prepared = Prepared::on(connection).await?;
    let rows = lock_due(connection, order, only).await?;
    if rows.is_empty() {
        connection.roll_back().await?;
        return Ok(Claimed::default());
    }
    let mut decisions = Vec::with_capacity(rows.len());
    for row in &rows {
        decisions.push(decide(Waiting::of(connection.sealing(), row)?, order)?);
    }
    write(connection, &prepared, &decisions, order).await?;
    let to_send: Vec<_> = decisions.into_iter().filter_map(Decision::into_claim).collect();
    let set_aside = rows.len().saturating_sub(to_send.len());
    Ok(Claimed { to_send, set_aside })
}

/// Begins a transaction in which nobody else claims these payouts, or pauses sending. While that is
/// paused, nothing is due.
async fn lock_due(
    connection: &Connection,
    order: &SendOrder,
    only: Option<PayoutId>,
) -> Result<Vec<Row>, Failure> {
    let hold = connection.prepare(send_switch::HOLD).await?;
    let sendable = connection.prepare(SENDABLE).await?;
    let (now, limit, only) =
        (order.now.as_micros(), limit(order.limit), only.map(PayoutId::as_uuid));
    let cells: [&(dyn ToSql + Sync); 3] = [&now, &limit, &only];
    let (begun, switch, rows) = tokio::join!(
        biased;
        connection.begin(),
        connection.query_prepared(&hold, &[]),
        connection.query_prepared(&sendable, &cells),
    );
    begun?;
    let paused = send_switch::paused_from(&switch?)?;
    let rows = rows?;
    Ok(if paused.is_some() { Vec::new() } else { rows })
}

/// Claims payouts that are due to be asked after, by moving the time at which they are due.
pub(crate) async fn watched(
    connection: &Connection,
    order: &WatchOrder,
) -> Result<Vec<Payout>, Failure> {
    let (now, limit) = (order.now.as_micros(), limit(order.limit));
    let lease_end = order.now.plus(order.lease).as_micros();
    let cells: [&(dyn ToSql + Sync); 4] = [&now, &limit, &order.profile.as_str(), &lease_end];
    let rows = connection.query(WATCHED, &cells).await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut cells = Cells::new(row);
        let was_due_at: i64 = cells.plain("due_at")?;
        let id: Uuid = row.try_get("id")?;
        let payout = readable("payout", id, payout_from(connection.sealing(), &mut cells))?;
        due.extend(payout.map(|payout| (was_due_at, payout)));
    }
    // What an update returns is in no order.
    due.sort_by_key(|(was_due_at, payout)| (*was_due_at, payout.id()));
    Ok(due.into_iter().map(|(_, payout)| payout).collect())
}

/// A row that waits, whether or not it can be read.
struct Waiting {
    id: PayoutId,
    due_at: Option<Timestamp>,
    epoch: i64,
    contents: Result<(Payout, Instruction), Failure>,
}

impl Waiting {
    fn of(sealing: &Sealing, row: &Row) -> Result<Self, Failure> {
        let mut cells = Cells::new(row);
        let due_at = cells.optional_time("due_at")?;
        let epoch = cells.plain("epoch")?;
        let id = PayoutId::from_uuid(row.try_get("id")?);
        Ok(Self { id, due_at, epoch, contents: contents(sealing, &mut cells) })
    }
}

fn contents(sealing: &Sealing, cells: &mut Cells<'_>) -> Result<(Payout, Instruction), Failure> {
    let payout = payout_from(sealing, cells)?;
    let instruction = instruction_from(sealing, &payout, cells)?;
    Ok((payout, instruction))
}

/// What is done with a payout that is due.
enum Decision {
    /// It is sent.
    Send { claim: Box<Claim>, event: PayoutEvent, attempt: Attempt, work: Work },
    /// It is parked.
    Park { payout: Box<Payout>, event: PayoutEvent, work: Work },
    /// It is looked at again later.
    PutOff(PayoutId),
}

impl Decision {
    fn into_claim(self) -> Option<Claim> {
        match self {
            Self::Send { claim, .. } => Some(*claim),
            Self::Park { .. } | Self::PutOff(_) => None,
        }
    }
}

fn decide(row: Waiting, order: &SendOrder) -> Result<Decision, Failure> {
    let (id, work) = (row.id, Work { due_at: row.due_at, epoch: row.epoch });
    let Some((mut payout, instruction)) = readable("payout", id, row.contents)? else {
        return Ok(Decision::PutOff(id));
    };
    let begun = if instruction.profile == order.profile {
        payout.begin_transmission(&order.rule, order.token, order.now)
    } else {
        Err(CannotSend::Park(ParkReason::ProfileChanged))
    };
    Ok(match begun {
        Ok(evidence) => {
            let event = event(&payout, evidence, order.now);
            send(payout, instruction, event, work, order)
        }
        Err(CannotSend::Park(reason)) => {
            let evidence = Evidence::Parked(reason);
            let _parked_because_it_is_sendable = payout.apply(&evidence, order.now);
            let event = event(&payout, evidence, order.now);
            // Its due time stays, so that it is looked at once it is known to be with the provider.
            Decision::Park { payout: Box::new(payout), event, work }
        }
        Err(CannotSend::NotWaiting) => {
            tracing::error!(%id, "a payout that is due to be sent cannot be");
            Decision::PutOff(id)
        }
    })
}

fn send(
    payout: Payout,
    instruction: Instruction,
    event: PayoutEvent,
    before: Work,
    order: &SendOrder,
) -> Decision {
    let lease_end = order.now.plus(order.lease);
    let work = Work { due_at: Some(lease_end), epoch: before.epoch.saturating_add(1) };
    let epoch = Epoch(u64::try_from(work.epoch).unwrap_or(u64::MAX));
    let attempt = Attempt {
        attempt: payout.progress().attempts,
        begun_at: order.now,
        token: order.token,
        epoch,
        ended: None,
    };
    let claim = Box::new(Claim { payout, instruction, epoch });
    Decision::Send { claim, event, attempt, work }
}

fn event(payout: &Payout, evidence: Evidence, at: Timestamp) -> PayoutEvent {
    PayoutEvent { version: payout.version(), at, evidence, state: payout.state().clone() }
}

/// Writes down what was decided, and ends the transaction.
async fn write(
    connection: &Connection,
    prepared: &Prepared,
    decisions: &[Decision],
    order: &SendOrder,
) -> Result<(), Failure> {
    let (mut writes, mut put_off) = (Writes::default(), Vec::new());
    for decision in decisions {
        let (payout, event, work) = match decision {
            Decision::Send { claim, event, attempt, work } => {
                writes.begun.push((claim.payout.id(), attempt));
                (&claim.payout, event, *work)
            }
            Decision::Park { payout, event, work } => (&**payout, event, *work),
            Decision::PutOff(id) => {
                put_off.push(id.as_uuid());
                continue;
            }
        };
        writes.events.push((payout.id(), event));
        writes.updates.push((payout, work));
    }
    let lease_end = order.now.plus(order.lease);
    // The rare case may cost a round trip of its own.
    if !put_off.is_empty() {
        connection.execute(PUT_OFF, &[&put_off, &lease_end.as_micros()]).await?;
    }
    writes.commit(connection, prepared).await
}
