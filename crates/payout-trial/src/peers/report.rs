//! What it came to, side by side.

use std::fmt;

use serde_json::{Map, Value as Json, json};

use super::growth::Grown;
use super::house::Rest;
use super::names::Scenario;
use super::round::Taken;
use crate::bench::figure::{Figure, Ratio, Series};
use crate::figures::milliseconds;

/// What it came to, side by side.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) taken: Taken,
    pub(super) rounds: usize,
    pub(super) growth: Vec<Grown>,
}

/// The medians of one scenario; 0 for what is not known of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Medians {
    per_second: u64,
    least: u64,
    most: u64,
    cpu_ns: u64,
    p50_us: u64,
    p99_us: u64,
    start_ms: u64,
    idle_kib: u64,
}

impl Report {
    /// One object: peers by name, ratios, growth.
    pub(crate) fn json(&self) -> Json {
        let peers = self.scenarios().map(|it| (it.key().to_owned(), self.medians(it).json(it)));
        let ratios = self.taken.ratios.iter();
        let ratios = ratios.map(|(goal, series)| (goal.key(), Ratio(series.median()).json()));
        let growth: Vec<_> = self.growth.iter().map(Grown::json).collect();
        json!({
            "rounds": self.rounds,
            "peers": peers.collect::<Map<_, _>>(),
            "ratios": ratios.collect::<Map<_, _>>(),
            "growth": growth,
        })
    }

    /// All that was measured.
    fn scenarios(&self) -> impl Iterator<Item = Scenario> {
        let Taken { figures, rests, .. } = &self.taken;
        let all: std::collections::BTreeSet<_> = figures.keys().chain(rests.keys()).collect();
        all.into_iter().copied()
    }

    fn medians(&self, scenario: Scenario) -> Medians {
        let Taken { figures, rests, .. } = &self.taken;
        let figures = figures.get(&scenario).map_or(&[][..], Vec::as_slice);
        let rests = rests.get(&scenario).map_or(&[][..], Vec::as_slice);
        Medians::of(figures, rests)
    }

    fn write_ratios(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nratios: median of {} rounds [least, most]", self.rounds)?;
        for (goal, series) in &self.taken.ratios {
            let [median, least, most] = [series.median(), series.least(), series.most()].map(Ratio);
            let verdict = goal.wanted().map_or(String::new(), |wanted| {
                let met = if wanted.is_met_by(median) { "met" } else { "MISSED" };
                format!("  {wanted}  {met}")
            });
            writeln!(f, "{:<68} {median:>8} [{least}, {most}]{verdict}", goal.title())?;
        }
        Ok(())
    }

    fn write_scenarios(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<50} {:>9} {:>17} {:>8} {:>8} {:>8} {:>8} {:>8}",
            "scenario",
            "a second",
            "[least, most]",
            "CPU us",
            "p50 us",
            "p99 us",
            "start ms",
            "idle KiB"
        )?;
        for scenario in self.scenarios() {
            writeln!(f, "{:<50} {}", scenario.title(), self.medians(scenario))?;
        }
        Ok(())
    }

    fn write_growth(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, rate, cpu, memory) = ("remembered", "a second", "CPU us", "KiB");
        writeln!(f, "\n{:<50} {before:>10} {rate:>9} {cpu:>8} {memory:>9}", "does its cost grow?")?;
        for grown in &self.growth {
            let Grown { scenario, wanted, reached, figure, resident_kib } = grown;
            let (title, rate) = (scenario.title(), figure.per_second);
            let cpu_us = figure.cpu_ns.div_euclid(1000);
            write!(f, "{title:<50} {reached:>10} {rate:>9} {cpu_us:>8} {resident_kib:>9}")?;
            if reached < wanted {
                write!(f, "  it came no further on the way to {wanted}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_ratios(f)?;
        self.write_scenarios(f)?;
        self.write_growth(f)?;
        writeln!(f, "\nwhat each of them does, and does not:")?;
        for scenario in self.scenarios() {
            writeln!(f, "{}: {}", scenario.title(), scenario.remark())?;
        }
        Ok(())
    }
}

impl Medians {
    fn of(figures: &[Figure], rests: &[Rest]) -> Self {
        let of = |values: Vec<u64>| values.into_iter().collect::<Series>().median();
        let figure = |value: fn(&Figure) -> u64| of(figures.iter().map(value).collect());
        let rates: Series = figures.iter().map(|it| it.per_second).collect();
        Self {
            per_second: rates.median(),
            least: rates.least(),
            most: rates.most(),
            cpu_ns: figure(|it| it.cpu_ns),
            p50_us: figure(|it| it.p50_us),
            p99_us: figure(|it| it.p99_us),
            start_ms: of(rests.iter().map(|it| milliseconds(it.start)).collect()),
            idle_kib: of(rests.iter().map(|it| it.idle_kib).collect()),
        }
    }

    fn json(self, scenario: Scenario) -> Json {
        let known = |value: u64| if value == 0 { json!(null) } else { json!(value) };
        let cpu = if self.cpu_ns == 0 { json!(null) } else { Ratio(self.cpu_ns).json() };
        json!({
            "per_second": known(self.per_second),
            "cpu_us": cpu,
            "p50_us": known(self.p50_us),
            "p99_us": known(self.p99_us),
            "start_ms": known(self.start_ms),
            "idle_kib": known(self.idle_kib),
            "remark": scenario.remark(),
        })
    }
}

impl fmt::Display for Medians {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |value: u64| if value == 0 { "-".to_owned() } else { value.to_string() };
        let Self { per_second, least, most, cpu_ns, p50_us, p99_us, start_ms, idle_kib } = *self;
        let spread = if most == 0 { "-".to_owned() } else { format!("[{least}, {most}]") };
        let [rate, cpu, p50, p99, start, idle] =
            [per_second, cpu_ns.div_euclid(1000), p50_us, p99_us, start_ms, idle_kib].map(known);
        write!(f, "{rate:>9} {spread:>17} {cpu:>8} {p50:>8} {p99:>8} {start:>8} {idle:>8}")
    }
}

impl Grown {
    fn json(&self) -> Json {
        json!({
            "peer": self.scenario.key(),
            "wanted": self.wanted,
            "reached": self.reached,
            "per_second": self.figure.per_second,
            "cpu_us": Ratio(self.figure.cpu_ns).json(),
            "p99_us": self.figure.p99_us,
            "resident_kib": self.resident_kib,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_not_known_of_a_peer_is_told_as_nothing() {
        let rest = Rest { start: Duration::from_millis(31), idle_kib: 9000 };

        let medians = Medians::of(&[], &[rest]);

        let json = medians.json(Scenario::Serve);
        assert_eq!((&json["per_second"], &json["start_ms"]), (&json!(null), &json!(31)));
        assert!(medians.to_string().trim_start().starts_with('-'), "{medians}");
    }

    #[test]
    fn the_middle_round_stands_for_all() {
        let figure =
            |per_second| Figure { per_second, cpu_ns: 0, p50_us: 0, p99_us: 0, p999_us: 0 };

        let medians = Medians::of(&[figure(9), figure(1), figure(4)], &[]);

        assert_eq!((medians.least, medians.per_second, medians.most), (1, 4, 9));
    }
}
