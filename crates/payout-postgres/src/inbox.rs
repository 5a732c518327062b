//! What the provider told us unasked.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{EventId, GatewayPayoutId, PaymentId, Timestamp};
use payout_ports::{GatewayProfile, Inbox, InboxEntry, InboxSubject, Remembered, RepositoryError};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::cells::Cells;
use crate::connections::{Connection, on_connection};
use crate::failure::{Failure, readable};

const INSERT: &str = "INSERT INTO inbox (profile, event_id, digest, subject, subject_id, \
     received_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING";

const DIGEST: &str = "SELECT digest FROM inbox WHERE profile = $1 AND event_id = $2";

const CLAIM: &str = "WITH due AS MATERIALIZED (SELECT profile, event_id, due_at AS was_due_at \
     FROM inbox WHERE NOT done AND due_at <= $1 ORDER BY due_at, profile, event_id LIMIT $2 \
     FOR NO KEY UPDATE SKIP LOCKED) \
     UPDATE inbox SET due_at = $3 FROM due \
     WHERE inbox.profile = due.profile AND inbox.event_id = due.event_id \
     RETURNING was_due_at, inbox.profile, inbox.event_id, digest, subject, subject_id, received_at";

#[async_trait]
impl Inbox for PostgresStore {
    async fn remember(&self, entry: &InboxEntry) -> Result<Remembered, RepositoryError> {
        Ok(on_connection!(self.connections, connection => remember(&connection, entry)))
    }

    async fn claim_events(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<InboxEntry>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => claim(&connection, now, limit, lease)))
    }

    async fn event_done(
        &self,
        profile: &GatewayProfile,
        event_id: EventId,
    ) -> Result<(), RepositoryError> {
        on_connection!(self.connections, connection => done(&connection, profile, event_id));
        Ok(())
    }
}

async fn remember(connection: &Connection, entry: &InboxEntry) -> Result<Remembered, Failure> {
    let (subject, subject_id) = match entry.subject {
        InboxSubject::Payout(id) => ("payout", Some(id.as_uuid())),
        InboxSubject::Payment(id) => ("payment", Some(id.as_uuid())),
        InboxSubject::Other => ("other", None),
    };
    let (profile, event_id) = (entry.profile.as_str(), entry.event_id.as_uuid());
    let (digest, received_at) = (entry.digest.as_slice(), entry.received_at.as_micros());
    let cells: [&(dyn ToSql + Sync); 6] =
        [&profile, &event_id, &digest, &subject, &subject_id, &received_at];
    if connection.execute(INSERT, &cells).await? == 1 {
        return Ok(Remembered::Fresh);
    }
    let known = connection.query_one(DIGEST, &[&profile, &event_id]).await?;
    let known = known.ok_or(Failure::Contradiction("an event is known and not there"))?;
    let same = Cells::new(&known).digest("digest")? == entry.digest;
    Ok(if same { Remembered::Duplicate } else { Remembered::Altered })
}

async fn claim(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
    lease: Duration,
) -> Result<Vec<InboxEntry>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let (now, lease_end) = (now.as_micros(), now.plus(lease).as_micros());
    let rows = connection.query(CLAIM, &[&now, &limit, &lease_end]).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut cells = Cells::new(row);
        let was_due_at: i64 = cells.plain("due_at")?;
        let name: Uuid = row.try_get("event_id")?;
        let entry = readable("event", name, entry_from(&mut cells))?;
        claimed.extend(entry.map(|entry| (was_due_at, entry)));
    }
    // What an update returns is in no order.
    claimed.sort_by(|(due, entry), (other_due, other)| {
        (due, &entry.profile, entry.event_id).cmp(&(other_due, &other.profile, other.event_id))
    });
    Ok(claimed.into_iter().map(|(_, entry)| entry).collect())
}

fn entry_from(cells: &mut Cells<'_>) -> Result<InboxEntry, Failure> {
    Ok(InboxEntry {
        profile: cells.read_as("profile", |name| Some(GatewayProfile::new(name)))?,
        event_id: EventId::from_uuid(cells.uuid("event_id")?),
        digest: cells.digest("digest")?,
        subject: subject_from(cells)?,
        received_at: cells.time("received_at")?,
    })
}

fn subject_from(cells: &mut Cells<'_>) -> Result<InboxSubject, Failure> {
    let subject: &str = cells.plain("subject")?;
    match (subject, cells.optional_uuid("subject_id")?) {
        ("payout", Some(id)) => Ok(InboxSubject::Payout(GatewayPayoutId::from_uuid(id))),
        ("payment", Some(id)) => Ok(InboxSubject::Payment(PaymentId::from_uuid(id))),
        ("other", None) => Ok(InboxSubject::Other),
        _ => Err(Failure::Unreadable("subject")),
    }
}

async fn done(
    connection: &Connection,
    profile: &GatewayProfile,
    event_id: EventId,
) -> Result<(), Failure> {
    let sql = "UPDATE inbox SET done = true WHERE profile = $1 AND event_id = $2 AND NOT done";
    connection.execute(sql, &[&profile.as_str(), &event_id.as_uuid()]).await.map(drop)
}
