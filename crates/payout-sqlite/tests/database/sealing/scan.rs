//! All that whoever gets the file can read in it.

use rusqlite::types::Value;

use crate::by_hand::{Database, connect};

/// Every cell of every table but the merchant's own accounts, as text.
pub(super) fn texts(database: &Database) -> String {
    let hand = connect(database.directory.path());
    let tables: Vec<String> = database.read(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'merchant_account'",
        |row| row.get(0),
    );
    let mut all = String::new();
    for table in tables {
        let mut statement = hand.prepare(&format!("SELECT * FROM {table}")).expect("it is one");
        let columns = statement.column_count();
        let mut rows = statement.query(()).expect("it can be read");
        while let Some(row) = rows.next().expect("it can be read") {
            for column in 0..columns {
                match row.get(column).expect("it is there") {
                    Value::Text(text) => all.push_str(&text),
                    Value::Blob(bytes) => all.push_str(&String::from_utf8_lossy(&bytes)),
                    Value::Null | Value::Integer(_) | Value::Real(_) => {}
                }
                all.push('\n');
            }
        }
    }
    all
}
