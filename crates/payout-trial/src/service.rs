//! The service on trial: one instance of it, and how it is asked.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use payout_http_client::{ApiClient, Deadlines};

use crate::clock::SystemClock;
use crate::server::{Launch, Server};
use crate::stage::Stage;
use crate::store::Store;

/// One instance of the service, running or not.
pub(crate) struct Instance {
    pub(crate) launch: Launch,
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

/// What an instance is started with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// The name of its data directory.
    pub(crate) name: &'a str,
    pub(crate) store: &'a Store,
    /// The provider.
    pub(crate) gateway: &'a str,
    /// Where webhooks go.
    pub(crate) webhook: Option<&'a str>,
    pub(crate) environment: &'a [(String, String)],
}

/// A question to a service that is killed now and then must not be waited for long.
pub(crate) const DEADLINES: Deadlines =
    Deadlines { connect: Duration::from_secs(1), request: Duration::from_secs(10) };

/// How an instance is started on this address.
pub(crate) fn launch(stage: &Stage, address: SocketAddr, setting: &Setting<'_>) -> Launch {
    let mut arguments: Vec<String> = ["serve", "--json", "--data", setting.name, "--gateway"]
        .iter()
        .map(|word| (*word).to_owned())
        .collect();
    arguments.extend([setting.gateway.to_owned(), "--listen".to_owned(), address.to_string()]);
    if let Some(webhook) = setting.webhook {
        arguments.extend(["--webhook".to_owned(), webhook.to_owned()]);
        arguments.extend(["--private-network".to_owned(), "127.0.0.0/8".to_owned()]);
    }
    arguments.extend(setting.store.arguments());
    arguments.extend(stage.identity());
    let log = stage.path(&format!("{}.log", setting.name));
    Launch { environment: setting.environment.to_vec(), ..Launch::new(arguments, log) }
}

/// A client of the service at this address.
pub(crate) fn client(stage: &Stage, address: SocketAddr) -> Result<ApiClient> {
    let connection = stage.connection(&url(address), DEADLINES)?;
    Ok(ApiClient::new(&connection, Arc::new(SystemClock))?)
}

/// Where a server at this address is found.
pub(crate) fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

impl Instance {
    /// Starts an instance and does not wait until it is ready.
    pub(crate) fn start(stage: &Stage, address: SocketAddr, setting: &Setting<'_>) -> Result<Self> {
        let launch = launch(stage, address, setting);
        let server = launch.start(stage)?;
        Ok(Self { launch, server, address })
    }

    /// Ends it as a crash does, and starts it again on the same store.
    pub(crate) async fn crash(&mut self, stage: &Stage) -> Result<()> {
        self.server.kill().await?;
        self.server = self.launch.start(stage)?;
        Ok(())
    }
}
