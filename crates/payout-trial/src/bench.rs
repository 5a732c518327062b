//! What the service takes, in relation to what the machine can do.
//!
//! This class of machine changes its pace from minute to minute, so every figure is taken beside the
//! limit that it is held against, in several rounds, and only their ratios are worth a goal.

pub(crate) mod figure;
pub(crate) mod line;
pub(crate) mod usage;
pub(crate) mod load;
mod paced;
pub(crate) mod limits;
mod bare_http;
mod bare_writer;
pub(crate) mod request;
mod gate;
mod local_server;
pub(crate) mod quick_provider;
mod quick_receiver;
pub(crate) mod served;
mod house;
mod names;
mod rounds;
mod report;
mod operations;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::ProgressBar;

pub(crate) use self::bare_http::serve as serve_bare_http;
pub(crate) use self::house::bytes_in;
use self::house::{House, Setup};
pub(crate) use self::names::{Part, Wanted};
pub(crate) use self::operations::Operations;
pub(crate) use self::report::Report;
use self::report::ServiceFigures;
use self::rounds::{Round, Taken};
use self::usage::Usage;
use crate::figures::milliseconds;
use crate::store::Store;

/// How a bench is run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) binary: PathBuf,
    /// The same without its look at signatures.
    pub(crate) unverified: Option<PathBuf>,
    /// Where there is a `PostgreSQL` server.
    pub(crate) database: Option<String>,
    pub(crate) rounds: usize,
    /// What is looked at, beside payouts that are accepted on SQLite.
    pub(crate) parts: Vec<Part>,
    /// How long each thing is looked at in a round.
    pub(crate) span: Duration,
    /// In how many of the rounds the slow parts are looked at.
    pub(crate) slow_rounds: usize,
}

/// Measures everything, round after round.
pub(crate) async fn run(plan: &Plan) -> Result<Report> {
    let begun = Instant::now();
    let setup = Setup {
        binary: plan.binary.clone(),
        unverified: plan.unverified.clone(),
        database: plan.database.clone(),
    };
    let house = House::open(&setup).await?;
    let mut taken = Taken::default();
    let progress = ProgressBar::new(u64::try_from(plan.rounds)?);
    for number in 0..plan.rounds {
        progress.set_message(format!("round {number}, {} s", begun.elapsed().as_secs()));
        round(plan, &house, &mut taken, number).await?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    let services = house.services().map(|served| service_figures(&house, served));
    let services = services.collect::<Result<Vec<_>>>()?;
    let durability = house.services().map(|it| (it.name.clone(), it.durability(&house.stage)));
    let durability = durability.collect();
    Ok(Report { taken, rounds: plan.rounds, services, durability })
}

async fn round(plan: &Plan, house: &House, taken: &mut Taken, number: usize) -> Result<()> {
    let parts = plan.parts.iter().filter(|part| number < plan.slow_rounds || !part.is_slow());
    let parts: Vec<_> = parts.copied().collect();
    Round { house, taken, number, parts: &parts, span: plan.span }.run().await
}

fn service_figures(house: &House, served: &served::Served) -> Result<ServiceFigures> {
    let bytes = match served.store {
        Store::Sqlite => Some(bytes_in(&house.stage.path(&served.name))?),
        Store::Postgres { .. } => None,
    };
    let accepted = served.accepted();
    Ok(ServiceFigures {
        name: served.name.clone(),
        start_ms: served.server.ready_after().map_or(0, milliseconds),
        peak_kib: Usage::of(served.server.pid())?.peak_kib,
        bytes_per_payout: bytes.and_then(|bytes| bytes.checked_div(accepted)),
    })
}
