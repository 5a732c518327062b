//! A disk that is full for a while.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use super::pay;
use crate::finding::{Finding, Kind};
use crate::stage::Stage;
use crate::world::{Setup, World};

/// The most requests until the room that there is in the store's own files is used up.
const REQUESTS_MAX: usize = 600;

/// A small disk, or a small limit on the length of files where we may not mount one.
enum SmallDisk {
    Mounted { place: PathBuf },
    Limited,
}

/// While the disk is full nothing is accepted; what was accepted before is not lost, and when there is
/// room again the same service goes on.
pub(super) async fn run(stage: &Stage) -> Result<Vec<Finding>> {
    let disk = SmallDisk::make(&stage.path("service-0")).await?;
    let outcome = fill(stage, &disk).await;
    disk.remove().await;
    outcome
}

async fn fill(stage: &Stage, disk: &SmallDisk) -> Result<Vec<Finding>> {
    let mut world = World::open(stage, &Setup::default()).await?;
    pay(&world, &["before"]).await?;
    disk.fill(world.service()?.server.pid()).await?;
    let mut refused = None;
    for count in 0..REQUESTS_MAX {
        let number = world.want(&format!("full-{count}"))?;
        if world.ask_once(number).await?.is_none() {
            refused = Some(number);
            break;
        }
    }
    if refused.is_none() {
        bail!("{REQUESTS_MAX} payouts have found room on a full disk: the trial tries nothing");
    }
    // It stays full for a while, and the service stays.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let number = world.want("still-full")?;
    world.ask_once(number).await?;
    if !world.service()?.server.is_running()? {
        let story = format!("a full disk ended it: {}", world.service()?.server.last_words());
        world.findings.add(Kind::Conduct, story);
        let service = world.service()?;
        service.server = service.launch.start(stage)?;
    }
    disk.clear(world.service()?.server.pid()).await?;
    for (number, _) in world.ledger.open() {
        world.ask_for(number).await?;
    }
    pay(&world, &["after"]).await?;
    world.auditor.finish(super::ORDINARY).await?;
    Ok(world.findings.all())
}

impl SmallDisk {
    async fn make(place: &Path) -> Result<Self> {
        fs::create_dir(place)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs"]).arg(place);
        let mounted = mount.output().await.is_ok_and(|output| output.status.success());
        Ok(if mounted { Self::Mounted { place: place.to_owned() } } else { Self::Limited })
    }

    /// Leaves no room: on the small disk for nobody, else for files that are longer than they are now.
    async fn fill(&self, pid: u32) -> Result<()> {
        match self {
            Self::Mounted { place } => {
                let mut ballast = File::create(place.join("ballast"))?;
                while ballast.write(&[0; 1024]).is_ok_and(|written| written > 0) {}
                Ok(())
            }
            Self::Limited => limit(pid, "1000").await,
        }
    }

    /// Makes room again.
    async fn clear(&self, pid: u32) -> Result<()> {
        match self {
            Self::Mounted { place } => Ok(fs::remove_file(place.join("ballast"))?),
            Self::Limited => limit(pid, "unlimited").await,
        }
    }

    async fn remove(&self) {
        if let Self::Mounted { place } = self {
            let _it_goes_with_the_machine =
                Command::new("umount").arg("--lazy").arg(place).output().await;
        }
    }
}

/// Limits how long the files of a process may become.
async fn limit(pid: u32, length: &str) -> Result<()> {
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &pid.to_string(), &format!("--fsize={length}:unlimited")]);
    let done = prlimit.status().await.context("`prlimit` cannot be started; install util-linux")?;
    anyhow::ensure!(done.success(), "`prlimit` limits nothing");
    Ok(())
}
