//! One payout's life, ended at every system call by which it reaches a disk or a wire.

mod point;
mod tracer;
mod working;
mod failing;
mod starting;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value as Json, json};
use tokio::task::{JoinSet, LocalSet};

use crate::finding::{Finding, Findings, Kind};
use crate::provider::Provider;
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

use point::{Act, Points};
use tracer::Tracer;

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) store: Store,
    /// How many lives are lived side by side.
    pub(crate) lanes: usize,
    /// Only every so-many-th point.
    pub(crate) stride: u32,
    /// For how long the last payouts may be waited for.
    pub(crate) patience: Duration,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    store: &'static str,
    /// What a life is made of, and how often it was ended there.
    struck: Vec<(Act, &'static str, u32)>,
    accepted: usize,
    pub(crate) findings: Vec<Finding>,
    total: Duration,
}

/// Somebody who lives one life after the other.
struct Lane {
    stage: Stage,
    world: World,
    store: Store,
    points: Arc<Points>,
    /// The provider of services that are killed in their first start: they keep no common books.
    nursery: Provider,
    nursery_address: SocketAddr,
    /// What is found there.
    findings: Arc<Findings>,
}

/// Sweeps over all points of a life.
pub(crate) async fn run(plan: &Plan, stage: impl Fn() -> Result<Stage>) -> Result<Report> {
    // The lanes wait for other processes and need no threads of their own.
    LocalSet::new().run_until(side_by_side(plan, stage)).await
}

async fn side_by_side(plan: &Plan, stage: impl Fn() -> Result<Stage>) -> Result<Report> {
    let begun = Instant::now();
    let points = Arc::new(Points::new(plan.stride));
    let findings = Arc::new(Findings::default());
    let mut lanes = JoinSet::new();
    for number in 0..plan.lanes {
        let lane = Lane::open(stage()?, plan, &points, &findings).await;
        let mut lane = lane.with_context(|| format!("lane {number}"))?;
        if number == 0 {
            lane.look().await?;
        }
        let patience = plan.patience;
        lanes.spawn_local(async move { lane.live(patience).await });
    }
    let mut accepted = 0_usize;
    let mut found = Vec::new();
    while let Some(lane) = lanes.join_next().await {
        let (of_lane, findings) = lane??;
        accepted = accepted.saturating_add(of_lane);
        found.extend(findings);
    }
    found.extend(findings.all());
    for missed in points.missed() {
        found.push(Finding {
            kind: Kind::Conduct,
            story: format!("the sweep ended early: {missed}"),
        });
    }
    let struck = points.struck();
    let (store, total) = (plan.store.name(), begun.elapsed());
    Ok(Report { store, struck, accepted, findings: found, total })
}

impl Lane {
    async fn open(
        stage: Stage,
        plan: &Plan,
        points: &Arc<Points>,
        findings: &Arc<Findings>,
    ) -> Result<Self> {
        let setup =
            Setup { store: plan.store.clone(), environment: one_worker(), ..Setup::default() };
        let world = World::open(&stage, &setup).await?;
        let (points, findings) = (Arc::clone(points), Arc::clone(findings));
        let nursery = Provider::start(&stage, "nursery", &[]).await?;
        let nursery_address = Stage::address()?;
        Ok(Self {
            stage,
            world,
            store: plan.store.clone(),
            points,
            nursery,
            nursery_address,
            findings,
        })
    }

    /// Looks on during one life, so that only system calls are tried that occur in it.
    async fn look(&mut self) -> Result<()> {
        // What is only done the first time does not belong to every life.
        let first = self.world.want("first")?;
        self.until_it_ends(first).await?;
        let pid = self.world.service()?.server.pid();
        let tracer = Tracer::attach(&self.stage, pid, None).await?;
        let second = self.world.want("second")?;
        self.until_it_ends(second).await?;
        let seen = tracer.detach().await?;
        self.points.occur(Act::Working, &seen);
        self.points.occur(Act::Failing, &seen);
        self.points.occur(Act::Starting, &self.look_at_a_start().await?);
        Ok(())
    }

    /// Lives until no point is left, and gives what was accepted and what was found.
    async fn live(mut self, patience: Duration) -> Result<(usize, Vec<Finding>)> {
        while let Some(point) = self.points.next() {
            let struck = match point.act {
                Act::Working => self.die_while_working(point).await,
                Act::Failing => self.fail_to_write(point).await,
                Act::Starting => self.die_while_starting(point).await,
            };
            let struck = struck.with_context(|| point.to_string())?;
            self.points.tried(point, struck);
        }
        self.world.auditor.finish(patience).await?;
        let findings = self.world.findings.all();
        if !findings.is_empty() {
            let _for_whoever_looks_into_it = self.stage.keep();
        }
        Ok((self.world.ledger.accepted(), findings))
    }
}

/// One worker, so that the same thread makes the same calls in every life.
fn one_worker() -> Vec<(String, String)> {
    vec![("TOKIO_WORKER_THREADS".to_owned(), "1".to_owned())]
}

impl Report {
    /// The report as one object.
    pub(crate) fn json(&self) -> Json {
        let sum = |act: Act| -> u32 {
            self.struck.iter().filter(|(of, _, _)| *of == act).map(|(_, _, count)| *count).sum()
        };
        let count = |kind| self.findings.iter().filter(|finding| finding.kind == kind).count();
        json!({
            "store": self.store,
            "points": sum(Act::Working),
            "points_of_start": sum(Act::Starting),
            "disk_errors": sum(Act::Failing),
            "accepted": self.accepted,
            "lost": count(Kind::Lost),
            "twice": count(Kind::Twice),
            "false_status": count(Kind::FalseStatus),
            "findings": self.findings.len(),
            "seconds": self.total.as_secs(),
        })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for (act, call, count) in &self.struck {
            writeln!(f, "{act} {call}: {count}")?;
        }
        let seconds = self.total.as_secs();
        write!(
            f,
            "{}: {} payouts accepted, {} findings, {seconds} s",
            self.store,
            self.accepted,
            self.findings.len(),
        )
    }
}
