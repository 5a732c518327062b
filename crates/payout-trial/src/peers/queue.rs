//! Work that is accepted first and done later: ours, and queues on the same `PostgreSQL`.

use std::process::Output;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;
use tokio::process::Command;
use tokio::time::timeout;

use super::house::House;
use super::pair::CONNECTIONS;
use crate::bench::figure::Figure;
use crate::bench::load::{Load, Measured, Requests};
use crate::bench::quick_provider::QuickProvider;
use crate::bench::served::{Opening, Served};
use crate::bench::usage::Usage;
use crate::store::Store;

/// How long a queue may take for all its jobs.
const PATIENCE: Duration = Duration::from_mins(5);

/// A database for pgbench, of a size that keeps its clients apart.
pub(super) struct Pgbench(String);

/// Accepts payouts, and then sends them all to a provider that takes no time.
pub(super) async fn ours(house: &House, name: &str, count: usize) -> Result<Figure> {
    let provider = QuickProvider::start(house.sandbox, Duration::ZERO).await?;
    let gateway = format!("http://{}", provider.address);
    let opening = Opening { binary: &house.setup.binary, name, environment: &[], webhook: None };
    let served = Served::start(&house.stage, &opening, &house.database(), &gateway).await?;
    served.warm_up(&house.stage, &house.user).await?;
    let pid = served.server.pid();
    let creates = served.letterhead().creates(house.stage.signing_key(), &house.user, count)?;
    let load = Load { span: PATIENCE, ..Load::new(served.address, pid, CONNECTIONS, 202) };
    let accepted = load.run(&Requests::once(creates)).await?;
    let (cpu, begun) = (Usage::of(pid)?.cpu, Instant::now());
    served.resume().await?;
    // The first payout made it warm.
    let all = accepted.count.saturating_add(1);
    let until = provider.until(|counts| counts.taken >= all);
    timeout(PATIENCE, until).await.context("not everything is sent")?;
    let elapsed = begun.elapsed().saturating_add(accepted.elapsed);
    let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu).saturating_add(accepted.cpu);
    provider.check_each_came_once(all)?;
    Ok(Figure::of(&Measured { count: accepted.count, elapsed, cpu, spans: vec![], bodies: vec![] }))
}

/// Puts jobs into the queue of a library for Node, and works them off.
pub(super) async fn theirs(house: &House, library: &str, count: usize) -> Result<Figure> {
    let database = fresh(house).await?;
    let mut command = house.stage.command("node".as_ref());
    command.arg(house.stage.path("queue.mjs")).args([library, &database, &count.to_string()]);
    command.current_dir(house.setup.installed.join("node"));
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.with_context(|| format!("{library} does not come to an end"))?;
    let said = said(library, &output.context("`node` cannot be started: install Node.js 20")?)?;
    figure(&said).with_context(|| format!("{library} said {said}"))
}

impl Pgbench {
    /// Fills a database of its own.
    pub(super) async fn fill(house: &House) -> Result<Self> {
        let database = fresh(house).await?;
        let mut command = pgbench();
        command.args(["--initialize", "--quiet", "--scale", "20", &database]);
        let output = command.output().await.context("`pgbench` cannot be started")?;
        said("pgbench", &output)?;
        Ok(Self(database))
    }

    /// Transactions by its eight clients.
    pub(super) async fn run(&self, span: Duration) -> Result<Figure> {
        let seconds = span.as_secs().max(1).to_string();
        let mut command = pgbench();
        command.args(["--client", "8", "--jobs", "2", "--time", &seconds, &self.0]);
        let said = said("pgbench", &command.output().await?)?;
        let per_second = rate(&said).with_context(|| format!("pgbench said {said}"))?;
        Ok(Figure { per_second, cpu_ns: 0, p50_us: 0, p99_us: 0, p999_us: 0 })
    }
}

impl House {
    fn database(&self) -> Store {
        Store::Postgres { url: self.setup.database.clone() }
    }
}

fn pgbench() -> Command {
    let mut command = Command::new("pgbench");
    command.kill_on_drop(true);
    command
}

/// An empty database.
async fn fresh(house: &House) -> Result<String> {
    match house.database().fresh().await? {
        Store::Postgres { url } => Ok(url),
        Store::Sqlite => anyhow::bail!("a queue needs PostgreSQL"),
    }
}

/// What a program that must succeed has said.
fn said(program: &str, output: &Output) -> Result<String> {
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} failed ({}): {complaint}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What `queue.mjs` has come to.
fn figure(said: &str) -> Result<Figure> {
    let said: Json = serde_json::from_str(said.trim())?;
    let count = said.get("count").and_then(Json::as_u64).context("no count")?;
    let sum = |name: &str| {
        let of = |part: &str| said.get(part)?.get(name)?.as_u64();
        of("enqueued")?.checked_add(of("processed")?).map(Duration::from_micros)
    };
    let elapsed = sum("us").context("no time")?;
    let cpu = sum("cpu_us").context("no time of a processor")?;
    Ok(Figure::of(&Measured { count, elapsed, cpu, spans: vec![], bodies: vec![] }))
}

/// Whole transactions a second, as pgbench tells them.
fn rate(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(['.', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_put_in_and_worked_off_before_they_count() {
        let said = r#"{"count":100,"enqueued":{"us":150000,"cpu_us":3000},
            "processed":{"us":50000,"cpu_us":1000}}"#;

        let figure = figure(said).expect("it is whole");

        assert_eq!((figure.per_second, figure.cpu_ns), (500, 40_000));
        assert!(super::figure(r#"{"count":100,"enqueued":{"us":1,"cpu_us":1}}"#).is_err());
    }

    #[test]
    fn pgbench_tells_its_rate_on_a_line_of_its_own() {
        let said = "latency average = 5.1 ms\ntps = 1556.042 (without initial connection time)\n";

        assert_eq!(rate(said), Some(1556));
        assert_eq!(rate("latency average = 5.1 ms\n"), None);
    }
}
