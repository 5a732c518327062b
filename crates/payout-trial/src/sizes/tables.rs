//! Which rows belong to a payout, and what is exchanged in a clone of them.

use anyhow::{Result, ensure};
use rusqlite::Connection;

/// A table with rows of payouts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// By what a row, `it`, is found to be of a payout: the row of that payout.
    payout: &'static str,
    /// Columns that a clone has of its own, as SQL over `clone` and the row that it is cloned from,
    /// `origin`. A column with nothing is left to SQLite.
    exchanged: &'static [(&'static str, &'static str)],
    /// The order in which clones are written: by time where their keys are, else by key.
    order: &'static str,
}

/// Every table that grows with payouts, those first that others refer to.
pub(super) const TABLES: [Table; 6] = [
    Table {
        name: "payout",
        payout: "it.seq",
        exchanged: &[
            ("seq", "clone.seq"),
            ("id", "clone.id"),
            ("idempotency_key", "clone.key"),
            ("gateway_key", "clone.id_text"),
            ("gateway_payout_id", "clone.provider_name"),
            (
                "gateway_body",
                "CAST(replace(CAST(origin.gateway_body AS TEXT), clone.origin_id_text, \
                 clone.id_text) AS BLOB)",
            ),
            // As the service leaves it when the money can no longer come back.
            ("due_at", "NULL"),
        ],
        order: "clone.seq",
    },
    Table {
        name: "idempotency",
        payout: "it.payout",
        exchanged: &[("key", "clone.key"), ("payout", "clone.seq")],
        order: "clone.key",
    },
    Table {
        name: "payout_event",
        payout: "it.payout",
        exchanged: &[
            ("payout", "clone.seq"),
            (
                "evidence",
                "replace(origin.evidence, clone.origin_provider_text, clone.provider_text)",
            ),
        ],
        order: "clone.seq, origin.version",
    },
    Table {
        name: "payout_attempt",
        payout: "it.payout",
        exchanged: &[("payout", "clone.seq")],
        order: "clone.seq, origin.attempt",
    },
    Table {
        name: "outbox",
        payout: "it.payout",
        exchanged: &[("seq", ""), ("event_id", "clone.told_id"), ("payout", "clone.seq")],
        order: "clone.seq",
    },
    Table {
        name: "inbox",
        payout: "(SELECT seq FROM payout WHERE payout.profile = it.profile \
                 AND payout.gateway_payout_id = it.subject_id)",
        exchanged: &[("event_id", "clone.heard_id"), ("subject_id", "clone.provider_name")],
        order: "clone.seq",
    },
];

impl Table {
    /// Copies the rows that are cloned aside, by their payout.
    pub(super) fn set_aside(&self, connection: &Connection) -> Result<()> {
        let Self { name, payout, .. } = self;
        connection.execute_batch(&format!(
            "CREATE TEMP TABLE origin_{name} AS SELECT {payout} AS origin_payout, it.* \
             FROM main.{name} AS it WHERE {payout} IN (SELECT seq FROM temp.origin); \
             CREATE INDEX temp.origin_{name}_by_payout ON origin_{name} (origin_payout);"
        ))?;
        Ok(())
    }

    /// The statement that writes a row for each clone and each row of its origin.
    pub(super) fn statement(&self, connection: &Connection) -> Result<String> {
        let columns = columns(connection, self.name)?;
        for (column, _) in self.exchanged {
            ensure!(columns.iter().any(|known| known == column), "{}.{column} is gone", self.name);
        }
        Ok(self.write(&columns))
    }

    fn write(&self, columns: &[String]) -> String {
        let written = columns.iter().filter_map(|column| Some((column, self.value(column)?)));
        let (names, values): (Vec<_>, Vec<_>) =
            written.map(|(column, value)| (column.as_str(), value)).unzip();
        let Self { name, order, .. } = self;
        format!(
            "INSERT INTO main.{name} ({}) SELECT {} FROM temp.clone CROSS JOIN \
             temp.origin_{name} AS origin ON origin.origin_payout = clone.origin ORDER BY {order}",
            names.join(", "),
            values.join(", ")
        )
    }

    /// What a clone has in a column: its own, or what its origin has, with times moved.
    fn value(&self, column: &str) -> Option<String> {
        let exchanged = self.exchanged.iter().find(|(name, _)| *name == column);
        match exchanged {
            Some((_, "")) => None,
            Some((_, value)) => Some((*value).to_owned()),
            None if is_a_time(column) => Some(format!("origin.{column} - clone.earlier")),
            None => Some(format!("origin.{column}")),
        }
    }
}

/// By its name, as all times of the schema are named.
fn is_a_time(column: &str) -> bool {
    let others = ["at", "tried_since", "waits_until"];
    column.ends_with("_at") || others.contains(&column)
}

/// The columns of a table that can be written.
fn columns(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_and_times_are_exchanged() {
        let table = Table {
            name: "outbox",
            payout: "it.payout",
            exchanged: &[("seq", ""), ("payout", "clone.seq")],
            order: "clone.seq",
        };
        let columns = ["seq", "payout", "kind", "created_at"].map(str::to_owned);

        assert_eq!(
            table.write(&columns),
            "INSERT INTO main.outbox (payout, kind, created_at) SELECT clone.seq, origin.kind, \
             origin.created_at - clone.earlier FROM temp.clone CROSS JOIN temp.origin_outbox AS \
             origin ON origin.origin_payout = clone.origin ORDER BY clone.seq"
        );
    }
}
