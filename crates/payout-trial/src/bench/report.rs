//! What a bench came to.

use std::fmt;

use serde_json::{Map, Value as Json, json};

use super::figure::{Figure, Ratio, Series};
use super::rounds::Taken;

/// What a bench came to.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) taken: Taken,
    pub(super) rounds: usize,
    pub(super) services: Vec<ServiceFigures>,
    /// What the stores say of how they keep what they have promised.
    pub(super) durability: Vec<(String, String)>,
}

/// What is known of a service when all was measured.
#[derive(Debug)]
pub(super) struct ServiceFigures {
    pub(super) name: String,
    /// From its start to its announcement, in milliseconds.
    pub(super) start_ms: u64,
    /// The most memory that it had, in KiB.
    pub(super) peak_kib: u64,
    /// Bytes of database for each payout; `None` where they cannot be told.
    pub(super) bytes_per_payout: Option<u64>,
}

impl Report {
    /// One object: scenarios, limits, ratios.
    pub(crate) fn json(&self) -> Json {
        let scenarios: Map<String, Json> = self
            .taken
            .scenarios
            .iter()
            .map(|(scenario, figures)| (scenario.key().to_owned(), scenario_json(figures)))
            .collect();
        let limits: Map<String, Json> = self
            .taken
            .limits
            .iter()
            .map(|(limit, series)| (limit.key().to_owned(), json!(series.median())))
            .collect();
        let ratios: Map<String, Json> = self
            .taken
            .ratios
            .iter()
            .map(|(goal, series)| (goal.key().to_owned(), Ratio(series.median()).json()))
            .collect();
        let services: Map<String, Json> = self
            .services
            .iter()
            .map(|service| {
                let figures = json!({
                    "start_ms": service.start_ms,
                    "peak_kib": service.peak_kib,
                    "bytes_per_payout": service.bytes_per_payout,
                });
                (service.name.clone(), figures)
            })
            .collect();
        let durability: Map<String, Json> =
            self.durability.iter().map(|(name, said)| (name.clone(), json!(said))).collect();
        json!({
            "rounds": self.rounds,
            "scenarios": scenarios,
            "limits": limits,
            "ratios": ratios,
            "services": services,
            "durability": durability,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nratios and spans: median of {} rounds [least, most]", self.rounds)?;
        for (goal, series) in &self.taken.ratios {
            let [median, least, most] = [series.median(), series.least(), series.most()].map(Ratio);
            let met = if goal.wanted().is_met_by(median) { "met" } else { "MISSED" };
            let (title, wanted) = (goal.title(), goal.wanted());
            writeln!(f, "{title:<68} {median:>8} [{least}, {most}]  {wanted}  {met}")?;
        }
        writeln!(
            f,
            "\n{:<58} {:>9} {:>17} {:>8} {:>8} {:>8} {:>8}",
            "scenario", "a second", "[least, most]", "CPU us", "p50 us", "p99 us", "p99.9 us"
        )?;
        for (scenario, figures) in &self.taken.scenarios {
            writeln!(f, "{:<58} {}", scenario.title(), row(figures))?;
        }
        writeln!(f, "\n{:<68} {:>9}", "the machine", "median")?;
        for (limit, series) in &self.taken.limits {
            let [median, least, most] = [series.median(), series.least(), series.most()];
            writeln!(f, "{:<68} {median:>9} [{least}, {most}]", limit.title())?;
        }
        writeln!(f)?;
        for service in &self.services {
            let ServiceFigures { name, start_ms, peak_kib, bytes_per_payout } = service;
            let bytes = bytes_per_payout.map_or("-".to_owned(), |bytes| bytes.to_string());
            writeln!(
                f,
                "{name}: ready after {start_ms} ms, at most {peak_kib} KiB of memory, {bytes} bytes of \
                 database for each payout"
            )?;
        }
        for (name, said) in &self.durability {
            writeln!(f, "{name} keeps its word with {said}")?;
        }
        Ok(())
    }
}

fn scenario_json(figures: &[Figure]) -> Json {
    let median = |of: fn(&Figure) -> u64| series(figures, of).median();
    json!({
        "per_second": median(|figure| figure.per_second),
        "cpu_us": Ratio(median(|figure| figure.cpu_ns)).json(),
        "p50_us": median(|figure| figure.p50_us),
        "p99_us": median(|figure| figure.p99_us),
        "p999_us": median(|figure| figure.p999_us),
    })
}

fn row(figures: &[Figure]) -> String {
    let rates = series(figures, |figure| figure.per_second);
    let spread = format!("[{}, {}]", rates.least(), rates.most());
    let median = |of: fn(&Figure) -> u64| series(figures, of).median();
    let cpu_us = median(|figure| figure.cpu_ns).div_euclid(1000);
    let [p50, p99, p999] = [
        median(|figure| figure.p50_us),
        median(|figure| figure.p99_us),
        median(|figure| figure.p999_us),
    ];
    format!("{:>9} {spread:>17} {cpu_us:>8} {p50:>8} {p99:>8} {p999:>8}", rates.median())
}

fn series(figures: &[Figure], of: fn(&Figure) -> u64) -> Series {
    let mut series = Series::default();
    for figure in figures {
        series.add(of(figure));
    }
    series
}
