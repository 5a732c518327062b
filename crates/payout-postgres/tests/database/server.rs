//! The server that the tests talk to, and a schema of it for each test.

use std::num::NonZeroUsize;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use payout_ports::Sealing;
use payout_postgres::{Address, PostgresStore, StoreOptions};
use tokio_postgres::{Client, NoTls};

/// Names the server. `cargo xtask test` starts one and sets it.
const VARIABLE: &str = "PAYOUT_TEST_POSTGRES";

/// Where the server is, for its superuser.
pub(crate) fn url() -> String {
    std::env::var(VARIABLE).unwrap_or_else(|_| {
        unreachable!(
            "{VARIABLE} names no server: run `cargo xtask test`, or `cargo xtask postgres`"
        )
    })
}

/// Schemas that a store has made and nobody uses now. To empty one is much faster than to make one.
static FREE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What is left in a schema when it is emptied.
const KEPT: [&str; 5] =
    ["legal_step", "refinery_schema_history", "send_switch", "store", "store_progress"];

/// A schema that no other test uses at the same time. It stays until the server is thrown away.
pub(crate) struct Schema {
    pub(crate) name: String,
    reusable: bool,
}

impl Schema {
    /// A schema that is still to be made by whoever opens it.
    pub(crate) fn unmade() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { name: format!("test_{}_{number}", process::id()), reusable: false }
    }

    /// A schema with empty tables, as a store makes them.
    pub(crate) async fn fresh() -> Self {
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(name) = free {
            empty(&name).await;
            return Self { name, reusable: true };
        }
        let mut schema = Self::unmade();
        schema.reusable = true;
        schema
    }

    /// Says that the schema is not to be used again: more than its rows is changed.
    pub(crate) fn spoil(&mut self) {
        self.reusable = false;
    }

    pub(crate) fn address(&self) -> Address {
        let url = format!("{}?schema={}", url(), self.name);
        url.parse().expect("the variable holds an address")
    }

    pub(crate) async fn open(&self) -> PostgresStore {
        self.open_with(&Sealing::default()).await
    }

    pub(crate) async fn open_with(&self, sealing: &Sealing) -> PostgresStore {
        let options = StoreOptions { sealing: sealing.clone(), ..options() };
        let store = PostgresStore::open(&self.address(), None, &options).await;
        store.unwrap_or_else(|error| unreachable!("{}", payout_ports::chain(&error)))
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // After a failure, something may still write to it.
        if self.reusable && !std::thread::panicking() {
            let name = std::mem::take(&mut self.name);
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        }
    }
}

/// Removes all rows, past the triggers that forbid it.
async fn empty(schema: &str) {
    let client = connect(schema).await;
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> ALL ($2)";
    let tables = client.query(tables, &[&schema, &&KEPT[..]]).await.expect("there are tables");
    let deletions: Vec<String> =
        tables.iter().map(|row| format!("DELETE FROM {}", row.get::<_, String>(0))).collect();
    let deletions = deletions.join("; ");
    client
        .batch_execute(&format!(
            "SET session_replication_role TO replica; {deletions}; \
             UPDATE send_switch SET paused_by = NULL, because = NULL, paused_at = NULL; \
             UPDATE store_progress SET sequence = 0, latest_at = NULL; \
             UPDATE store SET id = gen_random_uuid()"
        ))
        .await
        .expect("a superuser may do this");
}

/// Few connections, because many tests share the server.
pub(crate) fn options() -> StoreOptions {
    StoreOptions {
        connections: NonZeroUsize::MIN.saturating_add(5),
        pool_timeout: Duration::from_secs(20),
        ..StoreOptions::default()
    }
}

/// A connection as in `psql`, which looks into the schema.
pub(crate) async fn connect(schema: &str) -> Client {
    let (client, connection) =
        tokio_postgres::connect(&url(), NoTls).await.expect("the server is there");
    tokio::spawn(async move { drop(connection.await) });
    client
        .batch_execute(&format!("SET search_path TO {schema}"))
        .await
        .expect("every path may be set");
    client
}

/// Does something as the superuser. What is to be dropped may not be there.
pub(crate) async fn administer(sql: &str) {
    // Two who grant something on the database at the same time would meet in one row of the catalog.
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _held = ONE_AT_A_TIME.lock().await;
    let hand = connect("pg_catalog").await;
    for statement in sql.split(';') {
        let done = hand.batch_execute(statement).await;
        if !statement.trim_start().starts_with("DROP") {
            done.expect("a superuser may do this");
        }
    }
}
