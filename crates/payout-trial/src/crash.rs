//! Kills without end: nothing that was acknowledged is lost, and nothing is paid twice.

mod moment;
mod report;

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use payout_domain::Timestamp;
use payout_ports::Clock as _;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::audit::Ends;
use crate::clock::SystemClock;
use crate::figures::Spans;
use crate::finding::Kind;
use crate::load::Load;
use crate::random::Random;
use crate::receiver::Receiver;
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

use moment::Moment;
pub(crate) use report::Report;

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) store: Store,
    pub(crate) kills: u64,
    pub(crate) instances: usize,
    pub(crate) seed: u64,
    /// One kill in this span; as fast as it goes if nothing is said.
    pub(crate) every: Option<Duration>,
    /// By which program the database server is killed, once in how many kills.
    pub(crate) database: Option<(PathBuf, u64)>,
    /// For how long the last payouts may be waited for.
    pub(crate) patience: Duration,
}

/// How many users want payouts at the same time.
const USERS: usize = 4;

/// The longest rest between two payouts of one user.
const REST: Duration = Duration::from_millis(20);

/// After so many kills everything is audited.
const AUDIT_EVERY: u64 = 100;

/// A run on its way.
struct Run<'a> {
    stage: &'a Stage,
    plan: &'a Plan,
    random: Random,
    world: World,
    load: Arc<Load>,
    starts: Spans,
    database_kills: u64,
    /// When a life ended whose successor was spared, and when the successor was killed.
    spared: Vec<(Timestamp, Timestamp)>,
}

/// Runs the plan on a stage.
pub(crate) async fn run(stage: &Stage, plan: &Plan) -> Result<Report> {
    let begun = Instant::now();
    let mut random = Random::new(plan.seed);
    let (mut run, mut lanes) = Run::begin(stage, plan, &mut random).await?;
    run.kill_again_and_again().await?;
    let killing = begun.elapsed();
    run.load.stop();
    while lanes.join_next().await.is_some() {}
    let ends = run.world.auditor.finish(plan.patience).await?;
    Ok(run.report(ends, killing, begun.elapsed()))
}

impl<'a> Run<'a> {
    async fn begin(
        stage: &'a Stage,
        plan: &'a Plan,
        random: &mut Random,
    ) -> Result<(Self, JoinSet<()>)> {
        let setup =
            Setup { store: plan.store.clone(), instances: plan.instances, ..Setup::default() };
        let world = World::open(stage, &setup).await?;
        let books = (Arc::clone(&world.ledger), Arc::clone(&world.findings));
        let load = Load::new(world.clients.clone(), Arc::clone(&world.provider), books, REST);
        let load = Arc::new(load);
        let lanes = load.begin(USERS, random).await?;
        let (starts, spared) = (Spans::default(), Vec::new());
        let random = random.fork();
        let database_kills = 0;
        Ok((Self { stage, plan, random, world, load, starts, database_kills, spared }, lanes))
    }

    async fn kill_again_and_again(&mut self) -> Result<()> {
        let progress = ProgressBar::new(self.plan.kills);
        progress.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len} kills {eta}")?);
        let mut killed_at = None;
        for kill in 1..=self.plan.kills {
            let victim = self.victim();
            let start = self.usual_start();
            let moment = Moment::draw(&mut self.random, start);
            match self.plan.every {
                Some(every) => tokio::time::sleep(every).await,
                None => self.wait_for(moment, victim).await?,
            }
            let now = SystemClock.now();
            if let (Moment::Spared(_), Some(before)) = (moment, killed_at) {
                self.spared.push((before, now));
            }
            self.crash(victim).await?;
            killed_at = Some(now);
            if self.crash_database(kill).await? {
                killed_at = None;
            }
            progress.inc(1);
            if kill.checked_rem(AUDIT_EVERY) == Some(0) {
                self.audit().await?;
                killed_at = None;
            }
        }
        progress.finish_and_clear();
        Ok(())
    }

    fn victim(&mut self) -> usize {
        let count = u64::try_from(self.world.instances.len()).unwrap_or(1);
        usize::try_from(self.random.below(count)).unwrap_or(0)
    }

    async fn wait_for(&mut self, moment: Moment, victim: usize) -> Result<()> {
        let mut acknowledged = self.load.ledger.acknowledged();
        let Some(instance) = self.world.instances.get_mut(victim) else { return Ok(()) };
        let server = &mut instance.server;
        match moment {
            Moment::StartingUp(span) => {
                tokio::time::sleep(span.saturating_sub(server.started().elapsed())).await;
            }
            Moment::Acknowledged(span) => {
                server.until_ready().await?;
                acknowledged.mark_unchanged();
                let patience = Duration::from_secs(2);
                let _or_there_is_none =
                    tokio::time::timeout(patience, acknowledged.changed()).await;
                tokio::time::sleep(span).await;
            }
            Moment::Busy(span) | Moment::Spared(span) => {
                server.until_ready().await?;
                tokio::time::sleep(span).await;
            }
        }
        Ok(())
    }

    async fn crash(&mut self, victim: usize) -> Result<()> {
        let Some(instance) = self.world.instances.get_mut(victim) else { return Ok(()) };
        if let Some(start) = instance.server.ready_after() {
            self.starts.add(start);
        }
        if !instance.server.is_running()? {
            let story = format!("it ended by itself: {}", instance.server.last_words());
            self.world.auditor.findings.add(Kind::Conduct, story);
        }
        instance.crash(self.stage).await
    }

    /// Kills the database server if its turn has come, below services that work or start.
    async fn crash_database(&mut self, kill: u64) -> Result<bool> {
        let Some((program, every)) = &self.plan.database else { return Ok(false) };
        if kill.checked_rem(*every) != Some(0) {
            return Ok(false);
        }
        tokio::time::sleep(self.random.span(REST.saturating_mul(10))).await;
        let killed = Command::new(program).stdin(Stdio::null()).status().await;
        let killed = killed.with_context(|| program.display().to_string())?;
        ensure!(killed.success(), "the database server was not killed, or does not come back");
        self.database_kills = self.database_kills.saturating_add(1);
        for instance in &mut self.world.instances {
            // Who starts while there is no database ends, and is started again by whoever looks after it.
            if instance.server.announced().await.is_none() {
                instance.crash(self.stage).await?;
            }
        }
        Ok(true)
    }

    /// Audits while nothing is killed and nothing is wanted anew.
    async fn audit(&mut self) -> Result<()> {
        for instance in &mut self.world.instances {
            instance.server.until_ready().await?;
        }
        let gate = Arc::clone(&self.load.gate);
        let _nothing_is_on_its_way = gate.write().await;
        self.world.auditor.audit().await
    }

    /// How long a start usually takes; a guess before there has been one.
    fn usual_start(&self) -> Duration {
        self.starts.percentile(50).unwrap_or(Duration::from_millis(100))
    }

    fn report(&self, ends: Ends, killing: Duration, total: Duration) -> Report {
        let mut dispatches = Spans::default();
        let arrivals = self.world.auditor.book.arrivals();
        for (killed, until) in &self.spared {
            let first = arrivals.iter().find(|arrival| *arrival > killed);
            // A life that sent nothing needed longer than it was given.
            dispatches.add(first.unwrap_or(until).min(until).since(*killed));
        }
        Report {
            store: self.plan.store.name(),
            seed: self.plan.seed,
            instances: self.plan.instances,
            kills: self.plan.kills,
            database_kills: self.database_kills,
            accepted: self.load.ledger.accepted(),
            acknowledgements: *self.load.ledger.acknowledged().borrow(),
            ends,
            deliveries: self.world.auditor.receiver.as_ref().map_or(0, Receiver::deliveries),
            findings: self.world.auditor.findings.all(),
            killing,
            total,
            starts: self.starts.clone(),
            dispatches,
        }
    }
}
