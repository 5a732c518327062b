//! `strace`, which looks at the system calls of a process and interferes with one of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use super::point::{Act, Point, STARTING, WORKING};
use crate::stage::Stage;

/// A tracer that is attached to a process.
pub(crate) struct Tracer {
    child: Child,
    file: PathBuf,
}

/// How long it may take to attach or to let go.
const PATIENCE: Duration = Duration::from_secs(20);

/// Numbers the files that tracers write.
static FILES: AtomicU64 = AtomicU64::new(0);

impl Tracer {
    /// Attaches to all threads of a process, and interferes at a point if there is one.
    pub(crate) async fn attach(stage: &Stage, pid: u32, at: Option<Point>) -> Result<Self> {
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let file = stage.path(&format!("strace-{number}"));
        let mut command = stage.command(Path::new("strace"));
        command.args(["-f", "-o"]).arg(&file);
        match at {
            Some(point) => command.args(interference(point)),
            None => command.args(["-e".to_owned(), format!("trace={}", WORKING.join(","))]),
        };
        command.args(["-p", &pid.to_string()]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().context("`strace` cannot be started; install it")?;
        let complaints = child.stderr.take().context("it is piped")?;
        let mut lines = BufReader::new(complaints).lines();
        loop {
            let line =
                tokio::time::timeout(PATIENCE, lines.next_line()).await.context("strace")??;
            match line {
                Some(line) if line.contains("attached") => break,
                Some(_) => {}
                None => bail!("`strace` cannot attach to a process of ours; is ptrace allowed?"),
            }
        }
        // Whoever writes to a pipe that nobody reads is stopped.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, file })
    }

    /// Lets the process go on without it, and gives the calls that it has seen.
    pub(crate) async fn detach(mut self) -> Result<BTreeMap<String, u32>> {
        if let Some(pid) = self.child.id() {
            let line = format!("kill -TERM {pid}");
            let _it_may_have_ended =
                tokio::process::Command::new("sh").args(["-c", &line]).output().await;
        }
        tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .context("strace does not end")??;
        let seen = calls(&self.file)?;
        std::fs::remove_file(&self.file)?;
        Ok(seen)
    }

    /// Whether it has interfered.
    pub(crate) fn has_struck(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|seen| seen.contains("(INJECTED)"))
    }
}

/// The words that make `strace` interfere at a point. Calls are counted from the moment at which it is
/// attached, for each thread.
fn interference(point: Point) -> [String; 4] {
    let Point { act, call, nth } = point;
    let blow = match act {
        Act::Working | Act::Starting => "signal=SIGKILL",
        Act::Failing => "error=EIO",
    };
    [
        "-e".to_owned(),
        format!("trace={call}"),
        "-e".to_owned(),
        format!("inject={call}:{blow}:when={nth}"),
    ]
}

/// What is put before the binary so that it is interfered with, or looked at, from its first
/// instruction. The process stays our child: the tracer is its grandchild.
pub(super) fn wrapper(file: &Path, at: Option<Point>) -> Vec<String> {
    let mut words: Vec<_> = ["strace", "-D", "-f", "-qq", "-o"].map(str::to_owned).to_vec();
    words.push(file.display().to_string());
    match at {
        Some(point) => words.extend(interference(point)),
        None => words.extend(["-e".to_owned(), format!("trace={}", STARTING.join(","))]),
    }
    words
}

/// How often each call was made by the thread that made it most often, as a tracer has noted it down:
/// that is how far the n-th call of one thread can go.
pub(super) fn calls(file: &Path) -> Result<BTreeMap<String, u32>> {
    let mut by_thread: BTreeMap<(String, &str), u32> = BTreeMap::new();
    let seen = std::fs::read_to_string(file)?;
    for line in seen.lines() {
        let mut words = line.split_whitespace();
        let (Some(thread), Some(call)) = (words.next(), words.next()) else { continue };
        let Some((call, _)) = call.split_once('(') else { continue };
        let count = by_thread.entry((call.to_owned(), thread)).or_default();
        *count = count.saturating_add(1);
    }
    let mut calls: BTreeMap<String, u32> = BTreeMap::new();
    for ((call, _), count) in by_thread {
        let most = calls.entry(call).or_default();
        *most = count.max(*most);
    }
    Ok(calls)
}
