//! Everything that runs while something is measured.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::limits::Cryptography;
use super::quick_provider::QuickProvider;
use super::served::Served;
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

impl House {
    /// Starts it all.
    pub(super) async fn open(setup: &Setup) -> Result<Self> {
        let stage = Stage::new(&setup.binary)?;
        let provider = Provider::start(&stage, "provider", &[]).await?;
        let user = provider.paid_in("sam").await?;
        let sandbox = provider.url.trim_start_matches("http://").parse()?;
        let at_once = QuickProvider::start(sandbox, Duration::ZERO).await?;
        let gateway = format!("http://{}", at_once.address);
        let sqlite =
            Served::start(&stage, &setup.binary, "sqlite", &Store::Sqlite, &gateway).await?;
        let postgres = match &setup.database {
            Some(url) => {
                let store = Store::Postgres { url: url.clone() };
                Some(Served::start(&stage, &setup.binary, "postgres", &store, &gateway).await?)
            }
            None => None,
        };
        let unverified = match &setup.unverified {
            Some(binary) => {
                Some(Served::start(&stage, binary, "unverified", &Store::Sqlite, &gateway).await?)
            }
            None => None,
        };
        for served in [Some(&sqlite), postgres.as_ref(), unverified.as_ref()].into_iter().flatten()
        {
            served.warm_up(&stage, &user).await?;
        }
        let bare = Bare::start(&stage).await?;
        let cryptography = Cryptography::new()?;
        Ok(Self {
            stage,
            cryptography,
            user,
            sqlite,
            postgres,
            unverified,
            bare,
            sandbox,
            _provider: provider,
            _at_once: at_once,
        })
    }

    /// A fresh service in front of a provider that takes this long.
    pub(super) async fn dispatching(&self, name: &str, delay: Duration) -> Result<Dispatching> {
        let provider = QuickProvider::start(self.sandbox, delay).await?;
        let gateway = format!("http://{}", provider.address);
        let served =
            Served::start(&self.stage, self.stage.binary(), name, &Store::Sqlite, &gateway).await?;
        Ok(Dispatching { served, provider })
    }

    /// The services that are measured, by their names.
    pub(super) fn services(&self) -> impl Iterator<Item = &Served> {
        [Some(&self.sqlite), self.postgres.as_ref(), self.unverified.as_ref()].into_iter().flatten()
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
pub(super) fn bytes_in(directory: &Path) -> Result<u64> {
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
