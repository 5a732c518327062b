//! Everything that runs while something is measured.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::limits::Cryptography;
use super::quick_provider::QuickProvider;
use super::served::{Opening, Served};
use crate::provider::{PaidIn, Provider};
use crate::server::{Launch, Server};
use crate::stage::Stage;
use crate::store::Store;

/// What a bench is made of.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) binary: PathBuf,
    /// The same without its look at signatures; what costs the rest cannot be seen otherwise.
    pub(super) unverified: Option<PathBuf>,
    /// Where there is a `PostgreSQL` server.
    pub(super) database: Option<String>,
}

/// Everything that runs while something is measured: a sandbox, quick providers in front of it, and a
/// service for each store.
pub(super) struct House {
    pub(super) stage: Stage,
    pub(super) cryptography: Cryptography,
    pub(super) user: PaidIn,
    pub(super) sqlite: Served,
    pub(super) postgres: Option<Served>,
    /// The same two, which verify by tables.
    pub(super) sqlite_tables: Served,
    pub(super) postgres_tables: Option<Served>,
    pub(super) unverified: Option<Served>,
    pub(super) bare: Bare,
    sandbox: SocketAddr,
    _provider: Provider,
    _at_once: QuickProvider,
}

/// The HTTP library alone, in a process of its own.
pub(super) struct Bare {
    pub(super) address: SocketAddr,
    pub(super) server: Server,
}

/// A service that sends, and the provider that it sends to.
pub(super) struct Dispatching {
    pub(super) served: Served,
    pub(super) provider: QuickProvider,
}

/// Instances that share a database, and the provider that they send to.
pub(super) struct Crew {
    pub(super) served: Vec<Served>,
    pub(super) provider: QuickProvider,
}

/// Makes a service verify by tables.
const BY_TABLES: [(&str, &str); 1] = [("PAYOUT_SERVE_SIGNATURE_VERIFIER", "tables")];

impl House {
    /// Starts it all.
    pub(super) async fn open(setup: &Setup) -> Result<Self> {
        let stage = Stage::new(&setup.binary)?;
        let provider = Provider::start(&stage, "provider", &[]).await?;
        let user = provider.paid_in("sam").await?;
        let sandbox = provider.url.trim_start_matches("http://").parse()?;
        let at_once = QuickProvider::start(sandbox, Duration::ZERO).await?;
        let gateway = format!("http://{}", at_once.address);
        let opening =
            |name| Opening { binary: &setup.binary, name, environment: &[], webhook: None };
        let sqlite = Served::start(&stage, &opening("sqlite"), &Store::Sqlite, &gateway).await?;
        let by_tables = Opening { environment: &BY_TABLES, ..opening("sqlite-tables") };
        let sqlite_tables = Served::start(&stage, &by_tables, &Store::Sqlite, &gateway).await?;
        let (mut postgres, mut postgres_tables) = (None, None);
        if let Some(url) = &setup.database {
            let store = Store::Postgres { url: url.clone() };
            let by_tables = Opening { environment: &BY_TABLES, ..opening("postgres-tables") };
            let library = opening("postgres");
            postgres = Some(Served::start(&stage, &library, &store, &gateway).await?);
            postgres_tables = Some(Served::start(&stage, &by_tables, &store, &gateway).await?);
        }
        let unverified = match &setup.unverified {
            Some(binary) => {
                let opening = Opening { binary, ..opening("unverified") };
                Some(Served::start(&stage, &opening, &Store::Sqlite, &gateway).await?)
            }
            None => None,
        };
        let bare = Bare::start(&stage).await?;
        let cryptography = Cryptography::new()?;
        let house = Self {
            stage,
            cryptography,
            user,
            sqlite,
            postgres,
            sqlite_tables,
            postgres_tables,
            unverified,
            bare,
            sandbox,
            _provider: provider,
            _at_once: at_once,
        };
        for served in house.services() {
            served.warm_up(&house.stage, &house.user).await?;
        }
        Ok(house)
    }

    /// A fresh service in front of a provider that takes this long, which tells its client at this
    /// address.
    pub(super) async fn dispatching(
        &self,
        name: &str,
        delay: Duration,
        webhook: Option<&str>,
    ) -> Result<Dispatching> {
        let provider = QuickProvider::start(self.sandbox, delay).await?;
        let gateway = format!("http://{}", provider.address);
        let binary = self.stage.binary();
        let opening = Opening { binary, name, environment: &[], webhook };
        let served = Served::start(&self.stage, &opening, &Store::Sqlite, &gateway).await?;
        served.warm_up(&self.stage, &self.user).await?;
        Ok(Dispatching { served, provider })
    }

    /// This many instances on one fresh database, in front of one quick provider; `None` where there is
    /// no `PostgreSQL` server.
    pub(super) async fn crew(&self, name: &str, instances: usize) -> Result<Option<Crew>> {
        let Some(postgres) = &self.postgres else { return Ok(None) };
        let provider = QuickProvider::start(self.sandbox, Duration::ZERO).await?;
        let gateway = format!("http://{}", provider.address);
        let store = postgres.store.fresh().await?;
        let mut served = Vec::new();
        for number in 0..instances {
            let (binary, name) = (self.stage.binary(), format!("{name}-{number}"));
            let opening = Opening { binary, name: &name, environment: &[], webhook: None };
            served.push(Served::start_on(&self.stage, &opening, &store, &gateway).await?);
        }
        for instance in &served {
            instance.warm_up(&self.stage, &self.user).await?;
        }
        Ok(Some(Crew { served, provider }))
    }

    /// The services that are measured, by their names.
    pub(super) fn services(&self) -> impl Iterator<Item = &Served> {
        let always = [&self.sqlite, &self.sqlite_tables];
        let others = [&self.postgres, &self.postgres_tables, &self.unverified];
        always.into_iter().chain(others.into_iter().flatten())
    }
}

impl Bare {
    async fn start(stage: &Stage) -> Result<Self> {
        let own = std::env::current_exe().context("we know where we lie")?;
        let address = Stage::address()?;
        let arguments = vec!["bare-http".to_owned(), address.to_string()];
        let log = stage.path("bare-http.log");
        let launch = Launch { program: Some(own), ..Launch::new(arguments, log) };
        Ok(Self { address, server: launch.start_ready(stage).await? })
    }
}

/// How many bytes the database in a data directory has, its log included.
pub(crate) fn bytes_in(directory: &Path) -> Result<u64> {
    let mut total = 0_u64;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() && entry.file_name().to_string_lossy().starts_with("payout.sqlite") {
            total = total.saturating_add(metadata.len());
        }
    }
    Ok(total)
}
