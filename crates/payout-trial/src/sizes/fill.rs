//! A store filled up with clones of payouts that have lived through the service.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use payout_ports::Clock as _;
use rusqlite::{Connection, OpenFlags};
use uuid::{Builder, Uuid};

use super::site::LIVES;
use super::tables::TABLES;
use crate::clock::SystemClock;
use crate::random::Random;

/// What it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) clones: u64,
    /// Without the checks afterwards.
    pub(super) took: Duration,
}

/// A payout that others are cloned from.
struct Origin {
    seq: i64,
    id: String,
    provider_name: String,
    created_at: i64,
}

/// How many are cloned in one statement for each table.
const BATCH: u64 = 50_000;

/// How old the youngest clone is: so old that its money can no longer come back.
const AGE_MIN: Duration = Duration::from_hours(24 * 32);

/// From one clone to the next, in microseconds.
const APART: i64 = 1_000_000;

/// Up to how many clones every reference is followed, and up to how many the whole file is read.
const REFERENCES_CHECKED_MAX: u64 = 1_000_000;
const FILE_CHECKED_MAX: u64 = 100_000;

/// The service sets its own when it starts. Should the machine crash while it is filled, the store is
/// made anew.
const QUICKLY: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
     PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -1048576; PRAGMA temp_store = MEMORY; \
     PRAGMA foreign_keys = OFF;";

/// As the service left it.
const AS_BEFORE: &str = "PRAGMA locking_mode = NORMAL; PRAGMA synchronous = FULL; \
     PRAGMA journal_mode = WAL;";

/// One row for each clone of a batch, with all that it has of its own.
const CLONE: &str = "CREATE TEMP TABLE clone (seq INTEGER PRIMARY KEY, origin INTEGER NOT NULL, \
     id BLOB, id_text TEXT, key TEXT, provider_name BLOB, provider_text TEXT, \
     told_id BLOB, heard_id BLOB, origin_id_text TEXT, origin_provider_text TEXT, \
     earlier INTEGER NOT NULL)";

/// Every payout whose life is whole: executed, told to the client, and told by the provider.
const ORIGINS: &str = "CREATE TEMP TABLE origin AS SELECT seq, id, gateway_payout_id, created_at \
     FROM payout WHERE state = 'executed' \
     AND EXISTS (SELECT 1 FROM outbox WHERE outbox.payout = payout.seq AND done = 1) \
     AND EXISTS (SELECT 1 FROM inbox WHERE inbox.subject_id = payout.gateway_payout_id AND done = 1)";

/// Adds this many payouts to the store in a file that no service has open.
pub(super) fn fill(database: &Path, clones: u64) -> Result<Filled> {
    if clones == 0 {
        return Ok(Filled::default());
    }
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(QUICKLY).context("settings")?;
    let before = rows(&connection)?;
    let triggers = take_triggers(&connection).context("triggers")?;
    connection.execute_batch(ORIGINS).context("what is cloned")?;
    let origins = origins(&connection)?;
    ensure!(u64::try_from(origins.len())? == LIVES, "{} payouts are whole", origins.len());
    for table in &TABLES {
        table.set_aside(&connection).context(table.name)?;
    }
    connection.execute_batch(CLONE)?;
    let begun = Instant::now();
    clone_all(&connection, &origins, clones).context("clones")?;
    for (_, order) in &triggers {
        connection.execute_batch(order).context("triggers as they were")?;
    }
    let took = begun.elapsed();
    check(&connection, &before, clones).context("what was cloned")?;
    connection.execute_batch(AS_BEFORE).context("the settings as they were")?;
    connection.close().map_err(|(_, error)| error)?;
    std::fs::File::open(database)?.sync_all()?;
    Ok(Filled { clones, took })
}

fn clone_all(connection: &Connection, origins: &[Origin], clones: u64) -> Result<()> {
    let statements = TABLES.iter().map(|table| table.statement(connection));
    let statements = statements.collect::<Result<Vec<_>>>()?;
    let first: i64 =
        connection.query_row("SELECT max(seq) + 1 FROM payout", (), |row| row.get(0))?;
    let youngest = SystemClock.now().minus(AGE_MIN).as_micros();
    let oldest = youngest.saturating_sub(i64::try_from(clones)?.saturating_mul(APART));
    let progress = ProgressBar::new(clones);
    progress.set_style(ProgressStyle::with_template(
        "{msg} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left",
    )?);
    progress.set_message("payouts cloned");
    let mut random = Random::new(crate::clock::seed());
    let mut origins = origins.iter().cycle();
    let mut done = 0_u64;
    while done < clones {
        let end = done.saturating_add(BATCH).min(clones);
        connection.execute_batch("BEGIN; DELETE FROM temp.clone").context("a batch")?;
        for number in done..end {
            let number = i64::try_from(number)?;
            let at = oldest.saturating_add(number.saturating_mul(APART));
            let origin = origins.next().context("there are origins")?;
            name(connection, origin, (first.saturating_add(number), at), &mut random)?;
        }
        for statement in &statements {
            connection.prepare_cached(statement)?.execute(()).context("rows")?;
        }
        connection.execute_batch("COMMIT")?;
        progress.inc(end.saturating_sub(done));
        done = end;
    }
    progress.finish_and_clear();
    Ok(())
}

/// Gives a clone all that it has of its own.
fn name(
    connection: &Connection,
    origin: &Origin,
    (seq, at): (i64, i64),
    random: &mut Random,
) -> Result<()> {
    let (id, told) = (name_of_time(at, random)?, name_of_time(at, random)?);
    let (provider_name, heard) = (random.uuid(), random.uuid());
    let mut statement = connection.prepare_cached(
        "INSERT INTO temp.clone VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    statement.execute(rusqlite::params![
        seq,
        origin.seq,
        id.as_bytes(),
        id.to_string(),
        random.uuid().to_string(),
        provider_name.as_bytes(),
        provider_name.to_string(),
        told.as_bytes(),
        heard.as_bytes(),
        origin.id,
        origin.provider_name,
        origin.created_at.saturating_sub(at),
    ])?;
    Ok(())
}

/// A name as the service makes them (RFC 9562, version 7), of a time in microseconds.
fn name_of_time(at: i64, random: &mut Random) -> Result<Uuid> {
    let milliseconds = u64::try_from(at.div_euclid(1000))?;
    let chance = random.uuid();
    let chance = chance.as_bytes().first_chunk().context("a name is longer")?;
    Ok(Builder::from_unix_timestamp_millis(milliseconds, chance).into_uuid())
}

fn origins(connection: &Connection) -> Result<Vec<Origin>> {
    let mut statement =
        connection.prepare("SELECT seq, id, gateway_payout_id, created_at FROM temp.origin")?;
    let origins = statement.query_map((), |row| {
        let text = |bytes| Uuid::from_bytes(bytes).to_string();
        Ok(Origin {
            seq: row.get(0)?,
            id: text(row.get(1)?),
            provider_name: text(row.get(2)?),
            created_at: row.get(3)?,
        })
    })?;
    Ok(origins.collect::<Result<_, _>>()?)
}

/// Takes away what would refuse rows that have not come one step after the other, and gives the orders
/// that put it back.
fn take_triggers(connection: &Connection) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for table in &TABLES {
        let mut statement = connection.prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1",
        )?;
        let triggers = statement.query_map([table.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.extend(triggers.collect::<Result<Vec<_>, _>>()?);
    }
    for (name, _) in &found {
        connection.execute_batch(&format!("DROP TRIGGER main.\"{name}\""))?;
    }
    Ok(found)
}

/// How many rows each table has.
fn rows(connection: &Connection) -> Result<Vec<u64>> {
    let rows = TABLES.iter().map(|table| {
        let count = format!("SELECT count(*) FROM main.{}", table.name);
        let count: i64 = connection.query_row(&count, (), |row| row.get(0))?;
        Ok(u64::try_from(count)?)
    });
    rows.collect()
}

/// Whether as much was added as each origin has, and as far as there is time for it, whether the store
/// is sound.
fn check(connection: &Connection, before: &[u64], clones: u64) -> Result<()> {
    for ((table, after), before) in TABLES.iter().zip(rows(connection)?).zip(before) {
        let (name, added) = (table.name, after.saturating_sub(*before));
        ensure!(added >= clones, "{name} has grown by {added} rows for {clones} payouts");
    }
    if clones <= REFERENCES_CHECKED_MAX {
        let mut broken = connection.prepare("PRAGMA main.foreign_key_check")?;
        ensure!(broken.query(())?.next()?.is_none(), "a row refers to nothing");
    }
    if clones <= FILE_CHECKED_MAX {
        let said: String =
            connection.query_row("PRAGMA main.quick_check(1)", (), |row| row.get(0))?;
        ensure!(said == "ok", "the store is not sound: {said}");
    }
    Ok(())
}
