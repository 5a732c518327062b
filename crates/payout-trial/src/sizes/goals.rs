//! What is to be reached, and at which size.

use serde_json::{Value as Json, json};

use super::deed::Deed;
use super::{LARGE, SizeFigures};
use crate::bench::Wanted;
use crate::bench::figure::{Ratio, Series};
use crate::figures::milliseconds;

/// Something that is to be reached at a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    key: &'static str,
    pub(super) title: &'static str,
    /// The size.
    pub(super) at: u64,
    pub(super) value: Ratio,
    /// The least and the most over the rounds, where there are several.
    pub(super) spread: Option<(Ratio, Ratio)>,
    pub(super) wanted: Wanted,
}

/// One of these, in thousandths.
const ONE: u64 = 1000;

/// The most that something may cost on a large store, by what it costs on an empty one.
const COST_MAX: Wanted = Wanted::AtMost(Ratio(1200));

/// All of them: at a million payouts, or as many as there are if there are fewer; what is said of the
/// largest store, at the largest.
pub(super) fn goals(sizes: &[SizeFigures]) -> Vec<Goal> {
    let large = sizes.iter().rfind(|size| size.payouts <= LARGE);
    large.zip(sizes.last()).map_or_else(Vec::new, |(large, largest)| {
        let mut goals = vec![pace(largest)];
        let costs = [
            ("replay_cost_to_empty", Deed::Replay),
            ("first_page_cost_to_empty", Deed::FirstPage),
            ("far_page_cost_to_empty", Deed::FarPage),
            ("event_cost_to_empty", Deed::Event),
        ];
        goals.extend(costs.into_iter().filter_map(|(key, deed)| cost(large, key, deed)));
        goals.extend(starts(large));
        goals.push(memory(largest));
        goals
    })
}

fn pace(size: &SizeFigures) -> Goal {
    let pace = size.deeds.get(&Deed::Create).map(|compared| compared.pace.clone());
    let (value, spread) = of_rounds(&pace.unwrap_or_default());
    let title = "signed creates a second / on an empty store";
    let wanted = Wanted::AtLeast(Ratio(850));
    Goal { key: "create_pace_to_empty", title, at: size.payouts, value, spread, wanted }
}

fn cost(size: &SizeFigures, key: &'static str, deed: Deed) -> Option<Goal> {
    let (value, spread) = of_rounds(&size.deeds.get(&deed)?.cost);
    let title = match deed {
        Deed::Replay => "CPU of a replay / on an empty store",
        Deed::FirstPage => "CPU of the first page / on an empty store",
        Deed::FarPage => "CPU of a page far back / on an empty store",
        Deed::Event => "CPU of an event / on an empty store",
        Deed::Create | Deed::Get => return None,
    };
    Some(Goal { key, title, at: size.payouts, value, spread, wanted: COST_MAX })
}

fn starts(size: &SizeFigures) -> [Goal; 2] {
    let goal = |key, title, duration, at_most: u64| Goal {
        key,
        title,
        at: size.payouts,
        value: Ratio(milliseconds(duration).saturating_mul(ONE)),
        spread: None,
        wanted: Wanted::AtMost(Ratio(at_most.saturating_mul(ONE))),
    };
    let reopened = &size.reopened;
    [
        goal("ready_with_open_ms", "ready with payouts open, ms", reopened.ready, 300),
        goal("sent_ms", "all open payouts with the provider, ms", reopened.sent.elapsed, 5_000),
    ]
}

fn memory(size: &SizeFigures) -> Goal {
    let kib = size.resident.own_kib.saturating_add(size.resident.of_files_kib);
    Goal {
        key: "resident_mib",
        title: "resident memory with 200 connections, caches and program included, MiB",
        at: size.payouts,
        value: Ratio(kib.saturating_mul(ONE).div_euclid(1024)),
        spread: None,
        wanted: Wanted::AtMost(Ratio(64_000)),
    }
}

fn of_rounds(series: &Series) -> (Ratio, Option<(Ratio, Ratio)>) {
    (Ratio(series.median()), Some((Ratio(series.least()), Ratio(series.most()))))
}

impl Goal {
    /// Its key in JSON, with its size.
    pub(super) fn key(&self) -> String {
        format!("{}_at_{}", self.key, self.at)
    }

    /// Its value, what was wanted, and whether that was reached.
    pub(super) fn json(&self) -> Json {
        json!({
            "value": self.value.json(),
            "wanted": self.wanted.to_string(),
            "met": self.wanted.is_met_by(self.value),
        })
    }
}
