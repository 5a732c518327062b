//! Who is registered as a client.

use std::collections::BTreeSet;

use async_trait::async_trait;
use payout_domain::{
    ClientId, ClientSecretDigest, EarlierSecret, MerchantAccountId, RegisteredKey, Registration,
    RegistrationRecord, Timestamp, record_text as text,
};
use payout_ports::{ClientRegister, RegisterError, RepositoryError};
use rusqlite::params;

use crate::SqliteStore;
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::writer::Advance;

const INSERT: &str = "INSERT INTO client (id, version, scopes, webhook, secret_digest, \
     earlier_digest, earlier_ends_at, revoked_at, added_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// All but its name and its beginning can be new.
const UPDATE: &str = "UPDATE client SET version = ?2, scopes = ?3, webhook = ?4, \
     secret_digest = ?5, earlier_digest = ?6, earlier_ends_at = ?7, revoked_at = ?8 \
     WHERE id = ?1 AND added_at = ?9";

#[async_trait]
impl ClientRegister for SqliteStore {
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError> {
        Ok(self.read(all).await?)
    }

    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        let record = registration.record().clone();
        let saved = self.advance(move |connection| {
            let saved = save(connection, &record, expected_version)?;
            // Keys and secrets that a backup does not know of must not open again unnoticed.
            let advance = saved.is_ok().then_some(Advance { latest_at: None });
            Ok((saved, advance))
        });
        match saved.await {
            Ok(saved) => saved,
            Err(failure) => Err(RepositoryError::from(failure).into()),
        }
    }

    async fn register_progress(&self) -> Result<u64, RepositoryError> {
        Ok(self.read(progress).await?)
    }
}

fn all(connection: &Connection) -> Result<Vec<Registration>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, version, scopes, webhook, secret_digest, earlier_digest, earlier_ends_at, \
         added_at, revoked_at FROM client ORDER BY id",
    )?;
    let mut rows = statement.query(())?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        let id: ClientId = cells.parsed("id")?;
        let record = RegistrationRecord {
            version: cells.plain("version")?,
            scopes: cells.read_as("scopes", text::scopes_from)?,
            webhook: cells.plain::<Option<String>>("webhook")?.map(Into::into),
            secret: ClientSecretDigest(cells.plain("secret_digest")?),
            earlier_secret: earlier_secret(&mut cells)?,
            added_at: cells.time("added_at")?,
            revoked_at: cells.optional_time("revoked_at")?,
            keys: keys(connection, &id)?,
            merchant_accounts: accounts(connection, &id)?,
            id,
        };
        let registration = Registration::from_record(record);
        all.push(registration.ok_or(Failure::Contradiction("a stored registration cannot be"))?);
    }
    Ok(all)
}

fn earlier_secret(cells: &mut Cells<'_>) -> Result<Option<EarlierSecret>, Failure> {
    let digest: Option<[u8; 32]> = cells.plain("earlier_digest")?;
    let ends_at = cells.optional_time("earlier_ends_at")?;
    let earlier = |(digest, ends_at)| EarlierSecret { digest: ClientSecretDigest(digest), ends_at };
    Ok(digest.zip(ends_at).map(earlier))
}

fn keys(connection: &Connection, id: &ClientId) -> Result<Vec<RegisteredKey>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT kid, public_key, added_at, revoked_at FROM client_key WHERE client_id = ?1 \
         ORDER BY number",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        keys.push(RegisteredKey {
            kid: cells.plain::<String>("kid")?.into(),
            public_key: cells.plain::<String>("public_key")?.into(),
            added_at: cells.time("added_at")?,
            revoked_at: cells.optional_time("revoked_at")?,
        });
    }
    Ok(keys)
}

fn accounts(
    connection: &Connection,
    id: &ClientId,
) -> Result<BTreeSet<MerchantAccountId>, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT merchant_account_id FROM client_account WHERE client_id = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    let mut accounts = BTreeSet::new();
    while let Some(row) = rows.next()? {
        accounts.insert(MerchantAccountId::from_uuid(Cells::new(row).uuid("merchant_account_id")?));
    }
    Ok(accounts)
}

fn progress(connection: &Connection) -> Result<u64, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT coalesce(sum(version), 0) FROM client")?;
    let mut rows = statement.query(())?;
    match rows.next()? {
        Some(row) => Cells::new(row).count("version"),
        None => Ok(0),
    }
}

/// Looks first and writes then: a registration that is refused leaves nothing behind.
fn save(
    connection: &Connection,
    record: &RegistrationRecord,
    expected_version: Option<u32>,
) -> Result<Result<(), RegisterError>, Failure> {
    let stored = version(connection, &record.id)?;
    if stored != expected_version {
        let refused =
            if expected_version.is_none() { RegisterError::IdTaken } else { RegisterError::Stale };
        return Ok(Err(refused));
    }
    if let Some(refused) = conflict(connection, record)? {
        return Ok(Err(refused));
    }
    write(connection, if stored.is_none() { INSERT } else { UPDATE }, record)?;
    for (number, key) in (1_i64..).zip(&record.keys) {
        write_key(connection, &record.id, number, key)?;
    }
    write_accounts(connection, record)?;
    Ok(Ok(()))
}

fn version(connection: &Connection, id: &ClientId) -> Result<Option<u32>, Failure> {
    let mut statement = connection.prepare_cached("SELECT version FROM client WHERE id = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(|row| Cells::new(row).plain("version")).transpose()
}

fn conflict(
    connection: &Connection,
    record: &RegistrationRecord,
) -> Result<Option<RegisterError>, Failure> {
    let id = record.id.as_str();
    let mut of_key = connection
        .prepare_cached("SELECT 1 FROM client_key WHERE public_key = ?1 AND client_id <> ?2")?;
    for key in &record.keys {
        if of_key.exists((&*key.public_key, id))? {
            return Ok(Some(RegisterError::KeyTaken));
        }
    }
    let mut of_account = connection.prepare_cached(
        "SELECT 1 FROM client_account WHERE merchant_account_id = ?1 AND client_id <> ?2",
    )?;
    for account in &record.merchant_accounts {
        if of_account.exists((account.as_uuid().into_bytes(), id))? {
            return Ok(Some(RegisterError::AccountTaken));
        }
    }
    Ok(None)
}

fn write(connection: &Connection, sql: &str, record: &RegistrationRecord) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let earlier = record.earlier_secret.as_ref();
    statement.execute(params![
        record.id.as_str(),
        record.version,
        text::of_scopes(&record.scopes),
        record.webhook,
        record.secret.0,
        earlier.map(|earlier| earlier.digest.0),
        earlier.map(|earlier| earlier.ends_at.as_micros()),
        record.revoked_at.map(Timestamp::as_micros),
        record.added_at.as_micros(),
    ])?;
    Ok(())
}

/// Of a key that is stored only its end can be new.
fn write_key(
    connection: &Connection,
    id: &ClientId,
    number: i64,
    key: &RegisteredKey,
) -> Result<(), Failure> {
    let revoked_at = key.revoked_at.map(Timestamp::as_micros);
    let mut end = connection.prepare_cached(
        "UPDATE client_key SET revoked_at = ?3 WHERE client_id = ?1 AND number = ?2",
    )?;
    if end.execute(params![id.as_str(), number, revoked_at])? > 0 {
        return Ok(());
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO client_key (client_id, number, kid, public_key, added_at, revoked_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let added_at = key.added_at.as_micros();
    add.execute(params![id.as_str(), number, key.kid, key.public_key, added_at, revoked_at])?;
    Ok(())
}

fn write_accounts(connection: &Connection, record: &RegistrationRecord) -> Result<(), Failure> {
    let id = record.id.as_str();
    let mut leave = connection
        .prepare_cached("UPDATE client_account SET client_id = NULL WHERE client_id = ?1")?;
    leave.execute([id])?;
    let mut take = connection.prepare_cached(
        "INSERT INTO client_account (merchant_account_id, client_id) VALUES (?1, ?2) \
         ON CONFLICT DO UPDATE SET client_id = excluded.client_id",
    )?;
    for account in &record.merchant_accounts {
        take.execute((account.as_uuid().into_bytes(), id))?;
    }
    Ok(())
}
