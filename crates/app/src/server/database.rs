//! What a server keeps its payouts in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use payout_ports::Sealing;
use payout_postgres::{Address, OpenError, Password, PostgresStore};
use payout_sqlite::SqliteStore;
use secrecy::ExposeSecret as _;

use crate::cli::ServeArgs;
use crate::credentials::read_secret;
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::sealer::sealing;
use crate::settings::{Settings, Value};
use crate::wiring::Stores;

/// What a server keeps its payouts in.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// A file, for one process.
    File(Arc<SqliteStore>),
    /// A server, for several instances.
    Shared(Arc<PostgresStore>),
}

impl Database {
    /// Opens the one that is configured: a `PostgreSQL` database, else a file in this directory.
    pub(crate) async fn open(
        args: &ServeArgs,
        settings: &Settings,
        directory: &Path,
    ) -> Result<Self, Failure> {
        let sealing = sealing(settings, directory)?;
        let flag = args.database.clone().map(|address| ("database", vec![address]));
        match settings.value("serve.database", flag) {
            Some(value) => Self::open_shared(&address(&value)?, settings, sealing).await,
            None => Self::open_file(directory, sealing),
        }
    }

    /// Opens the file in this directory.
    pub(crate) fn open_file(directory: &Path, sealing: Sealing) -> Result<Self, Failure> {
        let options = payout_sqlite::StoreOptions { sealing, ..Default::default() };
        let store = SqliteStore::open(directory, &options);
        let store = store.map_err(|error| Failure::configuration(chain(&error)))?;
        let all = store.settings().iter();
        let settings: Vec<_> = all.map(|it| format!("{}={}", it.name, it.value)).collect();
        tracing::info!(settings = settings.join(" "), "the store is open");
        Ok(Self::File(Arc::new(store)))
    }

    async fn open_shared(
        address: &Address,
        settings: &Settings,
        sealing: Sealing,
    ) -> Result<Self, Failure> {
        let password = password(settings)?;
        let options = payout_postgres::StoreOptions { sealing, ..Default::default() };
        let store = PostgresStore::open(address, password.as_ref(), &options).await;
        let store = store.map_err(|error| refused(address, &error))?;
        tracing::info!(%address, settings = %store.settings(), "the store is open");
        Ok(Self::Shared(Arc::new(store)))
    }

    /// The store behind its ports.
    pub(crate) fn stores(&self) -> Stores {
        match self {
            Self::File(store) => Stores::of(store),
            Self::Shared(store) => Stores::of(store),
        }
    }

    /// Why it can no longer be written, if it has stopped for good.
    pub(crate) fn stopped(&self) -> Option<&str> {
        match self {
            Self::File(store) => store.stopped(),
            Self::Shared(store) => store.stopped(),
        }
    }

    /// Closes it in order.
    pub(crate) async fn close(&self) -> Result<(), Failure> {
        match self {
            Self::File(store) => {
                store.close().await.map_err(|error| Failure::failed("store", &error))
            }
            Self::Shared(store) => {
                store.close();
                Ok(())
            }
        }
    }
}

/// What is wrong with an address is said without the address: there may be a password in it.
fn address(value: &Value) -> Result<Address, Failure> {
    let text = value.texts.first().map(String::as_str).unwrap_or_default();
    let wrong = |error| Failure::configuration(format!("{}: {}", value.origin, chain(&error)));
    text.parse().map_err(wrong)
}

/// The password of the database's user: of the file, else of the environment.
fn password(settings: &Settings) -> Result<Option<Password>, Failure> {
    if let Some(path) = settings.get::<PathBuf>("serve.database_password_file", None)? {
        return Ok(Some(Password::new(read_secret(&path)?.expose_secret())));
    }
    let password: Option<String> = settings.get("serve.database_password", None)?;
    Ok(password.as_deref().map(Password::new))
}

fn refused(address: &Address, error: &OpenError) -> Failure {
    let exit = match error {
        OpenError::Unreachable(_) | OpenError::Locked(_) => Exit::Unavailable,
        OpenError::NotLetIn(_)
        | OpenError::NoDatabase(_)
        | OpenError::Tls(_)
        | OpenError::Standby
        | OpenError::ReadOnly
        | OpenError::TooOld { .. }
        | OpenError::Settings { .. }
        | OpenError::NoRight(_)
        | OpenError::NewerSchema { .. }
        | OpenError::NotOurs
        | OpenError::Changed { .. }
        | OpenError::Sealed(_)
        | OpenError::Failed(_) => Exit::Configuration,
    };
    Failure::new(exit, format!("{address}: {}", chain(error)))
}
