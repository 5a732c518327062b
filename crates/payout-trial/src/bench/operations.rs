//! What the benches of single operations came to, in one table.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value as Json, json};

use super::figure::Ratio;

/// The operations that were measured, by their names.
#[derive(Debug)]
pub(crate) struct Operations(Vec<Operation>);

/// One operation: how long it takes, in nanoseconds to the thousandth.
#[derive(Debug, PartialEq, Eq)]
struct Operation {
    name: String,
    median: Ratio,
    /// The bounds within which the median lies, as far as it can be known.
    least: Ratio,
    most: Ratio,
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
                let [ns, least, most] = [it.median, it.least, it.most].map(Ratio::json);
                let figures = json!({ "ns": ns, "ns_least": least, "ns_most": most });
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
            let between = format!("[{least}, {most}]");
            write!(f, "\n{name:<50} {median:>12} {between:>24}")?;
        }
        Ok(())
    }
}

impl Operation {
    fn of(benchmark: &Json, estimates: &Json) -> Result<Self> {
        let number = |path: &str| {
            let number =
                estimates.pointer(path).and_then(|number| nanoseconds(&number.to_string()));
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

/// What is behind the third decimal place is left out.
fn nanoseconds(text: &str) -> Option<Ratio> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let places: String = places.chars().chain("000".chars()).take(3).collect();
    let (whole, places): (u64, u64) = (whole.parse().ok()?, places.parse().ok()?);
    Some(Ratio(whole.saturating_mul(1000).saturating_add(places)))
}

fn json_of(path: &Path) -> Result<Json> {
    let text = std::fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_to_its_third_place() {
        let read = |text| nanoseconds(text).map(|number| number.to_string());

        assert_eq!(read("337027.1").as_deref(), Some("337027.100"));
        assert_eq!(read("19.12345678").as_deref(), Some("19.123"));
        assert_eq!(read("7").as_deref(), Some("7.000"));
        assert_eq!((read("1.2e-7"), read("null")), (None, None));
    }

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
        assert!(operations.to_string().contains("12.500         [12.250, 12.750]"), "{operations}");
        assert_eq!(operations.json()["operations"]["domain/first"]["ns"], json!(12.5));
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
