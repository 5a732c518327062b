//! A service to be measured, and what is needed to ask it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use payout_domain::ProviderStatus;
use payout_http_client::{
    ApiClient, ClientSecret, Deadlines, Environment, OperatorClient, OperatorConnection,
    PayoutQuery,
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
    /// How it was started, so that it can be started again.
    launch: Launch,
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
    /// Where its webhooks go.
    pub(crate) webhook: Option<&'a str>,
}

/// What the service logs: how its store keeps what it has promised, and whatever goes wrong.
const LOG: &str = "warn,payout::server::database=info";

/// How long all payouts may take to be executed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Who pauses it.
const OPERATOR: &str = "bench";

impl Served {
    /// Starts a service on an empty store, in front of this provider. It sends nothing until it is told
    /// to.
    pub(crate) async fn start(
        stage: &Stage,
        opening: &Opening<'_>,
        store: &Store,
        gateway: &str,
    ) -> Result<Self> {
        Self::start_on(stage, opening, &store.fresh().await?, gateway).await
    }

    /// Starts a service on a store that others may use as well.
    pub(crate) async fn start_on(
        stage: &Stage,
        opening: &Opening<'_>,
        store: &Store,
        gateway: &str,
    ) -> Result<Self> {
        let Opening { binary, name, environment, webhook } = *opening;
        let address = Stage::address()?;
        let log = std::iter::once(("PAYOUT_LOG", LOG));
        let environment = log.chain(environment.iter().copied());
        let environment: Vec<_> =
            environment.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let setting = Setting { name, store, gateway, webhook, environment: &environment };
        let launch = service::launch(stage, address, &setting);
        let launch = Launch { program: Some(binary.to_owned()), ..launch };
        let server = launch.start_ready(stage).await?;
        let operator = operator(stage, name, address).await?;
        let this = Self {
            address,
            server,
            token: token(address).await?,
            store: store.clone(),
            name: name.to_owned(),
            launch,
            operator,
            accepted: AtomicU64::new(0),
        };
        this.pause().await?;
        Ok(this)
    }

    /// Ends it as an operator does, and waits until its store is closed.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        self.server.signal("TERM").await?;
        let status = self.server.ended().await?;
        ensure!(status.success(), "the service did not end well: {}", self.server.last_words());
        Ok(())
    }

    /// Ends it as a crash does.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.server.kill().await
    }

    /// Starts it again on its store, and says how long it took until it was ready.
    pub(crate) async fn restart(&mut self, stage: &Stage, patience: Duration) -> Result<Duration> {
        self.server = self.launch.start(stage)?;
        let announced = tokio::time::timeout(patience, self.server.announced()).await;
        let ready = announced.context("the service was not ready in time")?;
        ready.with_context(|| self.server.last_words())
    }

    /// Gets another token: one lasts for an hour.
    pub(crate) async fn renew_token(&mut self) -> Result<()> {
        self.token = token(self.address).await?;
        Ok(())
    }

    /// Waits until it says that all of this many payouts are executed: an error if it does not in time.
    pub(crate) async fn until_executed(&self, stage: &Stage, count: u64) -> Result<()> {
        let client = service::client(stage, self.address)?;
        let begun = Instant::now();
        loop {
            let executed = executed(&client).await?;
            if executed == count {
                return Ok(());
            }
            let late = begun.elapsed() > PATIENCE;
            ensure!(!late, "of {count} payouts {executed} are executed");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How it is asked.
    pub(crate) fn letterhead(&self) -> Letterhead<'_> {
        Letterhead { address: self.address, token: &self.token }
    }

    /// Lets it send nothing until it is told to.
    pub(crate) async fn pause(&self) -> Result<()> {
        let pause = PauseOrder { because: "what is accepted is measured alone".into() };
        self.operator.pause(&pause).await.context("the service is not paused")?;
        Ok(())
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

/// How many payouts the service says are executed.
async fn executed(client: &ApiClient) -> Result<u64> {
    let mut query = PayoutQuery { limit: Some(100), cursor: None };
    let mut count = 0_u64;
    loop {
        let page = client.payouts(&query).await?.value;
        let executed =
            page.items.iter().filter(|it| matches!(it.status, ProviderStatus::Executed { .. }));
        count = count.saturating_add(u64::try_from(executed.count())?);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(count),
        }
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
