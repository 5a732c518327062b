//! The store that the service on trial keeps its payouts in.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// The store that the service on trial keeps its payouts in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Store {
    /// One file below the data directory of the only instance.
    #[default]
    Sqlite,
    /// A database that several instances share.
    Postgres {
        /// Where it is, as `payout serve --database` takes it.
        url: String,
    },
}

/// Databases that this process has made.
static MADE: AtomicU64 = AtomicU64::new(0);

impl Store {
    /// An empty store of the same kind: a database of its own on the same server.
    pub(crate) async fn fresh(&self) -> Result<Self> {
        let Self::Postgres { url } = self else { return Ok(Self::Sqlite) };
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("trial_{}_{number}", std::process::id());
        let (server, _) = url.rsplit_once('/').context("a database's URL ends with its name")?;
        let order = format!("CREATE DATABASE {name}");
        let made = Command::new("psql").args(["-q", "-d", url, "-c", &order]).status().await;
        ensure!(made.context("`psql` cannot be started")?.success(), "`psql` made no database");
        Ok(Self::Postgres { url: format!("{server}/{name}") })
    }

    /// What `payout serve` is told.
    pub(crate) fn arguments(&self) -> Vec<String> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres { url } => vec!["--database".to_owned(), url.clone()],
        }
    }

    /// Its name, as the command line spells it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres { .. } => "postgres",
        }
    }
}
