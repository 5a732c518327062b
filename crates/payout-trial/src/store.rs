//! The store that the service on trial keeps its payouts in.

/// The store that the service on trial keeps its payouts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// One file below the data directory of the only instance.
    Sqlite,
    /// A database that several instances share.
    Postgres {
        /// Where it is, as `payout serve --database` takes it.
        url: String,
    },
}

impl Store {
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
