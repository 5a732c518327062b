//! A server process of the binary: started, killed, started again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::sync::watch;

use crate::stage::Stage;

/// How long a server may take to start; a machine that does other things as well is slow.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How a server is started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// Another program than the binary on trial.
    pub(crate) program: Option<PathBuf>,
    /// Put before the binary: a tracer with its arguments, or nothing.
    pub(crate) wrapper: Vec<String>,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Where its standard error goes.
    pub(crate) log: PathBuf,
}

/// A server process. It is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pid: u32,
    started: Instant,
    ready: watch::Receiver<Option<Instant>>,
    log: PathBuf,
}

impl Launch {
    /// How to start the binary with these arguments.
    pub(crate) fn new(arguments: Vec<String>, log: PathBuf) -> Self {
        Self { program: None, wrapper: Vec::new(), arguments, environment: Vec::new(), log }
    }

    /// Starts it, and does not wait until it is ready.
    pub(crate) fn start(&self, stage: &Stage) -> Result<Server> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let program = self.program.as_deref().unwrap_or(stage.binary());
        let mut command = match self.wrapper.split_first() {
            Some((wrapper, its_arguments)) => {
                let mut command = stage.command(Path::new(wrapper));
                command.args(its_arguments).arg(program);
                command
            }
            None => stage.command(program),
        };
        command.args(&self.arguments).stdout(Stdio::piped()).stderr(log);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let started = Instant::now();
        let mut child = command.spawn().context("the binary cannot be started")?;
        let pid = child.id().context("it has just been started")?;
        let ready = when_ready(&mut child)?;
        Ok(Server { child, pid, started, ready, log: self.log.clone() })
    }

    /// Starts it and waits until it is ready.
    pub(crate) async fn start_ready(&self, stage: &Stage) -> Result<Server> {
        let mut server = self.start(stage)?;
        server.until_ready().await?;
        Ok(server)
    }
}

impl Server {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// When it was started.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Waits until it has announced itself, and says how long it took. An error if it ends instead.
    pub(crate) async fn until_ready(&mut self) -> Result<Duration> {
        match tokio::time::timeout(PATIENCE, self.announced()).await {
            Ok(Some(took)) => Ok(took),
            Ok(None) => bail!("a server ended before it was ready: {}", self.last_words()),
            Err(_) => bail!("a server was not ready in time: {}", self.last_words()),
        }
    }

    /// How long it took to announce itself; `None` if it ended without.
    pub(crate) async fn announced(&mut self) -> Option<Duration> {
        let ready = self.ready.wait_for(Option::is_some).await.ok()?;
        ready.map(|at| at.duration_since(self.started))
    }

    /// How long it took to announce itself; `None` as long as it has not.
    pub(crate) fn ready_after(&self) -> Option<Duration> {
        self.ready.borrow().map(|at| at.duration_since(self.started))
    }

    /// Ends it as a crash does.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("it is our child")
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// Sends it a signal by its name, such as `STOP`.
    pub(crate) async fn signal(&self, name: &str) -> Result<()> {
        let line = format!("kill -{name} {}", self.pid);
        let status = tokio::process::Command::new("sh").args(["-c", &line]).status().await?;
        if status.success() { Ok(()) } else { bail!("`{line}` failed") }
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// The end of what it has logged.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// Hears when a server announces itself: its first line on standard output.
fn when_ready(child: &mut Child) -> Result<watch::Receiver<Option<Instant>>> {
    let output = child.stdout.take().context("it is piped")?;
    let (sender, ready) = watch::channel(None);
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        if let Ok(Some(_)) = lines.next_line().await {
            let _nobody_may_wait = sender.send(Some(Instant::now()));
        }
        // Whoever writes to a pipe that nobody reads is stopped.
        while let Ok(Some(_)) = lines.next_line().await {}
        let _how_it_was_told_ends_with_the_output = sender;
    });
    Ok(ready)
}
