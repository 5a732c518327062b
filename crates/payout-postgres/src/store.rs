//! The store, from opening to closing.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::{Client, Config, NoTls};

use crate::connections::Connections;
use crate::lane::Lane;
use crate::payouts::{Acceptances, Changes};
use crate::settings::{self, Session, Settings};
use crate::tls::Tls;
use crate::{Address, OpenError, Password, StoreOptions, schema, sealing_keys};

/// A store in one schema of a PostgreSQL database.
///
/// It is meant to be shared behind an `Arc`. One that is dropped loses nothing that was acknowledged.
#[derive(Debug)]
pub struct PostgresStore {
    pub(crate) connections: Connections,
    pub(crate) acceptances: Lane<Acceptances>,
    pub(crate) changes: Lane<Changes>,
    settings: Settings,
}

impl PostgresStore {
    /// Opens the store, and makes or updates its tables if need be. It must be called within a Tokio
    /// runtime, and lives no longer than that.
    pub async fn open(
        address: &Address,
        password: Option<&Password>,
        options: &StoreOptions,
    ) -> Result<Self, OpenError> {
        let config = config(address, password, options);
        let tls = Tls::of(address)?;
        let session = Arc::new(Session::new(address.schema(), options));
        let settings = prepare(&config, &tls, &session, (address.schema(), options)).await?;
        let connections = Connections::new(config, tls, session, options)?;
        let (group, queue) = (options.group_max.get(), options.queue_max.get());
        Ok(Self {
            acceptances: Lane::start(connections.clone(), group, queue),
            changes: Lane::start(connections.clone(), group, queue),
            connections,
            settings,
        })
    }

    /// Ends the connections that nobody uses. Whatever is asked afterwards is not available.
    pub fn close(&self) {
        self.connections.close();
    }

    /// The settings that the store runs with, as the server reported them when it was opened.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Why the store has stopped writing for good, if it has: a fault in this program. The process
    /// should end. A server that is away does not stop it.
    pub fn stopped(&self) -> Option<&str> {
        let ended = self.acceptances.has_ended() || self.changes.has_ended();
        ended.then_some("a write has panicked")
    }
}

fn config(address: &Address, password: Option<&Password>, options: &StoreOptions) -> Config {
    let mut config = address.config(password);
    config
        .application_name("payout")
        .connect_timeout(options.connect_timeout)
        // A peer that vanished is noticed although nothing is said, and although something is.
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(30))
        .keepalives_interval(Duration::from_secs(10))
        .keepalives_retries(3)
        .tcp_user_timeout(options.answer_timeout);
    if config.get_hosts().len() > 1 {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config
}

/// Looks at the server and brings the schema up to date, on a connection that is closed afterwards.
async fn prepare(
    config: &Config,
    tls: &Tls,
    session: &Session,
    (schema, options): (&str, &StoreOptions),
) -> Result<Settings, OpenError> {
    let mut client = connect(config, tls).await?;
    client.batch_execute(session.sql()).await.map_err(OpenError::of)?;
    let rows = client.query(settings::READ, &[]).await.map_err(OpenError::of)?;
    let settings = settings::read(&rows);
    settings::judge(&settings)?;
    schema::migrate(&mut client, schema).await?;
    sealing_keys::check(&client, &options.sealing).await?;
    Ok(settings)
}

async fn connect(config: &Config, tls: &Tls) -> Result<Client, OpenError> {
    // What ends the connection reaches the client by itself.
    match tls {
        Tls::No => {
            let (client, connection) = config.connect(NoTls).await.map_err(OpenError::of)?;
            tokio::spawn(async move { drop(connection.await) });
            Ok(client)
        }
        Tls::Yes(connector) => {
            let connected = config.connect(connector.clone()).await;
            let (client, connection) = connected.map_err(OpenError::of)?;
            tokio::spawn(async move { drop(connection.await) });
            Ok(client)
        }
    }
}
