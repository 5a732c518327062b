//! The settings on which durability rests.

use std::fmt;
use std::time::Duration;

use tokio_postgres::Row;

use crate::{OpenError, StoreOptions};

/// Older servers are not maintained any more, and not tried by our tests.
const VERSION_MIN: u32 = 150_000;

/// What every connection is asked.
pub(crate) const READ: &str = "SELECT name, current_setting(name, true) FROM unnest(ARRAY[\
     'server_version', 'server_version_num', 'server_encoding', 'fsync', 'full_page_writes', \
     'synchronous_commit', 'data_sync_retry', 'transaction_read_only', \
     'default_transaction_isolation', 'statement_timeout', 'lock_timeout', \
     'idle_in_transaction_session_timeout']) AS name \
     UNION ALL SELECT 'in_recovery', pg_is_in_recovery()::text";

/// What must be so, whatever else is.
const WANTED: [(&str, &str); 5] = [
    // Texts are compared and counted as Rust does it.
    ("server_encoding", "UTF8"),
    // What is committed is on disk, and a page that was torn by a power cut is put together again.
    ("fsync", "on"),
    ("full_page_writes", "on"),
    // To repeat an `fsync` that failed proves nothing; the server must stop instead.
    ("data_sync_retry", "off"),
    ("default_transaction_isolation", "read committed"),
];

/// The settings that a store runs with, as the server itself reports them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings(Vec<Setting>);

/// A setting and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as in PostgreSQL's documentation.
    pub name: String,
    /// Its value, as the server reports it; empty if the server does not know it.
    pub value: String,
}

impl Settings {
    /// Every setting, in a fixed order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Setting> {
        self.0.iter()
    }

    fn value(&self, name: &str) -> &str {
        let setting = self.0.iter().find(|setting| setting.name == name);
        setting.map(|setting| &*setting.value).unwrap_or_default()
    }
}

impl fmt::Display for Settings {
    /// Prints `name=value`, separated by spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Setting { name, value }) in self.0.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{name}={value}")?;
        }
        Ok(())
    }
}

/// What every connection is told first.
#[derive(Clone, Debug)]
pub(crate) struct Session(String);

impl Session {
    /// Tables are looked for in this schema only, and nothing takes for ever.
    pub(crate) fn new(schema: &str, options: &StoreOptions) -> Self {
        Self(format!(
            "SET search_path TO {schema}, pg_temp; \
             SET default_transaction_isolation TO 'read committed'; \
             SET statement_timeout TO {}; SET lock_timeout TO {}; \
             SET idle_in_transaction_session_timeout TO {}",
            milliseconds(options.statement_timeout),
            milliseconds(options.lock_timeout),
            milliseconds(options.idle_in_transaction_timeout),
        ))
    }

    pub(crate) fn sql(&self) -> &str {
        &self.0
    }
}

/// At least one: 0 would mean that there is no limit.
fn milliseconds(span: Duration) -> u128 {
    span.as_millis().clamp(1, i32::MAX.unsigned_abs().into())
}

/// Reads the answer to [`READ`].
pub(crate) fn read(rows: &[Row]) -> Settings {
    let setting = |row: &Row| {
        let value: Option<String> = row.try_get(1).ok().flatten();
        Some(Setting { name: row.try_get(0).ok()?, value: value.unwrap_or_default() })
    };
    Settings(rows.iter().filter_map(setting).collect())
}

/// Refuses a server that could lose what it has acknowledged, or that takes no writes.
pub(crate) fn judge(settings: &Settings) -> Result<(), OpenError> {
    if settings.value("in_recovery") != "false" {
        return Err(OpenError::Standby);
    }
    if settings.value("transaction_read_only") != "off" {
        return Err(OpenError::ReadOnly);
    }
    let version = settings.value("server_version_num").parse().unwrap_or(0_u32);
    if version < VERSION_MIN {
        let found = settings.value("server_version").to_owned();
        return Err(OpenError::TooOld { found });
    }
    for (name, wanted) in WANTED {
        expect(settings, name, wanted, |found| found == wanted)?;
    }
    // `local` does not wait for a standby, but for this server's own disk.
    let durable = ["on", "local", "remote_write", "remote_apply"];
    expect(settings, "synchronous_commit", "on", |found| durable.contains(&found))
}

fn expect(
    settings: &Settings,
    name: &'static str,
    wanted: &'static str,
    is_fine: impl FnOnce(&str) -> bool,
) -> Result<(), OpenError> {
    let found = settings.value(name);
    if is_fine(found) {
        return Ok(());
    }
    Err(OpenError::Settings { name, wanted, found: found.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A careful primary, but for this.
    fn primary_but(name: &str, value: &str) -> Settings {
        let settings = [
            ("server_version", "15.18"),
            ("server_version_num", "150018"),
            ("server_encoding", "UTF8"),
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("synchronous_commit", "on"),
            ("data_sync_retry", "off"),
            ("transaction_read_only", "off"),
            ("default_transaction_isolation", "read committed"),
            ("in_recovery", "false"),
        ];
        let settings = settings.map(|(known, usual)| Setting {
            name: known.to_owned(),
            value: if known == name { value } else { usual }.to_owned(),
        });
        Settings(settings.into())
    }

    #[test]
    fn a_careful_primary_is_taken() {
        for commit in ["on", "local", "remote_write", "remote_apply"] {
            let outcome = judge(&primary_but("synchronous_commit", commit));

            assert!(outcome.is_ok(), "{commit}: {outcome:?}");
        }
    }

    #[test]
    fn a_server_that_could_lose_what_it_acknowledged_is_refused() {
        for (name, value) in [
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("synchronous_commit", "off"),
            ("synchronous_commit", ""),
            ("data_sync_retry", "on"),
            ("server_encoding", "SQL_ASCII"),
        ] {
            let outcome = judge(&primary_but(name, value));

            let refused = outcome.expect_err(name);
            assert!(matches!(refused, OpenError::Settings { .. }), "{refused:?}");
            let said = refused.to_string();
            assert!(said.contains(name) && said.contains("set it to"), "{said}");
        }
    }

    #[test]
    fn a_standby_and_an_old_server_are_refused() {
        let standby = judge(&primary_but("in_recovery", "true"));
        let read_only = judge(&primary_but("transaction_read_only", "on"));
        let old = judge(&primary_but("server_version_num", "140019"));

        assert!(matches!(standby, Err(OpenError::Standby)), "{standby:?}");
        assert!(matches!(read_only, Err(OpenError::ReadOnly)), "{read_only:?}");
        assert!(matches!(old, Err(OpenError::TooOld { .. })), "{old:?}");
    }
}
