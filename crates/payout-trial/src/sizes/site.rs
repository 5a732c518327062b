//! One service that is measured: what it stands on, and the payouts that have lived through it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use payout_domain::GatewayPayoutId;

use super::fill::{self, Filled};
use super::ground::Ground;
use super::known::{self, Known};
use crate::bench::load::{Load, Requests};
use crate::bench::quick_provider::QuickProvider;
use crate::bench::served::{Opening, Served};
use crate::random::Random;
use crate::receiver::Receiver;
use crate::store::Store;

/// A service on a store of its own, in front of a provider of its own. It sends nothing until it is
/// told to.
pub(super) struct Site {
    pub(super) served: Served,
    pub(super) provider: QuickProvider,
    /// Where it tells its client what has become of payouts.
    pub(super) receiver: Receiver,
    /// The requests by which the oldest payouts were asked for.
    pub(super) oldest: Arc<Requests>,
    /// Some of its payouts that have ended, drawn by chance.
    pub(super) known: Vec<Known>,
}

/// How many payouts live through each service before anything is measured; from them others are
/// cloned.
pub(super) const LIVES: u64 = 1_000;

/// How many payouts are drawn to be asked for.
const KNOWN: usize = 2_000;

/// How many do one thing at a time while nothing is measured.
const CONNECTIONS: usize = 64;

/// How long anything may take that is waited for while nothing is measured.
const PATIENCE: Duration = Duration::from_mins(3);

/// How long a service may take to start: after a crash it reads its whole store.
const START_PATIENCE: Duration = Duration::from_mins(30);

impl Site {
    /// Starts a service and lets payouts live through it: accepted, sent, asked after, told to the
    /// client, and told by the provider.
    pub(super) async fn open(ground: &Ground, name: &str) -> Result<Self> {
        let provider = QuickProvider::start(ground.sandbox, Duration::ZERO).await?;
        let receiver = Receiver::listen().await?;
        let (binary, webhook) = (ground.stage.binary(), Some(receiver.url()));
        let opening = Opening { binary, name, environment: &[], webhook };
        let gateway = format!("http://{}", provider.address);
        let served = Served::start(&ground.stage, &opening, &Store::Sqlite, &gateway).await?;
        let oldest = Requests::once(Vec::new());
        let mut site = Self { served, provider, receiver, oldest, known: Vec::new() };
        let lives = site.accept(ground, LIVES).await?;
        site.oldest = lives.replayed(usize::try_from(LIVES)?);
        site.served.resume().await?;
        site.until_told(LIVES).await?;
        site.hear_of_all().await?;
        site.served.pause().await?;
        Ok(site)
    }

    /// Lets it accept this many payouts, and gives the requests by which they were asked for.
    pub(super) async fn accept(&self, ground: &Ground, count: u64) -> Result<Arc<Requests>> {
        let (key, user) = (ground.stage.signing_key(), &ground.user);
        let made = self.served.letterhead().creates(key, user, usize::try_from(count)?)?;
        let made = made.into_iter().take(usize::try_from(count)?).collect();
        let requests = Requests::once(made);
        let load = Load { span: PATIENCE, ..self.load(202) };
        let accepted = load.run(&requests).await?.count;
        ensure!(accepted == count, "{accepted} of {count} payouts were accepted");
        self.served.note(accepted);
        Ok(requests)
    }

    /// Waits until the client has been told the end of this many payouts, each a different one.
    pub(super) async fn until_told(&self, count: u64) -> Result<()> {
        let begun = Instant::now();
        // To look at all of them takes long, so they are counted first; some may be told twice.
        loop {
            let told = self.receiver.deliveries();
            if told >= count && u64::try_from(self.receiver.by_payout().len())? >= count {
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE, "the client is told {told} times of {count} ends");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Fills its store up with clones of what it has lived through, while it is stopped, and says how
    /// long it took to be ready again.
    pub(super) async fn fill(
        &mut self,
        ground: &Ground,
        payouts: u64,
    ) -> Result<(Filled, Duration)> {
        self.served.stop().await?;
        let database = self.database(ground);
        let filling = tokio::task::spawn_blocking(move || fill::fill(&database, payouts));
        let filled = filling.await??;
        let mut random = Random::new(crate::clock::seed());
        self.known = known::draw(&self.database(ground), KNOWN, &mut random)?;
        for known in &self.known {
            self.provider.remember(known.provider_name, &known.words);
        }
        Ok((filled, self.start_again(ground).await?))
    }

    /// Stops it in order and starts it again; says how long it took to be ready.
    pub(super) async fn restart(&mut self, ground: &Ground) -> Result<Duration> {
        self.served.stop().await?;
        self.start_again(ground).await
    }

    /// Ends it as a crash does and starts it again; says how long it took to be ready.
    pub(super) async fn crash(&mut self, ground: &Ground) -> Result<Duration> {
        self.served.kill().await?;
        self.start_again(ground).await
    }

    /// How it is asked: as many at a time as keep it busy, each answered so.
    pub(super) fn load(&self, status: u16) -> Load {
        Load::new(self.served.address, self.served.server.pid(), CONNECTIONS, status)
    }

    /// As many events, which the provider tells of these payouts in turn, signed.
    pub(super) fn events(&self, payouts: &[GatewayPayoutId], count: usize) -> Result<Vec<Vec<u8>>> {
        self.served.letterhead().events(&self.provider, payouts, count)
    }

    /// Where it keeps everything.
    pub(super) fn directory(&self, ground: &Ground) -> PathBuf {
        ground.stage.path(&self.served.name)
    }

    async fn start_again(&mut self, ground: &Ground) -> Result<Duration> {
        let ready = self.served.restart(&ground.stage, START_PATIENCE).await?;
        self.served.renew_token().await?;
        Ok(ready)
    }

    fn database(&self, ground: &Ground) -> PathBuf {
        self.directory(ground).join("payout.sqlite")
    }

    /// Lets the provider tell of every payout that it has taken, and waits until each event was
    /// followed.
    async fn hear_of_all(&self) -> Result<()> {
        let payouts = self.provider.payouts();
        let events = self.events(&payouts, payouts.len())?;
        let asked = self.provider.counts().asked.saturating_add(u64::try_from(events.len())?);
        let load = Load { span: PATIENCE, ..self.load(202) };
        load.run(&Requests::once(events)).await?;
        let until = self.provider.until(|counts| counts.asked >= asked);
        tokio::time::timeout(PATIENCE, until).await.context("the events are not followed")?;
        Ok(())
    }
}
