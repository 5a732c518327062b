//! Trials of one thing each: a full disk, a stalled process, a clock that jumps.

mod disk_full;
mod stall;
mod clock_jump;
mod second_process;
mod proxy;
mod crowd;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use serde_json::{Value as Json, json};

use self::clock_jump::Way;
use crate::finding::{Finding, Kind};
use crate::stage::Stage;
use crate::store::Store;
use crate::world::World;

/// A trial of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Trial {
    /// The disk is full, and then there is room again
    DiskFull,
    /// The process stands still for longer than its lease and than the provider remembers keys
    Stall,
    /// The clock jumps by seven hours into the past, and home again
    ClockBack,
    /// The clock jumps by seven hours into the future, and home again
    ClockForth,
    /// Somebody starts a second process on the same file
    SecondProcess,
    /// The environment names a proxy
    Proxy,
    /// Two thousand peers that say nothing, or one byte now and then
    Crowd,
}

/// What came of the trials.
#[derive(Debug)]
pub(crate) struct Report {
    store: &'static str,
    done: Vec<(Trial, Duration)>,
    /// What was measured on the way.
    notes: Vec<(Trial, String)>,
    pub(crate) findings: Vec<(Trial, Finding)>,
}

/// What came of one trial.
#[derive(Debug)]
struct Held {
    findings: Vec<Finding>,
    note: Option<String>,
}

impl From<Vec<Finding>> for Held {
    fn from(findings: Vec<Finding>) -> Self {
        Self { findings, note: None }
    }
}

impl Trial {
    /// Its name, as the command line spells it.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether it says anything about this store.
    fn is_about(self, store: &Store) -> bool {
        match self {
            Self::DiskFull | Self::SecondProcess => *store == Store::Sqlite,
            Self::Stall | Self::ClockBack | Self::ClockForth | Self::Proxy | Self::Crowd => true,
        }
    }

    async fn run(self, stage: &Stage, store: &Store) -> Result<Held> {
        let findings = match self {
            Self::DiskFull => disk_full::run(stage).await,
            Self::Stall => stall::run(stage, store).await,
            Self::ClockBack => clock_jump::run(stage, store, Way::Back).await,
            Self::ClockForth => clock_jump::run(stage, store, Way::Forth).await,
            Self::SecondProcess => second_process::run(stage).await,
            Self::Proxy => proxy::run(stage, store).await,
            Self::Crowd => return crowd::run(stage, store).await,
        };
        findings.map(Held::from)
    }
}

/// Holds the named trials, or all of them.
pub(crate) async fn run(
    trials: &[Trial],
    store: &Store,
    stage: impl Fn() -> Result<Stage>,
) -> Result<Report> {
    let named = if trials.is_empty() { Trial::value_variants() } else { trials };
    let (done, notes, findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut report = Report { store: store.name(), done, notes, findings };
    for trial in named.iter().filter(|trial| trial.is_about(store)) {
        let begun = Instant::now();
        let stage = stage()?;
        let held = trial.run(&stage, store).await.with_context(|| trial.name())?;
        if !held.findings.is_empty() {
            let _for_whoever_looks_into_it = stage.keep();
        }
        report.findings.extend(held.findings.into_iter().map(|finding| (*trial, finding)));
        report.notes.extend(held.note.map(|note| (*trial, note)));
        report.done.push((*trial, begun.elapsed()));
    }
    Ok(report)
}

impl Report {
    /// The report as one object.
    pub(crate) fn json(&self) -> Json {
        let done: Vec<_> = self.done.iter().map(|(trial, _)| trial.name()).collect();
        let notes: Vec<_> = self.notes.iter().map(|(_, note)| note).collect();
        let findings = self.findings.len();
        json!({ "store": self.store, "trials": done, "notes": notes, "findings": findings })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (trial, finding) in &self.findings {
            writeln!(f, "{}: {finding}", trial.name())?;
        }
        for (trial, note) in &self.notes {
            writeln!(f, "{}: {note}", trial.name())?;
        }
        for (trial, took) in &self.done {
            let count = self.findings.iter().filter(|(of, _)| of == trial).count();
            writeln!(f, "{}: {count} findings, {} s", trial.name(), took.as_secs())?;
        }
        write!(f, "{}: {} findings in all", self.store, self.findings.len())
    }
}

/// How long an ordinary payout may take in a trial.
const ORDINARY: Duration = Duration::from_mins(1);

/// Asks for payouts by these names until each is accepted, and follows them until they are executed.
async fn pay(world: &World, names: &[&str]) -> Result<()> {
    for name in names {
        let number = world.want(name)?;
        let id = world.ask_for(number).await?;
        if !world.until_executed(id, ORDINARY).await {
            let story = world.auditor.story(id).await;
            let story = format!("{name}, after {} s: {story}", ORDINARY.as_secs());
            world.findings.add(Kind::Unfinished, story);
        }
    }
    Ok(())
}
