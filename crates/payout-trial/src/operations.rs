//! What the benches of single operations came to, in one table.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value as Json, json};

/// The operations that were measured, by their names.
#[derive(Debug)]
pub(crate) struct Operations(Vec<Operation>);

/// One operation: how long it takes, in nanoseconds.
#[derive(Debug, PartialEq)]
struct Operation {
    name: String,
    median: f64,
    /// The bounds within which the median lies, as far as it can be known.
    least: f64,
    most: f64,
}

impl Operations {
    /// Reads the folder in which the library for benches has left its results.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut all = Vec::new();
        let entries = std::fs::read_dir(folder);
        for entry in entries.with_context(|| folder.display().to_string())? {
            let results = entry?.path().join("new");
            if results.is_dir() {
                let [benchmark, estimates] =
                    ["benchmark.json", "estimates.json"].map(|name| json_of(&results.join(name)));
                all.push(Operation::of(&benchmark?, &estimates?)?);
            }
        }
        ensure!(!all.is_empty(), "nothing was measured in {}", folder.display());
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self(all))
    }

    /// One object: operations by name.
    pub(crate) fn json(&self) -> Json {
        let operations: Map<String, Json> = self
            .0
            .iter()
            .map(|it| {
                let figures = json!({ "ns": it.median, "ns_least": it.least, "ns_most": it.most });
                (it.name.clone(), figures)
            })
            .collect();
        json!({ "operations": operations })
    }
}

impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<50} {:>12} {:>24}", "operation", "median ns", "[it lies between]")?;
        for Operation { name, median, least, most } in &self.0 {
            let between = format!("[{least:.1}, {most:.1}]");
            write!(f, "\n{name:<50} {median:>12.1} {between:>24}")?;
        }
        Ok(())
    }
}

impl Operation {
    fn of(benchmark: &Json, estimates: &Json) -> Result<Self> {
        let number = |path: &str| {
            let number = estimates.pointer(path).and_then(Json::as_f64);
            number.with_context(|| format!("a result has no {path}"))
        };
        let name = benchmark.get("full_id").and_then(Json::as_str);
        Ok(Self {
            name: name.context("a result has no name")?.to_owned(),
            median: number("/median/point_estimate")?,
            least: number("/median/confidence_interval/lower_bound")?,
            most: number("/median/confidence_interval/upper_bound")?,
        })
    }
}

fn json_of(path: &Path) -> Result<Json> {
    let text = std::fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESTIMATES: &str = r#"{ "median": { "point_estimate": 12.5, "standard_error": 0.1,
        "confidence_interval": { "confidence_level": 0.95, "lower_bound": 12.25, "upper_bound": 12.75 } } }"#;

    fn write(folder: &Path, name: &str, estimates: &str) {
        let results = folder.join(name).join("new");
        std::fs::create_dir_all(&results).expect("it is ours");
        let benchmark = json!({ "full_id": format!("domain/{name}") }).to_string();
        std::fs::write(results.join("benchmark.json"), benchmark).expect("it is ours");
        std::fs::write(results.join("estimates.json"), estimates).expect("it is ours");
    }

    #[test]
    fn the_table_has_every_result_by_its_name() {
        let folder = tempfile::tempdir().expect("there is room");
        for name in ["second", "first"] {
            write(folder.path(), name, ESTIMATES);
        }
        std::fs::create_dir(folder.path().join("report")).expect("it is ours");

        let operations = Operations::read(folder.path()).expect("they are well-formed");

        let names: Vec<_> = operations.0.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["domain/first", "domain/second"]);
        assert!(operations.to_string().contains("12.5            [12.2, 12.8]"), "{operations}");
        assert_eq!(operations.json()["operations"]["domain/first"]["ns"], 12.5);
    }

    #[test]
    fn a_result_without_a_median_is_an_error() {
        let folder = tempfile::tempdir().expect("there is room");
        write(folder.path(), "broken", "{}");

        assert!(Operations::read(folder.path()).is_err());
    }

    #[test]
    fn a_folder_without_results_is_an_error() {
        let folder = tempfile::tempdir().expect("there is room");

        assert!(Operations::read(folder.path()).is_err());
    }
}
