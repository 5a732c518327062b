//! A service to be measured, and what is needed to ask it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use payout_http_client::{
    ClientSecret, Deadlines, Environment, OperatorClient, OperatorConnection,
};
use payout_wire::operator::PauseOrder;
use payout_wire::token::TokenResponse;
use serde_json::Value as Json;

use super::line::Line;
use super::request::{self, Letterhead};
use crate::clock::SystemClock;
use crate::provider::PaidIn;
use crate::server::{Launch, Server};
use crate::service::{self, Setting};
use crate::stage::Stage;
use crate::store::Store;

/// A service whose figures are taken: alone in a directory, on an empty store.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) server: Server,
    /// A token of the client that may use it.
    pub(crate) token: String,
    pub(crate) store: Store,
    pub(crate) name: String,
    operator: OperatorClient,
    /// How many payouts it has accepted.
    accepted: AtomicU64,
}

/// What a service is, beside its store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening<'a> {
    pub(crate) binary: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) environment: &'a [(&'a str, &'a str)],
}

/// What the service logs: how its store keeps what it has promised, and whatever goes wrong.
const LOG: &str = "warn,payout::server::database=info";

/// Who pauses it.
const OPERATOR: &str = "bench";

impl Served {
    /// Starts a service in front of this provider. It sends nothing until it is told to.
    pub(crate) async fn start(
        stage: &Stage,
        opening: &Opening<'_>,
        store: &Store,
        gateway: &str,
    ) -> Result<Self> {
        let Opening { binary, name, environment } = *opening;
        let address = Stage::address()?;
        let store = store.fresh().await?;
        let log = std::iter::once(("PAYOUT_LOG", LOG));
        let environment = log.chain(environment.iter().copied());
        let environment: Vec<_> =
            environment.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let setting =
            Setting { name, store: &store, gateway, webhook: None, environment: &environment };
        let launch = service::launch(stage, address, &setting);
        let launch = Launch { program: Some(binary.to_owned()), ..launch };
        let server = launch.start_ready(stage).await?;
        let operator = operator(stage, name, address).await?;
        let pause = PauseOrder { because: "what is accepted is measured alone".into() };
        operator.pause(&pause).await.context("the service is not paused")?;
        let token = token(address).await?;
        Ok(Self {
            address,
            server,
            token,
            store,
            name: name.to_owned(),
            operator,
            accepted: AtomicU64::new(0),
        })
    }

    /// How it is asked.
    pub(crate) fn letterhead(&self) -> Letterhead<'_> {
        Letterhead { address: self.address, token: &self.token }
    }

    /// Lets it send what it has accepted.
    pub(crate) async fn resume(&self) -> Result<()> {
        self.operator.resume().await?;
        Ok(())
    }

    /// Lets it accept one payout, so that it knows the user and has met everything once.
    pub(crate) async fn warm_up(&self, stage: &Stage, user: &PaidIn) -> Result<()> {
        let requests = self.letterhead().creates(stage.signing_key(), user, 1)?;
        let request = requests.first().context("one was made")?;
        let answer = Line::open(self.address).await?.ask(request).await?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 202, "the first payout was answered {}: {text}", answer.status);
        self.note(1);
        Ok(())
    }

    /// What its store has read back of how it keeps what it has promised.
    pub(crate) fn durability(&self, stage: &Stage) -> String {
        let log = std::fs::read_to_string(stage.path(&format!("{}.log", self.name)));
        let log = log.unwrap_or_default();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
        let mut said = lines.filter_map(|line| line.get("settings")?.as_str().map(str::to_owned));
        said.next_back().unwrap_or_else(|| "it has said nothing".to_owned())
    }

    /// Notes that it has accepted more.
    pub(crate) fn note(&self, accepted: u64) {
        self.accepted.fetch_add(accepted, Ordering::Relaxed);
    }

    /// How many payouts it has accepted.
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }
}

/// A token of the client that both servers let in.
pub(crate) async fn token(address: SocketAddr) -> Result<String> {
    let asked = request::token(address, &Stage::token_request());
    let answer = Line::open(address).await?.ask(&asked).await?;
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 200, "no token: {text}");
    Ok(TokenResponse::parse(&answer.body)?.access_token().to_owned())
}

/// Makes an operator by the binary's own verb.
async fn operator(stage: &Stage, name: &str, address: SocketAddr) -> Result<OperatorClient> {
    let file = stage.path(&format!("{name}-operator.secret"));
    let mut command = stage.command(stage.binary());
    command.args(["operator", "add", OPERATOR, "--quiet", "--data", name, "--secret-file"]);
    let output = command.arg(&file).output().await.context("the binary cannot be started")?;
    ensure!(output.status.success(), "no operator: {}", String::from_utf8_lossy(&output.stderr));
    let secret = std::fs::read_to_string(&file)?;
    let connection = OperatorConnection {
        environment: Environment::at(&service::url(address))?,
        name: OPERATOR.parse()?,
        secret: ClientSecret::new(secret.trim()),
        deadlines: Deadlines::default(),
    };
    Ok(OperatorClient::new(connection, Arc::new(SystemClock))?)
}
