//! A clock that jumps by hours, forward and back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use payout_ports::Clock as _;

use super::{ORDINARY, pay};
use crate::audit::ask;
use crate::clock::SystemClock;
use crate::finding::{Finding, Kind};
use crate::service;
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

/// The library that lies about the time to a program that is linked dynamically.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The clock of the service is ours.
const HOME: &str = "+0";

/// How many payouts are on their way when the clock jumps.
const ON_THEIR_WAY: usize = 6;

/// How long the provider takes: longer than it takes the clock to jump.
const SLOW: Duration = Duration::from_millis(1500);

/// Which way the clock jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By seven hours into the past, and home again. What is on its way then is found out by asking
    /// alone: what was due by the old clock must not wait for seven hours.
    Back,
    /// By seven hours into the future, and home again. The provider tells what happens, since a payout
    /// that looks seven hours old is asked after every five minutes only.
    Forth,
}

/// Payouts that are accepted before and after a jump still end within their time.
pub(super) async fn run(stage: &Stage, store: &Store, way: Way) -> Result<Vec<Finding>> {
    let time = stage.path("time");
    set(&time, HOME)?;
    let setup = Setup {
        deaf: way == Way::Back,
        store: store.clone(),
        environment: environment(&time)?,
        ..Setup::default()
    };
    let mut world = World::open(stage, &setup).await?;
    pay(&world, &["now"]).await?;
    world.provider.take_time(SLOW).await?;
    jump(&mut world, stage, &time, way.far()).await?;
    if way == Way::Forth {
        must_be_ahead(&world).await?;
    }
    jump(&mut world, stage, &time, HOME).await?;
    world.auditor.finish(ORDINARY).await?;
    Ok(world.findings.all())
}

impl Way {
    fn far(self) -> &'static str {
        match self {
            Self::Back => "-7h",
            Self::Forth => "+7h",
        }
    }
}

/// Lets the clock jump while payouts are on their way, and pays somebody afterwards.
async fn jump(world: &mut World, stage: &Stage, time: &Path, to: &str) -> Result<()> {
    let mut before = Vec::new();
    for count in 0..ON_THEIR_WAY {
        let number = world.want(&format!("before-{to}-{count}"))?;
        before.push(world.ask_for(number).await?);
    }
    set(time, to)?;
    // A token of the time before is not one of the time after.
    let address = world.service()?.address;
    world.auditor.service = Arc::new(service::client(stage, address)?);
    pay(world, &[&format!("after-{to}")]).await?;
    for id in before {
        if !world.until_executed(id, ORDINARY).await {
            let story = world.auditor.story(id).await;
            let story = format!("accepted before the jump to {to}: {story}");
            world.findings.add(Kind::Unfinished, story);
        }
    }
    Ok(())
}

/// Without a jump nothing would be tried.
async fn must_be_ahead(world: &World) -> Result<()> {
    let last = world.ledger.all().last().and_then(|wanted| wanted.id).context("it is paid")?;
    let history = ask(async || world.client().history(last).await).await?.value;
    let at = history.items.first().context("it was accepted")?.at;
    let ahead = at.since(SystemClock.now());
    anyhow::ensure!(ahead > Duration::from_hours(6), "the clock has not jumped, but {ahead:?}");
    Ok(())
}

/// Moves the clock of the service away from ours.
fn set(time: &Path, ahead: &str) -> Result<()> {
    // Whole or not at all: it is read at every look at the clock.
    let whole = time.with_extension("new");
    std::fs::write(&whole, format!("{ahead}\n"))?;
    Ok(std::fs::rename(&whole, time)?)
}

fn environment(time: &Path) -> Result<Vec<(String, String)>> {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    Ok(vec![
        pair("LD_PRELOAD", library()?.display().to_string()),
        pair("FAKETIME_TIMESTAMP_FILE", time.display().to_string()),
        pair("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        pair("FAKETIME_NO_CACHE", "1".to_owned()),
    ])
}

/// Debian keeps libraries below the name of the machine.
fn library() -> Result<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path());
    let mut found = folders.map(|folder| folder.join(LIBRARY)).filter(|path| path.exists());
    found.next().context("libfaketime is not installed; on Debian: `apt-get install libfaketime`")
}
