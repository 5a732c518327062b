//! Lets a sandbox misbehave.

use std::io::Read as _;
use std::path::Path;

use payout_wire::sandbox::{FaultOften, FaultReport, FaultRules, FaultTally};
use serde_json::{Map, Value as Json, json};

use super::api_failure::of_control;
use crate::cli::{Faults, SetFaults};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Shows, sets or clears the rules.
pub(crate) async fn run(
    faults: Faults,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    match faults {
        Faults::List(args) => {
            let controls = target::controls(&args.target, settings)?;
            let reply = controls.faults().await.map_err(of_control)?;
            output.result(&reply.json, || table(&reply.value))?;
        }
        Faults::Set(args) => {
            let controls = target::controls(&args.target, settings)?;
            let rules = rules(&args)?;
            let reply = controls.set_faults(&rules).await.map_err(of_control)?;
            output.result(&reply.json, || match rules.rules.len() {
                1 => "1 rule is set".to_owned(),
                several => format!("{several} rules are set"),
            })?;
        }
        Faults::Clear(args) => {
            let controls = target::controls(&args.target, settings)?;
            let reply = controls.clear_faults().await.map_err(of_control)?;
            output.result(&reply.json, || "the sandbox behaves from now on".to_owned())?;
        }
    }
    Ok(Exit::Done)
}

/// The rules of a file, or the one of the flags. Both are read as the sandbox reads them, so what is
/// wrong is said without asking it.
fn rules(args: &SetFaults) -> Result<FaultRules, Failure> {
    let body = match &args.file {
        Some(path) => read(path)?,
        None => of_flags(args).to_string().into_bytes(),
    };
    FaultRules::parse(&body).map_err(|invalid| {
        let sentences: Vec<_> = invalid
            .into_errors()
            .into_iter()
            .map(|(place, sentences)| format!("{place} {}", sentences.join("; ")))
            .collect();
        Failure::new(Exit::Refused, sentences.join("\n"))
    })
}

fn of_flags(args: &SetFaults) -> Json {
    let texts =
        [("on", &args.on), ("do", &args.fault), ("when", &args.when), ("location", &args.location)];
    let numbers = [
        ("status", args.status),
        ("retry_after_seconds", args.retry_after_seconds),
        ("after_bytes", args.after_bytes),
        ("milliseconds", args.milliseconds),
        ("skip", args.skip),
        ("next", args.next),
        ("percent", args.percent),
    ];
    let texts = texts.into_iter().map(|(name, text)| (name, text.as_deref().map(Json::from)));
    let numbers = numbers.into_iter().map(|(name, number)| (name, number.map(Json::from)));
    let rule: Map<String, Json> =
        texts.chain(numbers).filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    json!({ "seed": args.seed.unwrap_or_default(), "rules": [rule] })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    read.map_err(|error| Failure::failed(&path.display().to_string(), &error))?;
    Ok(bytes)
}

/// A line for each rule, and one for the calls.
fn table(report: &FaultReport) -> String {
    let calls: Vec<_> =
        report.calls.iter().map(|(call, count)| format!("{call} {count}")).collect();
    let calls = if calls.is_empty() { "none".to_owned() } else { calls.join(", ") };
    let mut lines: Vec<_> = report.rules.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("the sandbox behaves".to_owned());
    }
    lines.push(format!("calls so far: {calls}"));
    lines.join("\n")
}

fn line(FaultTally { rule, injected }: &FaultTally) -> String {
    let often = match rule.often {
        FaultOften::Every => "every call".to_owned(),
        FaultOften::Next(calls) => format!("the next {calls}"),
        FaultOften::Percent(percent) => format!("{percent} of 100"),
    };
    format!(
        "{:<18} {:<14} {often:<12} happened {injected} times",
        rule.on.as_str(),
        rule.kind.as_str()
    )
}
