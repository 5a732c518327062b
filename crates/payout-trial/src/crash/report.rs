//! What came of a run.

use std::fmt;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::audit::Ends;
use crate::figures::{Spans, milliseconds};
use crate::finding::{Finding, Kind};

/// What came of a run.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) store: &'static str,
    pub(crate) seed: u64,
    pub(crate) instances: usize,
    pub(crate) kills: u64,
    /// How often the database server was killed, on top of that.
    pub(crate) database_kills: u64,
    /// Payouts that were acknowledged.
    pub(crate) accepted: usize,
    /// Acknowledgements, those of repeated requests included.
    pub(crate) acknowledgements: u64,
    pub(crate) ends: Ends,
    /// Webhooks that came in, repeated ones included.
    pub(crate) deliveries: u64,
    pub(crate) findings: Vec<Finding>,
    /// How long the killing took, audits included.
    pub(crate) killing: Duration,
    /// How long everything took.
    pub(crate) total: Duration,
    /// From a start to its announcement.
    pub(crate) starts: Spans,
    /// From a kill to the first payout that reaches the provider afterwards.
    pub(crate) dispatches: Spans,
}

impl Report {
    /// How many findings of this kind there are.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|finding| finding.kind == kind).count()
    }

    /// The report as one object.
    pub(crate) fn json(&self) -> Json {
        json!({
            "store": self.store,
            "seed": self.seed,
            "instances": self.instances,
            "kills": self.kills,
            "database_kills": self.database_kills,
            "accepted": self.accepted,
            "lost": self.count(Kind::Lost),
            "twice": self.count(Kind::Twice),
            "false_status": self.count(Kind::FalseStatus),
            "findings": self.findings.len(),
            "executed": self.ends.executed,
            "failed": self.ends.failed,
            "returned": self.ends.returned,
            "acknowledgements": self.acknowledgements,
            "webhooks": self.deliveries,
            "seconds": self.total.as_secs(),
            "kills_per_minute": self.kills_per_minute(),
            "start_ms_p50": self.starts.percentile_ms(50),
            "start_ms_p99": self.starts.percentile_ms(99),
            "first_dispatch_ms_p50": self.dispatches.percentile_ms(50),
            "first_dispatch_ms_p99": self.dispatches.percentile_ms(99),
            "first_dispatch_samples": self.dispatches.count(),
        })
    }

    fn kills_per_minute(&self) -> u64 {
        let killing = milliseconds(self.killing).max(1);
        self.kills.saturating_mul(60_000).checked_div(killing).unwrap_or(0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let ms = |span: Option<u64>| span.map_or("–".to_owned(), |ms| format!("{ms} ms"));
        writeln!(f, "{}, seed {}, {} instance(s)", self.store, self.seed, self.instances)?;
        writeln!(
            f,
            "{} kills and {} of the database server in {} s ({} a minute), {} s with the last audit",
            self.kills,
            self.database_kills,
            self.killing.as_secs(),
            self.kills_per_minute(),
            self.total.as_secs(),
        )?;
        writeln!(
            f,
            "{} payouts accepted: {} executed, {} failed, {} came back; {} webhooks",
            self.accepted,
            self.ends.executed,
            self.ends.failed,
            self.ends.returned,
            self.deliveries,
        )?;
        writeln!(
            f,
            "start p50 {}, p99 {}; from a kill to the next dispatch p50 {}, p99 {} ({} lives)",
            ms(self.starts.percentile_ms(50)),
            ms(self.starts.percentile_ms(99)),
            ms(self.dispatches.percentile_ms(50)),
            ms(self.dispatches.percentile_ms(99)),
            self.dispatches.count(),
        )?;
        write!(
            f,
            "{} lost, {} twice, {} with a false status, {} findings in all",
            self.count(Kind::Lost),
            self.count(Kind::Twice),
            self.count(Kind::FalseStatus),
            self.findings.len(),
        )
    }
}
