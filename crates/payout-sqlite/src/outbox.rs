//! What our clients are still to be told.

pub(crate) mod dead;

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{ClientId, EventId, PaymentId, Timestamp};
use payout_ports::{
    AfterFailure, DeadLetter, NewNotification, Notification, NotificationKind, NotificationSubject,
    Outbox, RepositoryError,
};
use rusqlite::params;

use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::{Failure, readable};
use crate::{SqliteStore, payments, payouts};

/// Of the notifications about one payout only the oldest that waits. Left to itself, SQLite
/// would look for older ones through all that was ever told.
pub(crate) const DUE: &str = "SELECT seq, event_id, client_id, kind, payout, payment_id, \
     sequence, created_at, tried_since, failures FROM outbox \
     WHERE done = 0 AND given_up_at IS NULL AND due_at <= ?1 AND (payout IS NULL \
     OR NOT EXISTS (SELECT 1 FROM outbox AS earlier INDEXED BY outbox_in_order \
     WHERE earlier.done = 0 AND earlier.given_up_at IS NULL \
     AND earlier.payout = outbox.payout AND earlier.seq < outbox.seq)) \
     ORDER BY due_at, seq LIMIT ?2";

/// What a notification is about, as the table names it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// The payout in this row.
    Payout(i64),
    /// This payment of the client.
    Payment(PaymentId),
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim_notifications(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Notification>, RepositoryError> {
        Ok(self.write(move |connection| claim(connection, now, limit, lease)).await?)
    }

    async fn notification_done(&self, id: EventId) -> Result<(), RepositoryError> {
        Ok(self.write(move |connection| done(connection, id)).await?)
    }

    async fn notification_failed(
        &self,
        id: EventId,
        then: AfterFailure,
    ) -> Result<(), RepositoryError> {
        Ok(self.write(move |connection| failed(connection, id, then)).await?)
    }

    async fn dead_letters(
        &self,
        limit: usize,
        after: Option<EventId>,
    ) -> Result<Vec<DeadLetter>, RepositoryError> {
        Ok(self.read(move |connection| dead::list(connection, limit, after)).await?)
    }

    async fn replay(&self, id: EventId, at: Timestamp) -> Result<bool, RepositoryError> {
        Ok(self.write(move |connection| dead::replay(connection, id, at)).await?)
    }
}

/// Writes down what a client is to be told.
pub(crate) fn add(
    connection: &Connection,
    client_id: &ClientId,
    notification: &NewNotification,
    subject: Subject,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO outbox (event_id, client_id, kind, payout, payment_id, sequence, created_at, \
         tried_since, due_at, waits_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?7, ?7)",
    )?;
    let (payout, payment_id) = match subject {
        Subject::Payout(seq) => (Some(seq), None),
        Subject::Payment(id) => (None, Some(id.as_uuid().into_bytes())),
    };
    statement.execute(params![
        notification.event_id.as_uuid().into_bytes(),
        client_id.as_str(),
        notification.kind.as_str(),
        payout,
        payment_id,
        notification.sequence,
        notification.created_at.as_micros(),
    ])?;
    Ok(())
}

fn claim(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
    lease: Duration,
) -> Result<Vec<Notification>, Failure> {
    let mut notifications = Vec::new();
    for (seq, contents) in due(connection, now, limit)? {
        put_off(connection, seq, now.plus(lease))?;
        notifications.extend(readable("notification", seq, contents)?);
    }
    Ok(notifications)
}

type Due = (i64, Result<Notification, Failure>);

fn due(connection: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Due>, Failure> {
    let mut statement = connection.prepare_cached(DUE)?;
    let mut rows = statement.query((now.as_micros(), i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        let seq = cells.plain("seq")?;
        due.push((seq, notification_from(connection, &mut cells)));
    }
    Ok(due)
}

fn notification_from(
    connection: &Connection,
    cells: &mut Cells<'_>,
) -> Result<Notification, Failure> {
    let event_id = EventId::from_uuid(cells.uuid("event_id")?);
    let client_id = cells.parsed("client_id")?;
    let kind = kind_from(cells)?;
    let subject = subject_from(connection, &client_id, cells)?;
    Ok(Notification {
        event_id,
        client_id,
        kind,
        subject,
        sequence: cells.plain("sequence")?,
        created_at: cells.time("created_at")?,
        tried_since: cells.time("tried_since")?,
        failures: cells.plain("failures")?,
    })
}

fn kind_from(cells: &mut Cells<'_>) -> Result<NotificationKind, Failure> {
    cells.read_as("kind", |name| {
        NotificationKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    })
}

fn subject_from(
    connection: &Connection,
    client_id: &ClientId,
    cells: &mut Cells<'_>,
) -> Result<NotificationSubject, Failure> {
    let missing = Failure::Contradiction("what a notification is about is not there");
    match (cells.plain("payout")?, cells.optional_uuid("payment_id")?) {
        (Some(seq), None) => {
            let payout = payouts::by_seq(connection, seq)?.ok_or(missing)?;
            Ok(NotificationSubject::Payout(Box::new(payout)))
        }
        (None, Some(id)) => {
            let id = PaymentId::from_uuid(id);
            let payment = payments::payment_by_id(connection, client_id, id)?.ok_or(missing)?;
            Ok(NotificationSubject::Payment(Box::new(payment)))
        }
        (None, None) | (Some(_), Some(_)) => Err(Failure::Unreadable("payout")),
    }
}

fn put_off(connection: &Connection, seq: i64, until: Timestamp) -> Result<(), Failure> {
    let mut statement =
        connection.prepare_cached("UPDATE outbox SET due_at = ?2 WHERE seq = ?1")?;
    statement.execute((seq, until.as_micros()))?;
    Ok(())
}

fn done(connection: &Connection, id: EventId) -> Result<(), Failure> {
    let mut statement =
        connection.prepare_cached("UPDATE outbox SET done = 1 WHERE event_id = ?1")?;
    statement.execute([id.as_uuid().into_bytes()])?;
    Ok(())
}

/// A notification that is done or given up stays as it is.
fn failed(connection: &Connection, id: EventId, then: AfterFailure) -> Result<(), Failure> {
    let (sql, at) = match then {
        AfterFailure::Again(at) => (
            "UPDATE outbox SET failures = failures + 1, due_at = ?2, waits_until = ?2 \
             WHERE event_id = ?1 AND done = 0 AND given_up_at IS NULL",
            at,
        ),
        AfterFailure::GiveUp(at) => (
            "UPDATE outbox SET failures = failures + 1, given_up_at = ?2 \
             WHERE event_id = ?1 AND done = 0 AND given_up_at IS NULL",
            at,
        ),
    };
    connection.prepare_cached(sql)?.execute((id.as_uuid().into_bytes(), at.as_micros()))?;
    Ok(())
}
