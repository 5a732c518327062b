//! What our clients are still to be told.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{ClientId, EventId, PaymentId, Timestamp};
use payout_ports::{
    NewNotification, Notification, NotificationKind, NotificationSubject, Outbox, RepositoryError,
};
use rusqlite::{Connection, params};

use crate::cells::Cells;
use crate::failure::Failure;
use crate::{SqliteStore, payments, payouts};

/// Of the notifications about one payout only the oldest that is not done. Left to itself, SQLite
/// would look for older ones through all that was ever told.
pub(crate) const DUE: &str = "SELECT seq, event_id, client_id, kind, payout, payment_id, \
     created_at, failures FROM outbox WHERE done = 0 AND due_at <= ?1 AND (payout IS NULL \
     OR NOT EXISTS (SELECT 1 FROM outbox AS earlier INDEXED BY outbox_in_order \
     WHERE earlier.done = 0 \
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
        due_at: Timestamp,
    ) -> Result<(), RepositoryError> {
        Ok(self.write(move |connection| failed(connection, id, due_at)).await?)
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
        "INSERT INTO outbox (event_id, client_id, kind, payout, payment_id, created_at, due_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
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
        match contents {
            Ok(notification) => notifications.push(notification),
            // One row that cannot be read must not keep all clients waiting. It is put off, and said
            // again and again until somebody looks at it.
            Err(error @ (Failure::Unreadable(_) | Failure::Contradiction(_))) => {
                tracing::error!(seq, %error, "a stored notification cannot be read");
            }
            Err(error) => return Err(error),
        }
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
    let kind = cells.read_as("kind", |name| {
        NotificationKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    })?;
    let subject = subject_from(connection, &client_id, cells)?;
    let created_at = cells.time("created_at")?;
    let failures = cells.plain("failures")?;
    Ok(Notification { event_id, client_id, kind, subject, created_at, failures })
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

/// A notification that is done stays as it is.
fn failed(connection: &Connection, id: EventId, due_at: Timestamp) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE outbox SET failures = failures + 1, due_at = ?2 WHERE event_id = ?1 AND done = 0",
    )?;
    statement.execute((id.as_uuid().into_bytes(), due_at.as_micros()))?;
    Ok(())
}
