//! The plots of a report.

use std::path::Path;

use anyhow::{Context as _, Result};
use indicatif::HumanCount;
use payout_ports::Clock as _;
use payout_wire::timestamp;

use super::SizeFigures;
use super::deed::Deed;
use super::plot::{Line, Plot};
use super::report::{Report, cpu_ns, empty_cpu_ns};
use crate::clock::SystemClock;

/// Dark enough on white, and told apart by whoever sees no red or no green.
const COLOURS: [&str; 3] = ["#0b5cad", "#b3490a", "#4d7a1f"];
const GREY: &str = "#8a8a8a";

/// Writes each plot into a file of its own in a directory, which is made if there is none.
pub(super) fn write(report: &Report, directory: &Path) -> Result<()> {
    std::fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let plots = [
        ("create.svg", create(report)),
        ("list.svg", list(report)),
        ("reconcile.svg", reconcile(report)),
    ];
    for (name, plot) in plots {
        let path = directory.join(name);
        std::fs::write(&path, plot.to_string()).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn create(report: &Report) -> Plot {
    let here = line(report, "a store of this size", COLOURS[0], |it| cpu_ns(it, Deed::Create));
    let empty = line(report, "a nearly empty one, in turns with it", GREY, |it| {
        empty_cpu_ns(it, Deed::Create)
    });
    plot(report, "Signed durable create", &rounds(report), vec![here, empty])
}

fn list(report: &Report) -> Plot {
    let [first, second, third] = COLOURS;
    let lines = [
        ("first page of 25", first, Deed::FirstPage),
        ("page of 25 far back", second, Deed::FarPage),
        ("one by its id", third, Deed::Get),
    ];
    let lines = lines.map(|(name, colour, deed)| line(report, name, colour, |it| cpu_ns(it, deed)));
    plot(report, "Reading", &rounds(report), lines.into())
}

fn reconcile(report: &Report) -> Plot {
    let [first, second, third] = COLOURS;
    let lines = vec![
        line(report, "reconciled, and told the client", first, |it| it.reopened.reconciled.cpu_ns),
        line(report, "claimed and sent", second, |it| it.reopened.sent.cpu_ns),
        line(report, "event followed", third, |it| cpu_ns(it, Deed::Event)),
    ];
    let open: Vec<_> = report.sizes.iter().map(|it| it.reopened.open.to_string()).collect();
    let how = format!("{} open payouts, once each; events: {}", open.join(", "), rounds(report));
    plot(report, "Bringing open payouts to their end", &how, lines)
}

fn line(
    report: &Report,
    name: &str,
    colour: &'static str,
    cpu_ns: impl Fn(&SizeFigures) -> u64,
) -> Line {
    Line { name: name.to_owned(), colour, values: report.sizes.iter().map(cpu_ns).collect() }
}

/// How often and how long everything was looked at.
fn rounds(report: &Report) -> String {
    let (rounds, milliseconds) = (report.rounds, report.span.as_millis());
    format!("medians of {rounds} rounds of {milliseconds} ms")
}

fn plot(report: &Report, title: &'static str, how: &str, lines: Vec<Line>) -> Plot {
    let now = timestamp::to_seconds(SystemClock.now());
    let day = now.split('T').next().unwrap_or_default();
    let of = report.of.as_ref().map(|of| format!(", {of}")).unwrap_or_default();
    Plot {
        title,
        upwards: "processor time of the service for each, µs; SQLite",
        caption: format!("{day}{of}; {how}"),
        sizes: report.sizes.iter().map(|it| HumanCount(it.payouts).to_string()).collect(),
        lines,
    }
}
