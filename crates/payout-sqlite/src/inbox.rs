//! What the provider told us unasked.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{EventId, GatewayPayoutId, PaymentId, Timestamp};
use payout_ports::{GatewayProfile, Inbox, InboxEntry, InboxSubject, Remembered, RepositoryError};
use rusqlite::{OptionalExtension, params};

use crate::SqliteStore;
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::{Failure, readable};

pub(crate) const DUE: &str = "SELECT rowid, profile, event_id, digest, subject, subject_id, \
     received_at FROM inbox WHERE done = 0 AND due_at <= ?1 ORDER BY due_at, profile, event_id LIMIT ?2";

#[async_trait]
impl Inbox for SqliteStore {
    async fn remember(&self, entry: &InboxEntry) -> Result<Remembered, RepositoryError> {
        let entry = entry.clone();
        Ok(self.write(move |connection| remember(connection, &entry)).await?)
    }

    async fn claim_events(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<InboxEntry>, RepositoryError> {
        Ok(self.write(move |connection| claim(connection, now, limit, lease)).await?)
    }

    async fn event_done(
        &self,
        profile: &GatewayProfile,
        event_id: EventId,
    ) -> Result<(), RepositoryError> {
        let profile = profile.clone();
        Ok(self.write(move |connection| done(connection, &profile, event_id)).await?)
    }
}

fn remember(connection: &Connection, entry: &InboxEntry) -> Result<Remembered, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT digest FROM inbox WHERE profile = ?1 AND event_id = ?2")?;
    let name = (entry.profile.as_str(), entry.event_id.as_uuid().into_bytes());
    let known: Option<[u8; 32]> = statement.query_row(name, |row| row.get(0)).optional()?;
    match known {
        Some(digest) if digest == entry.digest => Ok(Remembered::Duplicate),
        Some(_) => Ok(Remembered::Altered),
        None => insert(connection, entry).map(|()| Remembered::Fresh),
    }
}

fn insert(connection: &Connection, entry: &InboxEntry) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO inbox (profile, event_id, digest, subject, subject_id, received_at, due_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
    )?;
    let (subject, subject_id) = match entry.subject {
        InboxSubject::Payout(id) => ("payout", Some(id.as_uuid().into_bytes())),
        InboxSubject::Payment(id) => ("payment", Some(id.as_uuid().into_bytes())),
        InboxSubject::Other => ("other", None),
    };
    statement.execute(params![
        entry.profile.as_str(),
        entry.event_id.as_uuid().into_bytes(),
        entry.digest,
        subject,
        subject_id,
        entry.received_at.as_micros(),
    ])?;
    Ok(())
}

fn claim(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
    lease: Duration,
) -> Result<Vec<InboxEntry>, Failure> {
    let mut entries = Vec::new();
    for (row, contents) in due(connection, now, limit)? {
        put_off(connection, row, now.plus(lease))?;
        entries.extend(readable("event", row, contents)?);
    }
    Ok(entries)
}

type Due = (i64, Result<InboxEntry, Failure>);

fn due(connection: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Due>, Failure> {
    let mut statement = connection.prepare_cached(DUE)?;
    let mut rows = statement.query((now.as_micros(), i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        due.push((cells.plain("rowid")?, entry_from(&mut cells)));
    }
    Ok(due)
}

fn entry_from(cells: &mut Cells<'_>) -> Result<InboxEntry, Failure> {
    Ok(InboxEntry {
        profile: cells.read_as("profile", |name| Some(GatewayProfile::new(name)))?,
        event_id: EventId::from_uuid(cells.uuid("event_id")?),
        digest: cells.plain("digest")?,
        subject: subject_from(cells)?,
        received_at: cells.time("received_at")?,
    })
}

fn subject_from(cells: &mut Cells<'_>) -> Result<InboxSubject, Failure> {
    let subject: String = cells.plain("subject")?;
    match (subject.as_str(), cells.optional_uuid("subject_id")?) {
        ("payout", Some(id)) => Ok(InboxSubject::Payout(GatewayPayoutId::from_uuid(id))),
        ("payment", Some(id)) => Ok(InboxSubject::Payment(PaymentId::from_uuid(id))),
        ("other", None) => Ok(InboxSubject::Other),
        _ => Err(Failure::Unreadable("subject")),
    }
}

fn put_off(connection: &Connection, row: i64, until: Timestamp) -> Result<(), Failure> {
    let mut statement =
        connection.prepare_cached("UPDATE inbox SET due_at = ?2 WHERE rowid = ?1")?;
    statement.execute((row, until.as_micros()))?;
    Ok(())
}

fn done(
    connection: &Connection,
    profile: &GatewayProfile,
    event_id: EventId,
) -> Result<(), Failure> {
    let mut statement = connection
        .prepare_cached("UPDATE inbox SET done = 1 WHERE profile = ?1 AND event_id = ?2")?;
    statement.execute((profile.as_str(), event_id.as_uuid().into_bytes()))?;
    Ok(())
}
