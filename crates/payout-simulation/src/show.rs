//! What is shown: a table or JSON on stdout, failures on stderr.

use std::time::Duration;

use payout_simulation::{FaultKind, FaultTally, Shrunk, Sum, WorldOptions, WorldReport};
use serde_json::{Map, Value, json};

/// Shows why a world failed, and how to live through it again.
pub(crate) fn failure(options: &WorldOptions, report: &WorldReport) {
    eprintln!("world {} fails:", options.seed);
    for violation in &report.violations {
        eprintln!("  {violation}");
    }
    eprintln!("again: {}", again(options));
    eprintln!("what this world is like: {}", report.plan);
    eprintln!("what happened last (hours:minutes:seconds since the beginning):");
    for line in &report.last_happenings {
        eprintln!("  {line}");
    }
}

/// Shows with how few faults a world still fails.
pub(crate) fn shrunk(shrunk: &Shrunk) {
    eprintln!("it still fails, with the fewest kinds of faults: {}", again(&shrunk.options));
    for violation in &shrunk.report.violations {
        eprintln!("  {violation}");
    }
    for (kind, count) in struck(&shrunk.report.faults) {
        eprintln!("  {count:>8} {kind}");
    }
}

/// Shows what became of one world.
pub(crate) fn world(seed: u64, report: &WorldReport) {
    println!("seed {seed}: digest {:016x}", report.digest);
    println!(
        "{} payouts wanted, {} accepted, {} parked",
        report.payouts, report.accepted, report.parked
    );
    faults(&report.faults);
    println!("{} violations", report.violations.len());
}

/// Shows what became of many worlds.
pub(crate) fn sum(first_seed: u64, sum: &Sum, took: Duration) {
    println!("{:<28}{:>14}", "fault", "times");
    faults(&sum.faults);
    println!("{:<28}{:>14}", "all faults", sum.faults.total());
    println!();
    println!("{} worlds from seed {first_seed}, digest {:016x}", sum.worlds, sum.digest);
    let years = sum.lasted_ms.checked_div(365 * 24 * 3_600_000).unwrap_or_default();
    let days = sum.lasted_ms.checked_div(24 * 3_600_000).unwrap_or_default();
    println!("{years} years ({days} days) of virtual time");
    println!(
        "{} payouts wanted, {} accepted, {} transmissions",
        sum.payouts, sum.accepted, sum.transmissions
    );
    println!(
        "{} parked ({} of a million), {} of them paid",
        sum.parked,
        sum.parked_of_a_million(),
        sum.parked_and_paid
    );
    for (reason, count) in &sum.parked_by {
        println!("{:<28}{count:>14}", format!("  {}", reason.as_str()));
    }
    println!("{} payouts a second", a_second(sum.payouts, took));
    println!("{} violations", violations(sum));
}

/// Prints what became of one world as one JSON object.
pub(crate) fn world_as_json(seed: u64, report: &WorldReport) {
    let mut sum = Sum {
        worlds: 1,
        payouts: report.payouts,
        accepted: report.accepted,
        parked: report.parked,
        parked_by: report.parked_by.clone(),
        faults: report.faults.clone(),
        ..Sum::default()
    };
    if !report.violations.is_empty() {
        sum.failures.push((seed, report.clone()));
    }
    sum_as_json(seed, &sum);
}

/// Prints what became of many worlds as one JSON object.
pub(crate) fn sum_as_json(first_seed: u64, sum: &Sum) {
    let by_kind: Map<String, Value> =
        FaultKind::ALL.iter().map(|kind| (kind.to_string(), json!(sum.faults.of(*kind)))).collect();
    let parked_by: Map<String, Value> = sum
        .parked_by
        .iter()
        .map(|(reason, count)| (reason.as_str().to_owned(), json!(count)))
        .collect();
    println!(
        "{}",
        json!({
            "first_seed": first_seed,
            "worlds": sum.worlds,
            "payouts": sum.payouts,
            "accepted": sum.accepted,
            "faults": sum.faults.total(),
            "faults_by_kind": by_kind,
            "violations": violations(sum),
            "parked_share": parked_share(sum),
            "parked_by": parked_by,
            "parked_and_paid": sum.parked_and_paid,
            "virtual_days": sum.lasted_ms.checked_div(24 * 3_600_000),
            "digest": format!("{:016x}", sum.digest),
        })
    );
}

/// The share of accepted payouts that wait for an operator, with six decimals.
fn parked_share(sum: &Sum) -> Value {
    let share = sum.parked_of_a_million();
    let (ones, rest) = (share.checked_div(1_000_000), share.checked_rem(1_000_000));
    let text = format!("{}.{:06}", ones.unwrap_or_default(), rest.unwrap_or_default());
    text.parse::<serde_json::Number>().map_or(Value::Null, Value::Number)
}

fn violations(sum: &Sum) -> usize {
    sum.failures.iter().fold(0, |count, (_, report)| count.saturating_add(report.violations.len()))
}

fn a_second(count: u64, took: Duration) -> u128 {
    let thousand = u128::from(count).saturating_mul(1000);
    thousand.checked_div(took.as_millis()).unwrap_or_default()
}

fn faults(tally: &FaultTally) {
    for (kind, count) in struck(tally) {
        println!("{kind:<28}{count:>14}");
    }
}

fn struck(tally: &FaultTally) -> impl Iterator<Item = (FaultKind, u64)> {
    let counts = FaultKind::ALL.iter().map(|kind| (*kind, tally.of(*kind)));
    counts.filter(|(_, count)| *count > 0)
}

fn again(options: &WorldOptions) -> String {
    let mut words =
        vec![format!("cargo xtask simulate --seed {} --payouts {}", options.seed, options.payouts)];
    words.extend(options.plant.map(|plant| format!("--plant {plant}")));
    words.extend(options.without.iter().map(|kind| format!("--without {kind}")));
    words.extend(options.blind_to.iter().map(|statement| format!("--blind-to {statement}")));
    words.join(" ")
}
