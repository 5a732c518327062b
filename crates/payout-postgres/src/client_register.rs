//! Who is registered as a client.

use std::collections::BTreeMap;

use async_trait::async_trait;
use payout_domain::{
    ClientId, ClientSecretDigest, EarlierSecret, MerchantAccountId, RegisteredKey, Registration,
    RegistrationRecord, Timestamp, record_text as text,
};
use payout_ports::{ClientRegister, RegisterError, RepositoryError};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::cells::Cells;
use crate::connections::{Connection, Connections, on_connection};
use crate::failure::Failure;
use crate::mark;

const ALL: &str = "SELECT id, version, scopes, webhook, secret_digest, earlier_digest, \
     earlier_ends_at, added_at, revoked_at FROM client";

const KEYS: &str = "SELECT client_id, kid, public_key, added_at, revoked_at FROM client_key \
     ORDER BY client_id, number";

const ACCOUNTS: &str =
    "SELECT client_id, merchant_account_id FROM client_account WHERE client_id IS NOT NULL";

const PROGRESS: &str = "SELECT coalesce(sum(version), 0)::bigint FROM client";

const INSERT: &str = "INSERT INTO client (id, version, scopes, webhook, secret_digest, \
     earlier_digest, earlier_ends_at, revoked_at, added_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";

const UPDATE: &str = "UPDATE client SET version = $2, scopes = $3, webhook = $4, \
     secret_digest = $5, earlier_digest = $6, earlier_ends_at = $7, revoked_at = $8 \
     WHERE id = $1 AND version = $9";

/// Of a key that is stored only its end can be new.
const WRITE_KEY: &str = "INSERT INTO client_key (client_id, number, kid, public_key, added_at, \
     revoked_at) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (client_id, number) DO UPDATE SET revoked_at = excluded.revoked_at";

const LEAVE_ACCOUNTS: &str = "UPDATE client_account SET client_id = NULL WHERE client_id = $1 \
     AND merchant_account_id <> ALL($2)";

/// Writes nothing to an account of somebody else.
const TAKE_ACCOUNT: &str = "INSERT INTO client_account (merchant_account_id, client_id) \
     VALUES ($1, $2) ON CONFLICT (merchant_account_id) DO UPDATE SET client_id = excluded.client_id \
     WHERE client_account.client_id IS NULL OR client_account.client_id = excluded.client_id";

#[async_trait]
impl ClientRegister for PostgresStore {
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => all(&connection)))
    }

    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        let record = registration.record();
        match save(&self.connections, record, expected_version).await {
            Err(failure) if failure.is_duplicate_of("client_key_is_used_once") => {
                Err(RegisterError::KeyTaken)
            }
            Err(failure) => Err(RepositoryError::from(failure).into()),
            Ok(saved) => saved,
        }
    }

    async fn register_progress(&self) -> Result<u64, RepositoryError> {
        Ok(on_connection!(self.connections, connection => progress(&connection)))
    }
}

async fn progress(connection: &Connection) -> Result<u64, Failure> {
    let row = connection.query_one(PROGRESS, &[]).await?;
    row.map_or(Ok(0), |row| Cells::new(&row).number("version"))
}

/// In one transaction that sees one moment: else a client could be read with the keys of another.
async fn all(connection: &Connection) -> Result<Vec<Registration>, Failure> {
    connection.begin_snapshot().await?;
    let (clients, keys, accounts) = (
        connection.query(ALL, &[]).await?,
        connection.query(KEYS, &[]).await?,
        connection.query(ACCOUNTS, &[]).await?,
    );
    connection.roll_back().await?;
    let mut records = BTreeMap::new();
    for row in &clients {
        let record = record(row)?;
        records.insert(record.id.clone(), record);
    }
    for row in &keys {
        let mut cells = Cells::new(row);
        let id: ClientId = cells.parsed("client_id")?;
        let record = records.get_mut(&id).ok_or(Failure::Contradiction("a key is nobody's"))?;
        record.keys.push(key(&mut cells)?);
    }
    for row in &accounts {
        let mut cells = Cells::new(row);
        let id: ClientId = cells.parsed("client_id")?;
        let account = MerchantAccountId::from_uuid(cells.uuid("merchant_account_id")?);
        let record = records.get_mut(&id);
        record
            .ok_or(Failure::Contradiction("an owner is nobody"))?
            .merchant_accounts
            .insert(account);
    }
    let registration = |record| {
        let registration = Registration::from_record(record);
        registration.ok_or(Failure::Contradiction("a stored registration cannot be"))
    };
    records.into_values().map(registration).collect()
}

fn record(row: &Row) -> Result<RegistrationRecord, Failure> {
    let mut cells = Cells::new(row);
    Ok(RegistrationRecord {
        id: cells.parsed("id")?,
        version: cells.number("version")?,
        scopes: cells.read_as("scopes", text::scopes_from)?,
        webhook: cells.plain::<Option<&str>>("webhook")?.map(Into::into),
        secret: ClientSecretDigest(cells.digest("secret_digest")?),
        earlier_secret: earlier_secret(&mut cells)?,
        added_at: cells.time("added_at")?,
        revoked_at: cells.optional_time("revoked_at")?,
        keys: Vec::new(),
        merchant_accounts: std::collections::BTreeSet::new(),
    })
}

fn earlier_secret(cells: &mut Cells<'_>) -> Result<Option<EarlierSecret>, Failure> {
    let digest: Option<&[u8]> = cells.plain("earlier_digest")?;
    let digest = digest.map(<[u8; 32]>::try_from).transpose();
    let digest = digest.map_err(|_| Failure::Unreadable("earlier_digest"))?;
    let ends_at = cells.optional_time("earlier_ends_at")?;
    let earlier = |(digest, ends_at)| EarlierSecret { digest: ClientSecretDigest(digest), ends_at };
    Ok(digest.zip(ends_at).map(earlier))
}

fn key(cells: &mut Cells<'_>) -> Result<RegisteredKey, Failure> {
    Ok(RegisteredKey {
        kid: cells.plain::<&str>("kid")?.into(),
        public_key: cells.plain::<&str>("public_key")?.into(),
        added_at: cells.time("added_at")?,
        revoked_at: cells.optional_time("revoked_at")?,
    })
}

async fn save(
    connections: &Connections,
    record: &RegistrationRecord,
    expected_version: Option<u32>,
) -> Result<Result<(), RegisterError>, Failure> {
    Ok(on_connection!(connections, connection =>
        Box::pin(save_on(&connection, record, expected_version))))
}

async fn save_on(
    connection: &Connection,
    record: &RegistrationRecord,
    expected_version: Option<u32>,
) -> Result<Result<(), RegisterError>, Failure> {
    connection.begin().await?;
    let refused =
        if expected_version.is_none() { RegisterError::IdTaken } else { RegisterError::Stale };
    if write_client(connection, record, expected_version).await? == 0 {
        connection.roll_back().await?;
        return Ok(Err(refused));
    }
    for (number, key) in (1_i64..).zip(&record.keys) {
        let cells: [&(dyn ToSql + Sync); 6] = [
            &record.id.as_str(),
            &number,
            &&*key.kid,
            &&*key.public_key,
            &key.added_at.as_micros(),
            &key.revoked_at.map(Timestamp::as_micros),
        ];
        connection.execute(WRITE_KEY, &cells).await?;
    }
    if !write_accounts(connection, record).await? {
        connection.roll_back().await?;
        return Ok(Err(RegisterError::AccountTaken));
    }
    // Keys and secrets that a backup does not know of must not open again unnoticed.
    connection.execute(mark::GO_FORWARD, &[&None::<i64>]).await?;
    connection.commit().await?;
    Ok(Ok(()))
}

async fn write_client(
    connection: &Connection,
    record: &RegistrationRecord,
    expected_version: Option<u32>,
) -> Result<u64, Failure> {
    let scopes = text::of_scopes(&record.scopes);
    let secret = record.secret.0.as_slice();
    let earlier = record.earlier_secret.as_ref();
    let earlier_digest = earlier.map(|earlier| earlier.digest.0.as_slice());
    let earlier_ends_at = earlier.map(|earlier| earlier.ends_at.as_micros());
    let (version, revoked_at) =
        (i64::from(record.version), record.revoked_at.map(Timestamp::as_micros));
    let last = expected_version.map_or(record.added_at.as_micros(), i64::from);
    let cells: [&(dyn ToSql + Sync); 9] = [
        &record.id.as_str(),
        &version,
        &scopes,
        &record.webhook.as_deref(),
        &secret,
        &earlier_digest,
        &earlier_ends_at,
        &revoked_at,
        &last,
    ];
    let sql = if expected_version.is_none() { INSERT } else { UPDATE };
    connection.execute(sql, &cells).await
}

/// `false` if one of them is somebody else's.
async fn write_accounts(
    connection: &Connection,
    record: &RegistrationRecord,
) -> Result<bool, Failure> {
    let id = record.id.as_str();
    // A set is in order, so that two who write accounts never wait for each other.
    let accounts: Vec<_> = record.merchant_accounts.iter().map(|it| it.as_uuid()).collect();
    connection.execute(LEAVE_ACCOUNTS, &[&id, &accounts]).await?;
    for account in &accounts {
        if connection.execute(TAKE_ACCOUNT, &[account, &id]).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
