//! A provider, a service in front of it, and a client who keeps books.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use payout_domain::{GatewayPayoutId, ProviderStatus};
use payout_http_client::{ApiClient, JwksCache, PrivateNetworks};

use crate::audit::{Auditor, ask};
use crate::clock::SystemClock;
use crate::finding::{Findings, Kind};
use crate::ledger::Ledger;
use crate::load::{may_be_asked_again, order};
use crate::provider::{Book, PaidIn, Provider};
use crate::receiver::Receiver;
use crate::service::{self, Instance, Setting};
use crate::stage::Stage;
use crate::store::Store;

/// A provider, a service in front of it, and a client who keeps books.
pub(crate) struct World {
    pub(crate) provider: Arc<Provider>,
    pub(crate) findings: Arc<Findings>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) auditor: Auditor,
    pub(crate) instances: Vec<Instance>,
    pub(crate) clients: Vec<Arc<ApiClient>>,
    /// A user who has paid in.
    pub(crate) user: PaidIn,
}

/// What a world is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    pub(crate) store: Store,
    pub(crate) instances: usize,
    /// More arguments of the provider.
    pub(crate) provider: Vec<String>,
    /// Whether the provider tells the service nothing unasked.
    pub(crate) deaf: bool,
    /// The environment of the service.
    pub(crate) environment: Vec<(String, String)>,
}

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(45);

impl World {
    /// A world whose services are ready.
    pub(crate) async fn open(stage: &Stage, setup: &Setup) -> Result<Self> {
        let mut world = Self::furnish(stage, setup).await?;
        for instance in &mut world.instances {
            instance.server.until_ready().await?;
        }
        Ok(world)
    }

    /// A world whose services have just been started.
    async fn furnish(stage: &Stage, setup: &Setup) -> Result<Self> {
        let addresses: Vec<_> = (0..setup.instances.max(1)).map(|_| Stage::address()).collect();
        let addresses = addresses.into_iter().collect::<Result<Vec<SocketAddr>>>()?;
        let first = *addresses.first().context("a world has a service")?;
        let hook = format!("{}/webhooks", service::url(first));
        let more = setup.provider.iter().map(String::as_str);
        let hint = (!setup.deaf).then_some(["--webhook", hook.as_str()]);
        let more: Vec<_> = hint.into_iter().flatten().chain(more).collect();
        let provider = Arc::new(Provider::start(stage, "provider", &more).await?);
        let receiver = Receiver::listen().await?;
        let store = setup.store.fresh().await?;
        let mut instances = Vec::new();
        for (number, address) in addresses.iter().enumerate() {
            let name = format!("service-{number}");
            let setting = Setting {
                name: &name,
                store: &store,
                gateway: &provider.url,
                webhook: Some(receiver.url()),
                environment: &setup.environment,
            };
            instances.push(Instance::start(stage, *address, &setting)?);
        }
        let clients =
            addresses.iter().map(|address| service::client(stage, *address).map(Arc::new));
        let clients = clients.collect::<Result<Vec<_>>>()?;
        let user = provider.paid_in("sam").await?;
        let jwks: Vec<_> =
            addresses.iter().map(|a| format!("{}/.well-known/jwks", service::url(*a))).collect();
        let findings = Arc::new(Findings::default());
        let ledger = Arc::new(Ledger::default());
        let auditor = Auditor {
            service: Arc::clone(clients.first().context("a world has a service")?),
            provider: Arc::clone(&provider),
            ledger: Arc::clone(&ledger),
            findings: Arc::clone(&findings),
            receiver: Some(receiver),
            keys: JwksCache::new(
                jwks.iter().map(String::as_str),
                &PrivateNetworks::default(),
                Arc::new(SystemClock),
            )?,
            account: user.merchant_account,
            returns: !setup.deaf,
            book: Book::default(),
        };
        Ok(Self { provider, findings, ledger, auditor, instances, clients, user })
    }

    /// The only instance of the service.
    pub(crate) fn service(&mut self) -> Result<&mut Instance> {
        self.instances.first_mut().context("a world has a service")
    }

    /// The client of the only instance.
    pub(crate) fn client(&self) -> &Arc<ApiClient> {
        &self.auditor.service
    }

    /// Notes that a payout is wanted, and gives its number.
    pub(crate) fn want(&self, name: &str) -> Result<usize> {
        let count = u64::try_from(self.ledger.all().len())?;
        Ok(self.ledger.intend(name.parse()?, order(&self.user, 0, count)?))
    }

    /// Asks once for what is wanted; `None` if it may be asked for again.
    pub(crate) async fn ask_once(&self, number: usize) -> Result<Option<GatewayPayoutId>> {
        let (key, order) = self.ledger.request(number).context("it is wanted")?;
        match self.client().create_payout(&order, &key).await {
            Ok(reply) => {
                self.ledger.acknowledge(number, reply.value, &self.findings);
                Ok(Some(reply.value))
            }
            Err(error) if may_be_asked_again(&error) => Ok(None),
            Err(error) => {
                self.findings.add(Kind::Refused, format!("{}: {error}", key.as_str()));
                Ok(None)
            }
        }
    }

    /// Asks for what is wanted until it is acknowledged.
    pub(crate) async fn ask_for(&self, number: usize) -> Result<GatewayPayoutId> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(id) = self.ask_once(number).await? {
                return Ok(id);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the service accepts nothing")
    }

    /// Waits until the service says that a payout is executed; says whether it did in time.
    pub(crate) async fn until_executed(&self, id: GatewayPayoutId, patience: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            let payout = ask(async || self.client().payout(id).await).await;
            if let Ok(reply) = payout
                && let ProviderStatus::Executed { .. } = reply.value.status
            {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
}
