//! What the sizes came to.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use indicatif::HumanCount;
use serde_json::{Map, Value as Json, json};

use super::SizeFigures;
use super::deed::Deed;
use super::goals::{Goal, goals};
use crate::bench::figure::{Figure, Ratio, Series};
use crate::figures::milliseconds;

/// What the sizes came to.
#[derive(Debug)]
pub(crate) struct Report {
    /// From the smallest store to the largest.
    pub(super) sizes: Vec<SizeFigures>,
    pub(super) rounds: usize,
    pub(super) span: Duration,
    pub(super) of: Option<String>,
}

impl Report {
    /// One object: sizes by their number of payouts, ratios by name with their goals.
    pub(crate) fn json(&self) -> Json {
        let sizes: Map<String, Json> =
            self.sizes.iter().map(|it| (it.payouts.to_string(), size_json(it))).collect();
        let ratios: Map<String, Json> =
            goals(&self.sizes).iter().map(|goal| (goal.key(), goal.json())).collect();
        json!({
            "rounds": self.rounds,
            "span_ms": milliseconds(self.span),
            "of": self.of,
            "sizes": sizes,
            "ratios": ratios,
        })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for size in &self.sizes {
            writeln!(f, "{size}")?;
        }
        writeln!(f, "goals: medians of {} rounds [least, most]", self.rounds)?;
        for Goal { title, at, value, spread, wanted, .. } in goals(&self.sizes) {
            let met = if wanted.is_met_by(value) { "met" } else { "MISSED" };
            let at = HumanCount(at).to_string();
            let title = format!("{title}, at {at} payouts");
            let spread = spread.map_or(String::new(), |(least, most)| format!("[{least}, {most}]"));
            writeln!(f, "{title:<82} {value:>10} {spread:<18} {wanted}  {met}")?;
        }
        Ok(())
    }
}

impl Display for SizeFigures {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { payouts, filled, bytes, ready, reopened, resident, .. } = self;
        writeln!(
            f,
            "{} payouts, cloned in {} s: {} MiB of database, {} bytes for each",
            HumanCount(*payouts),
            filled.took.as_secs(),
            bytes.div_euclid(1 << 20),
            self.bytes_per_payout()
        )?;
        let [ready, again, crashed] =
            [*ready, reopened.ready, reopened.ready_after_crash].map(milliseconds);
        writeln!(
            f,
            "  ready after {ready} ms; with {} open, after {again} ms, and after a crash {crashed} ms",
            HumanCount(reopened.open)
        )?;
        let [sent, reconciled] = [reopened.sent, reopened.reconciled]
            .map(|it| (milliseconds(it.elapsed), it.cpu_ns.div_euclid(1000)));
        writeln!(
            f,
            "  all of them sent within {} ms (CPU {} us each), reconciled within {} ms (CPU {} us each)",
            sent.0, sent.1, reconciled.0, reconciled.1
        )?;
        writeln!(
            f,
            "  resident with many connections: {} KiB of its own, {} KiB of files",
            resident.own_kib, resident.of_files_kib
        )?;
        writeln!(
            f,
            "  {:<42} {:>9} {:>8} {:>8} {:>8} {:>24}",
            "", "a second", "CPU us", "p50 us", "p99 us", "CPU / on an empty store"
        )?;
        for (deed, compared) in &self.deeds {
            let of = |of: fn(&Figure) -> u64| series(&compared.here, of).median();
            let cost = [compared.cost.median(), compared.cost.least(), compared.cost.most()];
            let [cost, least, most] = cost.map(Ratio);
            writeln!(
                f,
                "  {:<42} {:>9} {:>8} {:>8} {:>8} {:>8} [{least}, {most}]",
                deed.title(),
                of(|figure| figure.per_second),
                of(|figure| figure.cpu_ns).div_euclid(1000),
                of(|figure| figure.p50_us),
                of(|figure| figure.p99_us),
                cost,
            )?;
        }
        Ok(())
    }
}

/// What one deed takes at a size, in nanoseconds of a processor.
pub(super) fn cpu_ns(size: &SizeFigures, deed: Deed) -> u64 {
    size.deeds.get(&deed).map_or(0, |it| series(&it.here, |figure| figure.cpu_ns).median())
}

/// The same on the nearly empty store that took turns with it.
pub(super) fn empty_cpu_ns(size: &SizeFigures, deed: Deed) -> u64 {
    size.deeds.get(&deed).map_or(0, |it| series(&it.empty, |figure| figure.cpu_ns).median())
}

fn size_json(size: &SizeFigures) -> Json {
    let deeds: Map<String, Json> = size
        .deeds
        .iter()
        .map(|(deed, compared)| {
            let figures = json!({
                "here": figures_json(&compared.here),
                "empty": figures_json(&compared.empty),
                "cost_to_empty": Ratio(compared.cost.median()).json(),
                "pace_to_empty": Ratio(compared.pace.median()).json(),
            });
            (deed.key().to_owned(), figures)
        })
        .collect();
    let reopened = &size.reopened;
    json!({
        "fill_s": size.filled.took.as_secs(),
        "database_bytes": size.bytes,
        "bytes_per_payout": size.bytes_per_payout(),
        "ready_ms": milliseconds(size.ready),
        "open": reopened.open,
        "ready_with_open_ms": milliseconds(reopened.ready),
        "ready_after_crash_ms": milliseconds(reopened.ready_after_crash),
        "sent_ms": milliseconds(reopened.sent.elapsed),
        "sent_cpu_us": Ratio(reopened.sent.cpu_ns).json(),
        "reconciled_ms": milliseconds(reopened.reconciled.elapsed),
        "reconciled_cpu_us": Ratio(reopened.reconciled.cpu_ns).json(),
        "resident_own_kib": size.resident.own_kib,
        "resident_of_files_kib": size.resident.of_files_kib,
        "scenarios": deeds,
    })
}

fn figures_json(figures: &[Figure]) -> Json {
    let median = |of: fn(&Figure) -> u64| series(figures, of).median();
    json!({
        "per_second": median(|figure| figure.per_second),
        "cpu_us": Ratio(median(|figure| figure.cpu_ns)).json(),
        "p50_us": median(|figure| figure.p50_us),
        "p99_us": median(|figure| figure.p99_us),
    })
}

fn series(figures: &[Figure], of: fn(&Figure) -> u64) -> Series {
    let mut series = Series::default();
    for figure in figures {
        series.add(of(figure));
    }
    series
}
