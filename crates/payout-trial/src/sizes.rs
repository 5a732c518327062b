//! What the service takes, by how much its store holds.
//!
//! A store is filled up with clones of payouts that have lived through the service, and measured in
//! turns with one that is nearly empty: this class of machine changes its pace from minute to minute.

mod deed;
mod fill;
mod goals;
mod ground;
mod known;
mod plot;
mod plots;
mod reopened;
mod report;
mod room;
mod site;
mod tables;
mod turns;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use indicatif::{HumanCount, ProgressBar};

use self::deed::Deed;
use self::fill::Filled;
use self::ground::Ground;
use self::reopened::Reopened;
pub(crate) use self::report::Report;
use self::site::{LIVES, Site};
use self::turns::{Compared, Turns};
use crate::bench::bytes_in;
use crate::bench::line::Line;
use crate::bench::load::{Load, Requests};
use crate::bench::usage::Resident;

/// How sizes are looked at.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) binary: PathBuf,
    /// The most payouts that a store holds.
    pub(crate) up_to: u64,
    pub(crate) rounds: usize,
    /// How long each thing is looked at in a round.
    pub(crate) span: Duration,
    /// Where the plots are written; `None` for nowhere.
    pub(crate) plots: Option<PathBuf>,
    /// What was measured, for whoever looks at a plot, such as a commit.
    pub(crate) of: Option<String>,
}

/// What was measured at one size.
#[derive(Debug)]
struct SizeFigures {
    /// How many payouts were cloned into the store; those that lived through it come on top.
    payouts: u64,
    filled: Filled,
    /// What the database took on the disk when it was filled, in bytes.
    bytes: u64,
    /// From its start to its announcement, with nothing open.
    ready: Duration,
    reopened: Reopened,
    deeds: BTreeMap<Deed, Compared>,
    /// With many connections.
    resident: Resident,
}

/// The smallest store beside an empty one.
const FIRST: u64 = 10_000;

/// How many payouts are open when a service is started again: on small stores, and on large ones.
const OPEN: (u64, u64) = (1_000, 10_000);
const LARGE: u64 = 1_000_000;

/// How many connections are open while memory is looked at.
const CONNECTIONS: usize = 200;

/// Measures every size.
pub(crate) async fn run(plan: &Plan) -> Result<Report> {
    room::check(&std::env::temp_dir(), plan.up_to)?;
    let progress = ProgressBar::new_spinner();
    let mut sizes = Vec::new();
    for payouts in sizes_up_to(plan.up_to) {
        progress.println(format!("a store of {} payouts", HumanCount(payouts)));
        let figures = measure(plan, payouts).await?;
        progress.println(figures.to_string());
        sizes.push(figures);
    }
    progress.finish_and_clear();
    let report = Report { sizes, rounds: plan.rounds, span: plan.span, of: plan.of.clone() };
    if let Some(directory) = &plan.plots {
        plots::write(&report, directory)?;
    }
    Ok(report)
}

/// None, and then ten times as many each time.
fn sizes_up_to(up_to: u64) -> Vec<u64> {
    let grown = std::iter::successors(Some(FIRST), |size| size.checked_mul(10));
    std::iter::once(0).chain(grown.take_while(|size| *size <= up_to)).collect()
}

/// Everything lies in a directory of its own, which is gone when this returns.
async fn measure(plan: &Plan, payouts: u64) -> Result<SizeFigures> {
    let ground = Ground::open(&plan.binary).await?;
    let mut empty = Site::open(&ground, "empty").await?;
    empty.fill(&ground, 0).await?;
    let mut here = Site::open(&ground, "filled").await?;
    let (filled, ready) = here.fill(&ground, payouts).await?;
    let bytes = bytes_in(&here.directory(&ground))?;
    let (rounds, span) = (plan.rounds, plan.span);
    let mut turns = Turns { ground: &ground, here: &mut here, empty: &mut empty, rounds, span };
    let mut deeds = turns.run(&Deed::QUIET).await?;
    let open = if payouts < LARGE { OPEN.0 } else { OPEN.1 };
    let reopened = reopened::reopen(&ground, &mut here, open).await?;
    let mut turns = Turns { ground: &ground, here: &mut here, empty: &mut empty, rounds, span };
    deeds.extend(turns.run(&[Deed::Create]).await?);
    let resident = resident(&here, span).await?;
    Ok(SizeFigures { payouts, filled, bytes, ready, reopened, deeds, resident })
}

/// The memory of a service that many clients are connected to and ask at once.
async fn resident(site: &Site, span: Duration) -> Result<Resident> {
    let mut lines = Vec::new();
    let request = site.served.letterhead().get(payout_wire::route::PAYOUTS.v3);
    for _ in 0..CONNECTIONS {
        let mut line = Line::open(site.served.address).await?;
        line.ask(&request).await?;
        lines.push(line);
    }
    let load = Load { connections: CONNECTIONS, span, ..site.load(200) };
    load.run(&Requests::again(vec![request])).await?;
    Resident::of(site.served.server.pid())
}

impl SizeFigures {
    /// What each payout takes on the disk, in bytes.
    fn bytes_per_payout(&self) -> u64 {
        self.bytes.checked_div(self.payouts.saturating_add(LIVES)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_is_ten_times_the_last() {
        assert_eq!(sizes_up_to(1_000_000), [0, 10_000, 100_000, 1_000_000]);
        assert_eq!(sizes_up_to(9_999), [0]);
    }
}
