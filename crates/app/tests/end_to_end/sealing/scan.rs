//! Everything that whoever gets a store can read in it.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

/// Every byte of every file of a data directory, as text.
pub(super) fn files(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        if entry.path().is_dir() {
            all.push_str(&files(&entry.path()));
        } else {
            let bytes = fs::read(entry.path()).expect("it is ours");
            all.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    all
}

/// Every row of every table of a database's schema, as text; bytes as they are, if they are text.
pub(super) fn postgres(database: &str) -> String {
    let (address, schema) = database.split_once("?schema=").expect("the address names a schema");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("there are threads").block_on(rows(address, schema))
}

async fn rows(address: &str, schema: &str) -> String {
    let connected = tokio_postgres::connect(address, tokio_postgres::NoTls).await;
    let (hand, connection) = connected.expect("the server is there");
    tokio::spawn(async move { drop(connection.await) });
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = $1";
    let mut all = String::new();
    for table in hand.query(tables, &[&schema]).await.expect("there are tables") {
        let table = format!("{schema}.{}", table.get::<_, String>(0));
        let sql = format!("SELECT row_to_json(it)::text FROM {table} AS it");
        for row in hand.query(&sql, &[]).await.expect("it is a table") {
            all.push_str(row.get(0));
        }
    }
    let bodies = format!("SELECT encode(gateway_body, 'escape') FROM {schema}.payout");
    for row in hand.query(&bodies, &[]).await.expect("it is a table") {
        all.push_str(row.get(0));
    }
    all
}

/// What a column of the payouts holds, in their order.
pub(super) fn column(file: &Path, column: &str) -> Vec<String> {
    let hand = Connection::open(file).expect("it is a database");
    let mut statement = hand
        .prepare(&format!("SELECT {column} FROM payout ORDER BY seq"))
        .expect("it has that column");
    let cells = statement.query_map((), |row| row.get(0)).expect("it can be read");
    cells.collect::<Result<_, _>>().expect("they are texts")
}

/// Does what a trigger forbids.
pub(super) fn past_the_triggers(file: &Path, trigger: &str, sql: &str) {
    let hand = Connection::open(file).expect("it is a database");
    let text = "SELECT sql FROM sqlite_schema WHERE name = ?1";
    let text: String = hand.query_row(text, [trigger], |row| row.get(0)).expect("it is there");
    hand.execute_batch(&format!("DROP TRIGGER {trigger}; {sql}; {text}")).expect("it is ours");
}
