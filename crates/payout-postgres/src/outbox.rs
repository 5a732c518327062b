//! What our clients are still to be told.

mod dead;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{ClientId, EventId, Payment, PaymentId, Payout, Timestamp};
use payout_ports::{
    AfterFailure, DeadLetter, NewNotification, Notification, NotificationKind, NotificationSubject,
    Outbox, PayoutChange, RepositoryError,
};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

use crate::cells::Cells;
use crate::connections::{Connection, on_connection};
use crate::failure::{Failure, readable};
use crate::{PostgresStore, payments, payouts};

/// Of the notifications about one payout only the oldest that waits.
const CLAIM: &str = "WITH due AS MATERIALIZED (SELECT seq, due_at AS was_due_at FROM outbox \
     WHERE NOT done AND given_up_at IS NULL AND due_at <= $1 \
     AND (payout_id IS NULL OR NOT EXISTS (SELECT 1 FROM outbox AS earlier \
     WHERE NOT earlier.done AND earlier.given_up_at IS NULL \
     AND earlier.payout_id = outbox.payout_id AND earlier.seq < outbox.seq)) \
     ORDER BY due_at, seq LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) \
     UPDATE outbox SET due_at = $3 FROM due WHERE outbox.seq = due.seq \
     RETURNING was_due_at, outbox.seq, event_id, client_id, kind, payout_id, payment_id, \
     sequence, created_at, tried_since, failures";

/// Writes down what clients are to be told. In one order, because the order of one payout's
/// notifications is that of their numbers.
pub(crate) const ADD: &str = "INSERT INTO outbox (event_id, client_id, kind, payout_id, payment_id, \
     sequence, created_at, tried_since, due_at) SELECT event_id, client_id, kind, payout_id, \
     payment_id, sequence, created_at, created_at, created_at FROM unnest($1::uuid[], $2::text[], \
     $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[]) WITH ORDINALITY AS told \
     (event_id, client_id, kind, payout_id, payment_id, sequence, created_at, place) \
     ORDER BY place";

/// A notification, whom it is for, and what it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling<'a> {
    notification: &'a NewNotification,
    client_id: &'a ClientId,
    payout_id: Option<Uuid>,
    payment_id: Option<Uuid>,
}

impl<'a> Telling<'a> {
    pub(crate) fn of_payout(change: &'a PayoutChange, notification: &'a NewNotification) -> Self {
        let payout = &change.payout;
        let payout_id = Some(payout.id().as_uuid());
        Self { notification, client_id: payout.client_id(), payout_id, payment_id: None }
    }

    pub(crate) fn of_payment(
        client_id: &'a ClientId,
        payment: PaymentId,
        notification: &'a NewNotification,
    ) -> Self {
        let payment_id = Some(payment.as_uuid());
        Self { notification, client_id, payout_id: None, payment_id }
    }
}

#[async_trait]
impl Outbox for PostgresStore {
    async fn claim_notifications(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Notification>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => claim(&connection, now, limit, lease)))
    }

    async fn notification_done(&self, id: EventId) -> Result<(), RepositoryError> {
        on_connection!(self.connections, connection => done(&connection, id));
        Ok(())
    }

    async fn notification_failed(
        &self,
        id: EventId,
        then: AfterFailure,
    ) -> Result<(), RepositoryError> {
        on_connection!(self.connections, connection => failed(&connection, id, then));
        Ok(())
    }

    async fn dead_letters(
        &self,
        limit: usize,
        after: Option<EventId>,
    ) -> Result<Vec<DeadLetter>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => dead::list(&connection, limit, after)))
    }

    async fn replay(&self, id: EventId, at: Timestamp) -> Result<bool, RepositoryError> {
        Ok(on_connection!(self.connections, connection => dead::replay(&connection, id, at)))
    }
}

/// Writes down what clients are to be told, by [`ADD`].
pub(crate) async fn add(
    connection: &Connection,
    statement: &Statement,
    tellings: &[Telling<'_>],
) -> Result<(), Failure> {
    if tellings.is_empty() {
        return Ok(());
    }
    let new = || tellings.iter().map(|telling| telling.notification);
    let event_ids: Vec<_> = new().map(|new| new.event_id.as_uuid()).collect();
    let client_ids: Vec<_> = tellings.iter().map(|telling| telling.client_id.as_str()).collect();
    let kinds: Vec<_> = new().map(|new| new.kind.as_str()).collect();
    let payout_ids: Vec<_> = tellings.iter().map(|telling| telling.payout_id).collect();
    let payment_ids: Vec<_> = tellings.iter().map(|telling| telling.payment_id).collect();
    let sequences: Vec<_> = new().map(|new| i64::from(new.sequence)).collect();
    let created_at: Vec<_> = new().map(|new| new.created_at.as_micros()).collect();
    let cells: [&(dyn ToSql + Sync); 7] =
        [&event_ids, &client_ids, &kinds, &payout_ids, &payment_ids, &sequences, &created_at];
    connection.execute_prepared(statement, &cells).await.map(drop)
}

async fn claim(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
    lease: Duration,
) -> Result<Vec<Notification>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let (now, lease_end) = (now.as_micros(), now.plus(lease).as_micros());
    let mut rows = connection.query(CLAIM, &[&now, &limit, &lease_end]).await?;
    // What an update returns is in no order.
    rows.sort_by_key(|row| {
        let mut cells = Cells::new(row);
        (cells.plain::<i64>("due_at").ok(), cells.plain::<i64>("seq").ok())
    });
    let mut subjects = Subjects::of(connection, &rows).await?;
    let mut notifications = Vec::with_capacity(rows.len());
    for row in &rows {
        let name: Uuid = row.try_get("event_id")?;
        let contents = notification_from(row, &mut subjects);
        notifications.extend(readable("notification", name, contents)?);
    }
    Ok(notifications)
}

/// The client, and the payout or payment, that a row names.
type About = (Option<String>, Option<Uuid>, Option<Uuid>);

fn about(row: &Row) -> About {
    let payout_id = row.try_get("payout_id").ok().flatten();
    (row.try_get("client_id").ok(), payout_id, row.try_get("payment_id").ok().flatten())
}

/// What the claimed notifications are about, looked up together.
struct Subjects {
    payouts: BTreeMap<Uuid, Result<Payout, Failure>>,
    payments: BTreeMap<(String, Uuid), Result<Payment, Failure>>,
}

impl Subjects {
    async fn of(connection: &Connection, rows: &[Row]) -> Result<Self, Failure> {
        let abouts: Vec<_> = rows.iter().map(about).collect();
        let payouts: Vec<_> = abouts.iter().filter_map(|(_, payout, _)| *payout).collect();
        let payments: Vec<_> = abouts
            .iter()
            .filter_map(|(client, _, payment)| Some((client.as_deref()?, (*payment)?)))
            .collect();
        let payouts = if payouts.is_empty() {
            BTreeMap::new()
        } else {
            payouts::by_ids(connection, &payouts).await?
        };
        let payments = if payments.is_empty() {
            BTreeMap::new()
        } else {
            payments::payments_by_id(connection, &payments).await?
        };
        Ok(Self { payouts, payments })
    }

    /// Each notification has a subject of its own: of a payout only one is claimed, and of a payment
    /// there is only one.
    fn take(
        &mut self,
        client_id: &ClientId,
        payout_id: Option<Uuid>,
        payment_id: Option<Uuid>,
    ) -> Result<NotificationSubject, Failure> {
        let missing = Failure::Contradiction("what a notification is about is not there");
        match (payout_id, payment_id) {
            (Some(id), None) => {
                let payout = self.payouts.remove(&id).unwrap_or(Err(missing))?;
                Ok(NotificationSubject::Payout(Box::new(payout)))
            }
            (None, Some(id)) => {
                let key = (client_id.as_str().to_owned(), id);
                let payment = self.payments.remove(&key).unwrap_or(Err(missing))?;
                Ok(NotificationSubject::Payment(Box::new(payment)))
            }
            (None, None) | (Some(_), Some(_)) => Err(Failure::Unreadable("payout_id")),
        }
    }
}

fn notification_from(row: &Row, subjects: &mut Subjects) -> Result<Notification, Failure> {
    let mut cells = Cells::new(row);
    let _was_due_at: i64 = cells.plain("due_at")?;
    let _seq: i64 = cells.plain("seq")?;
    let event_id = EventId::from_uuid(cells.uuid("event_id")?);
    let client_id = cells.parsed("client_id")?;
    let kind = kind_from(&mut cells)?;
    let (payout_id, payment_id) =
        (cells.optional_uuid("payout_id")?, cells.optional_uuid("payment_id")?);
    Ok(Notification {
        event_id,
        subject: subjects.take(&client_id, payout_id, payment_id)?,
        client_id,
        kind,
        sequence: cells.number("sequence")?,
        created_at: cells.time("created_at")?,
        tried_since: cells.time("tried_since")?,
        failures: cells.number("failures")?,
    })
}

fn kind_from(cells: &mut Cells<'_>) -> Result<NotificationKind, Failure> {
    cells.read_as("kind", |name| {
        NotificationKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    })
}

async fn done(connection: &Connection, id: EventId) -> Result<(), Failure> {
    let sql = "UPDATE outbox SET done = true WHERE event_id = $1 AND NOT done";
    connection.execute(sql, &[&id.as_uuid()]).await.map(drop)
}

/// A notification that is done or given up stays as it is.
async fn failed(connection: &Connection, id: EventId, then: AfterFailure) -> Result<(), Failure> {
    let (sql, at) = match then {
        AfterFailure::Again(at) => (
            "UPDATE outbox SET failures = failures + 1, due_at = $2 \
             WHERE event_id = $1 AND NOT done AND given_up_at IS NULL",
            at,
        ),
        AfterFailure::GiveUp(at) => (
            "UPDATE outbox SET failures = failures + 1, given_up_at = $2 \
             WHERE event_id = $1 AND NOT done AND given_up_at IS NULL",
            at,
        ),
    };
    connection.execute(sql, &[&id.as_uuid(), &at.as_micros()]).await.map(drop)
}
