//! The database library alone: one thread that commits what has come together.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::figure::per_second;
use crate::random::Random;

/// As long as what the provider is sent of a payout, in bytes.
const BODY_LEN: usize = 420;

/// The most rows that are committed together.
const GROUP_MAX: usize = 512;

/// Whoever waits until its row is on disk.
type Waiting = oneshot::Sender<()>;

/// Rows a second that as many writers as there are connections have on disk, each waiting for its own
/// before it writes the next: a payout, its first event and its key, in the leanest tables that hold
/// them, with the durability that the service asks for.
pub(super) async fn rows(directory: &Path, writers: usize, span: Duration) -> Result<u64> {
    let file = directory.join("bare-writer.db");
    let connection = open(&file)?;
    let (ask, mut asked) = mpsc::channel::<Waiting>(writers.max(1));
    let writer = tokio::task::spawn_blocking(move || commit_all(&connection, &mut asked));
    let begun = Instant::now();
    let mut lanes = JoinSet::new();
    for _ in 0..writers {
        let ask = ask.clone();
        lanes.spawn(async move { write_until(begun, span, &ask).await });
    }
    drop(ask);
    let mut count = 0_u64;
    while let Some(lane) = lanes.join_next().await {
        count = count.saturating_add(lane?);
    }
    let elapsed = begun.elapsed();
    writer.await.context("the writer panicked")??;
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        let _it_may_not_be_there = std::fs::remove_file(name);
    }
    Ok(per_second(count, elapsed))
}

fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 4096;
         CREATE TABLE payout (seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
             due_at INTEGER, state TEXT NOT NULL, body BLOB NOT NULL) STRICT;
         CREATE INDEX payout_due ON payout (due_at) WHERE due_at IS NOT NULL;
         CREATE TABLE event (payout INTEGER NOT NULL, version INTEGER NOT NULL,
             state TEXT NOT NULL, PRIMARY KEY (payout, version)) STRICT, WITHOUT ROWID;
         CREATE TABLE idempotency (key TEXT PRIMARY KEY, payout INTEGER NOT NULL)
             STRICT, WITHOUT ROWID;",
    )?;
    Ok(connection)
}

async fn write_until(begun: Instant, span: Duration, ask: &mpsc::Sender<Waiting>) -> u64 {
    let mut count = 0_u64;
    while begun.elapsed() < span {
        let (done, is_done) = oneshot::channel();
        if ask.send(done).await.is_err() || is_done.await.is_err() {
            break;
        }
        count = count.saturating_add(1);
    }
    count
}

fn commit_all(connection: &Connection, asked: &mut mpsc::Receiver<Waiting>) -> Result<()> {
    let body = vec![b'x'; BODY_LEN];
    let (mut seq, mut group) = (0_i64, Vec::new());
    let mut random = Random::new(crate::clock::seed());
    while asked.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in &group {
            seq = seq.saturating_add(1);
            insert(connection, seq, &random.uuid().to_string(), &body)?;
        }
        connection.execute_batch("COMMIT")?;
        for waiting in group.drain(..) {
            let _it_waits = waiting.send(());
        }
    }
    Ok(())
}

fn insert(connection: &Connection, seq: i64, key: &str, body: &[u8]) -> Result<()> {
    // Ids that sort by time, as the service's do.
    let id = u128::from(seq.unsigned_abs()).wrapping_shl(64).to_be_bytes();
    connection
        .prepare_cached("INSERT INTO payout VALUES (?1, ?2, ?1, 'accepted', ?3)")?
        .execute((seq, id, body))?;
    connection.prepare_cached("INSERT INTO event VALUES (?1, 1, 'accepted')")?.execute([seq])?;
    connection.prepare_cached("INSERT INTO idempotency VALUES (?1, ?2)")?.execute((key, seq))?;
    Ok(())
}
