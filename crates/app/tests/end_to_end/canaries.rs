//! A canary in every field that is a secret or a person's: none sings in a log, in the audit trail, in
//! a refusal or in what a verb complains of.

mod flows;
mod refused;
mod secrets;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::http::Answer;
use crate::stage::{Outcome, Stage, text};
use crate::world::World;

/// How many fields there are at least, and places that may not have heard of them.
const FIELDS_MIN: usize = 80;
const PLACES_MIN: usize = 50;

/// Where each canary sits, and what was said in places where none may be heard.
#[derive(Default)]
struct Aviary {
    canaries: Vec<(&'static str, String)>,
    said: Vec<(String, String)>,
}

impl Aviary {
    /// A value for a field, which occurs nowhere else.
    fn canary(&mut self, field: &'static str) -> String {
        let number = self.canaries.len();
        let value = format!("canary{number:03}q7f3e9d");
        self.watch(field, &value)
    }

    /// A value that has a form of its own, or that a server has made up.
    fn watch(&mut self, field: &'static str, value: &str) -> String {
        assert!(value.len() >= 8, "`{field}` could be anything: {value}");
        assert!(self.canaries.iter().all(|(_, known)| known != value), "`{field}`: {value}");
        self.canaries.push((field, value.to_owned()));
        value.to_owned()
    }

    /// Notes what was said where nobody's secret belongs.
    fn note(&mut self, place: impl Into<String>, said: impl Into<String>) {
        self.said.push((place.into(), said.into()));
    }

    /// Notes a refusal, which must be one.
    #[track_caller]
    fn refused(&mut self, what: &str, answer: &Answer) {
        assert!((400..600).contains(&answer.status), "{what}: {answer:?}");
        self.note(format!("the refusal of {what}"), &answer.body);
    }

    /// Notes what a verb has complained of.
    fn complained(&mut self, what: &str, outcome: &Outcome) {
        assert_ne!(outcome.code, Some(0), "{what}: {outcome:#?}");
        self.note(format!("the complaint about {what}"), &outcome.stderr);
    }

    /// Notes the logs and the audit trails of a home.
    fn note_home(&mut self, stage: &Stage) {
        for data in ["sandbox", "service"] {
            let log = fs::read_to_string(stage.path(&format!("{data}.log"))).expect("it logs");
            self.note(format!("the log of the {data}"), log);
            for file in files(&stage.path(&format!("{data}/audit"))) {
                let trail = fs::read_to_string(&file).expect("it is text");
                self.note(text(&file), trail);
            }
        }
    }

    /// Every canary that is heard, with the place and what stands around it.
    fn heard(&self) -> Vec<String> {
        let mut heard = Vec::new();
        for (place, said) in &self.said {
            let lower = said.to_ascii_lowercase();
            for (field, value) in &self.canaries {
                if let Some(at) = lower.find(&value.to_ascii_lowercase()) {
                    let around = said.get(at.saturating_sub(200)..at).unwrap_or_default();
                    heard.push(format!("{field} in {place}: …{around}{value}"));
                }
            }
        }
        heard
    }
}

/// The files of a folder; none if there is no such folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

#[test]
fn no_secret_and_nothing_of_a_person_is_heard_where_it_does_not_belong() {
    nothing_is_heard_of_a_service(&[]);
}

#[test]
fn no_secret_and_nothing_of_a_person_is_heard_of_a_service_on_postgres() {
    nothing_is_heard_of_a_service(&["--database", &crate::postgres::database()]);
}

fn nothing_is_heard_of_a_service(arguments: &[&str]) {
    let mut aviary = Aviary::default();
    let receiver = flows::rude_receiver(&mut aviary);
    let mut world = flows::talkative_world(&mut aviary, &receiver, arguments);

    let shown = flows::everything_goes_well(&mut aviary, &world);
    refused::everything_is_refused(&mut aviary, &world);
    secrets::of_files(&mut aviary, &world);
    secrets::of_verbs(&mut aviary, &world);
    assert!(world.service.stop().success() && world.sandbox.stop().success());
    aviary.note_home(&world.stage);

    let fields: BTreeSet<_> = aviary.canaries.iter().map(|(field, _)| field).collect();
    assert!(fields.len() >= FIELDS_MIN, "{fields:?}");
    assert!(aviary.said.len() >= PLACES_MIN, "{} places", aviary.said.len());
    let log = world.service.log();
    assert!(log.contains("TRACE"), "it says all that it can say: {log}");
    assert_eq!(aviary.heard(), Vec::<String>::new());
    the_scan_hears_them_where_they_are(&aviary, &world, shown);
}

/// The same scan over what the API must show and over a store, which keeps names in clear.
fn the_scan_hears_them_where_they_are(aviary: &Aviary, world: &World, shown: Vec<Json>) {
    let shown = shown.into_iter().map(|answer| ("an answer".to_owned(), answer.to_string()));
    let answers = Aviary { canaries: aviary.canaries.clone(), said: shown.collect() };
    let store = fs::read(world.stage.path("sandbox/payout.sqlite")).unwrap_or_default();
    let log = fs::read(world.stage.path("sandbox/payout.sqlite-wal")).unwrap_or_default();
    let kept = String::from_utf8_lossy(&[store, log].concat()).into_owned();
    let kept =
        Aviary { canaries: aviary.canaries.clone(), said: vec![("the store".to_owned(), kept)] };

    assert!(answers.heard().len() >= 10, "{:?}", answers.heard());
    assert!(kept.heard().len() >= 5, "{:?}", kept.heard());
}
