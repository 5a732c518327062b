//! Everything that lies ready before anything is measured.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::time::{sleep, timeout};

use super::tree::Tree;
use crate::bench::line::Line;
use crate::provider::{PaidIn, Provider};
use crate::server::{PATIENCE, Server};
use crate::stage::Stage;

/// What is measured, and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) binary: PathBuf,
    /// The same without its look at signatures.
    pub(super) unverified: PathBuf,
    /// Where the peers are installed: `node` and `python`.
    pub(super) installed: PathBuf,
    /// A `PostgreSQL` server.
    pub(super) database: String,
}

/// Everything that lies ready before anything is measured.
pub(super) struct House {
    pub(super) stage: Stage,
    pub(super) setup: Setup,
    /// A sandbox, which the service asks for what only a provider knows.
    pub(super) provider: Provider,
    pub(super) sandbox: SocketAddr,
    /// A user of it.
    pub(super) user: PaidIn,
}

/// How a server starts, and what it has in memory when nobody asks it for anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// From its start to its first answer.
    pub(super) start: Duration,
    /// Its memory, in KiB, with that of all that it has started.
    pub(super) idle_kib: u64,
}

/// The two operations, for simulators that know none by themselves.
const OPENAPI: &str = include_str!("../../peers/openapi.json");

/// What works with queues.
const QUEUE: &str = include_str!("../../peers/queue.mjs");

/// How long a server is left alone before its memory is looked at.
const QUIET: Duration = Duration::from_secs(2);

impl House {
    /// Prepares it all.
    pub(super) async fn open(setup: &Setup) -> Result<Self> {
        let stage = Stage::new(&setup.binary)?;
        for (name, text) in [("openapi.json", OPENAPI), ("queue.mjs", QUEUE)] {
            std::fs::write(stage.path(name), text)?;
        }
        let provider = Provider::start(&stage, "provider", &[]).await?;
        let user = provider.paid_in("sam").await?;
        let sandbox = provider.url.trim_start_matches("http://").parse()?;
        Ok(Self { stage, setup: setup.clone(), provider, sandbox, user })
    }

    /// A program of npm.
    pub(super) fn of_node(&self, name: &str) -> Result<PathBuf> {
        self.installed(&Path::new("node/node_modules/.bin").join(name))
    }

    /// A program of `PyPI`.
    pub(super) fn of_python(&self, name: &str) -> Result<PathBuf> {
        self.installed(&Path::new("python/bin").join(name))
    }

    fn installed(&self, path: &Path) -> Result<PathBuf> {
        let path = self.setup.installed.join(path);
        let program = path.canonicalize();
        program.with_context(|| format!("{}: use `cargo xtask bench --peers`", path.display()))
    }
}

impl Rest {
    /// Waits for the first answer of a server that was just started, and leaves it alone for a while.
    pub(super) async fn of(server: &mut Server, address: SocketAddr, path: &str) -> Result<Self> {
        let start = first_answer(server, address, path).await?;
        sleep(QUIET).await;
        Ok(Self { start, idle_kib: Tree::of(server.pid())?.resident_kib() })
    }
}

/// How long after its start a server gives its first answer, whatever it says, to within a millisecond.
async fn first_answer(server: &mut Server, address: SocketAddr, path: &str) -> Result<Duration> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    while server.started().elapsed() < PATIENCE {
        if let Ok(mut line) = Line::open(address).await
            && let Ok(answer) = timeout(PATIENCE, line.ask(request.as_bytes())).await?
        {
            ensure!(answer.status < 500, "the first answer is {}", answer.status);
            return Ok(Instant::now().duration_since(server.started()));
        }
        ensure!(server.is_running()?, "it ended at its start: {}", server.last_words());
        sleep(Duration::from_millis(1)).await;
    }
    bail!("nothing answers at {address}: {}", server.last_words())
}
