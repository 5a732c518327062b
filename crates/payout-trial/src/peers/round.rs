//! One round: everything once, ours and theirs in turns.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use indicatif::ProgressBar;

use super::house::{House, Rest};
use super::names::{Goal, Scenario};
use super::queue::{self, Pgbench};
use super::simulator::Simulator;
use crate::bench::figure::{Figure, Ratio, Series, micros};
use crate::bench::load::Requests;
use crate::service::{self, Setting};
use crate::stage::Stage;
use crate::store::Store;

/// What has been measured so far.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) figures: BTreeMap<Scenario, Vec<Figure>>,
    pub(super) rests: BTreeMap<Scenario, Vec<Rest>>,
    pub(super) ratios: BTreeMap<Goal, Series>,
}

/// One round.
pub(super) struct Round<'a> {
    pub(super) house: &'a House,
    pub(super) pgbench: &'a Pgbench,
    pub(super) taken: &'a mut Taken,
    pub(super) progress: &'a ProgressBar,
    pub(super) number: usize,
    /// How long each thing is looked at.
    pub(super) span: Duration,
}

/// Ours and theirs, in the order in which they are looked at.
const SIMULATORS: [Scenario; 6] = [
    Scenario::Sandbox,
    Scenario::Prism,
    Scenario::SandboxUnverified,
    Scenario::Mockoon,
    Scenario::SandboxInMemory,
    Scenario::Localstripe,
];

/// The queues of others, by the names that `queue.mjs` gives them.
const QUEUES: [(Scenario, &str); 3] = [
    (Scenario::Graphile, "graphile-worker"),
    (Scenario::GraphileBatches, "graphile-worker-batches"),
    (Scenario::PgBoss, "pg-boss"),
];

/// Jobs for each second that something is looked at.
const JOBS: u64 = 1_500;

/// More pairs a second than this class of machine takes: signed, and without a signature.
const SIGNED_MAX: u64 = 6_000;
const UNSIGNED_MAX: u64 = 20_000;

impl Round<'_> {
    /// Measures everything once.
    pub(super) async fn run(&mut self) -> Result<()> {
        self.tell(Scenario::Serve);
        let rest = self.serve().await?;
        self.taken.rests.entry(Scenario::Serve).or_default().push(rest);
        for scenario in SIMULATORS {
            self.tell(scenario);
            self.simulator(scenario).await?;
        }
        let count = usize::try_from(self.in_span(JOBS))?;
        self.tell(Scenario::Queue);
        let name = format!("queue-{}", self.number);
        let ours = queue::ours(self.house, &name, count).await?;
        self.keep(Scenario::Queue, ours);
        for (scenario, library) in QUEUES {
            self.tell(scenario);
            let theirs = queue::theirs(self.house, library, count).await?;
            self.keep(scenario, theirs);
        }
        self.tell(Scenario::Pgbench);
        let orientation = self.pgbench.run(self.span).await?;
        self.keep(Scenario::Pgbench, orientation);
        self.relate_all();
        Ok(())
    }

    /// Starts a service on an empty store.
    async fn serve(&self) -> Result<Rest> {
        let (stage, address) = (&self.house.stage, Stage::address()?);
        let name = format!("serve-{}", self.number);
        let gateway = &self.house.provider.url;
        let store = Store::Sqlite;
        let setting =
            Setting { name: &name, store: &store, gateway, webhook: None, environment: &[] };
        let mut server = service::launch(stage, address, &setting).start(stage)?;
        Rest::of(&mut server, address, "/v3/payouts").await
    }

    /// Starts a simulator, leaves it alone, and asks it for pairs.
    async fn simulator(&mut self, scenario: Scenario) -> Result<()> {
        let name = format!("{}-{}", scenario.key(), self.number);
        let mut simulator = Simulator::start(self.house, scenario, &name).await?;
        let most = if scenario == Scenario::Sandbox { SIGNED_MAX } else { UNSIGNED_MAX };
        let requests = |count| -> Result<_> {
            Ok(Requests::once(simulator.creates(self.house, usize::try_from(count)?)?))
        };
        let (warm_up, requests) = (requests(self.in_span(most))?, requests(self.in_span(most))?);
        // Whoever compiles while it runs has done so before anything counts.
        simulator.manner.run(&warm_up, self.span).await?;
        let measured = simulator.manner.run(&requests, self.span).await?;
        self.keep(scenario, Figure::of(&measured));
        self.taken.rests.entry(scenario).or_default().push(simulator.rest);
        simulator.server.kill().await
    }

    fn relate_all(&mut self) {
        let rate = |scenario| self.last(scenario).map_or(0, |figure| figure.per_second);
        let rest = |scenario| self.taken.rests.get(&scenario).and_then(|it| it.last()).copied();
        let start = |scenario| rest(scenario).map_or(0, |it| micros(it.start));
        let idle = |scenario| rest(scenario).map_or(0, |it| it.idle_kib);
        let (serve, sandbox, prism) = (Scenario::Serve, Scenario::Sandbox, Scenario::Prism);
        let mut ratios = vec![
            (Goal::StartServe, start(serve), start(prism)),
            (Goal::StartSandbox, start(sandbox), start(prism)),
            (Goal::IdleServe, idle(serve), idle(prism)),
            (Goal::IdleSandbox, idle(sandbox), idle(prism)),
        ];
        for peer in Scenario::SIMULATORS {
            ratios.push((Goal::Verified(peer), rate(sandbox), rate(peer)));
            ratios.push((Goal::Unverified(peer), rate(Scenario::SandboxUnverified), rate(peer)));
            ratios.push((Goal::InMemory(peer), rate(Scenario::SandboxInMemory), rate(peer)));
        }
        for (peer, _) in QUEUES {
            ratios.push((Goal::Queue(peer), rate(Scenario::Queue), rate(peer)));
        }
        for (goal, one, other) in ratios {
            if let Some(ratio) = Ratio::of(one, other) {
                self.taken.ratios.entry(goal).or_default().add(ratio.0);
            }
        }
    }

    fn last(&self, scenario: Scenario) -> Option<&Figure> {
        self.taken.figures.get(&scenario)?.last()
    }

    fn keep(&mut self, scenario: Scenario, figure: Figure) {
        self.taken.figures.entry(scenario).or_default().push(figure);
        self.progress.inc(1);
    }

    fn tell(&self, scenario: Scenario) {
        self.progress.set_message(format!("round {}, {}", self.number, scenario.title()));
    }

    fn in_span(&self, per_second: u64) -> u64 {
        let milliseconds = u64::try_from(self.span.as_millis()).unwrap_or(u64::MAX);
        per_second.saturating_mul(milliseconds).div_euclid(1000).max(1)
    }
}
