//! Every body that we write is of the form that is described, and shown.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use payout_wire::openapi::{described, told_events};
use serde_json::{Value, json};

use crate::document::validator;

#[test]
fn every_golden_body_is_an_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = fs::read_dir(folder).expect("the folder is there");
    let written: BTreeSet<String> = files
        .map(|file| file.expect("the folder is read").file_name())
        .map(|name| name.to_string_lossy().trim_end_matches(".json").to_owned())
        .collect();

    let shown: BTreeSet<String> = described()
        .into_iter()
        .flat_map(|it| it.examples)
        .map(|example| example.name.to_owned())
        .filter(|name| name != "create_open_payout")
        .collect();

    assert_eq!(shown, written);
}

#[test]
fn every_example_is_of_the_form_that_is_described_and_has_no_member_that_is_not() {
    for it in described() {
        let validator = validator(it.name, true);
        for example in it.examples {
            let body: Value = serde_json::from_str(example.json).expect("an example is JSON");

            let wrong: Vec<_> = validator.iter_errors(&body).map(|e| e.to_string()).collect();

            assert_eq!(wrong, Vec::<String>::new(), "{} as {}", example.name, it.name);
        }
    }
}

#[test]
fn what_is_written_holds_no_null_and_nothing_is_missing() {
    for it in described().into_iter().filter(|it| it.name.starts_with("Payout")) {
        let validator = validator(it.name, false);
        for example in it.examples {
            let body: Value = serde_json::from_str(example.json).expect("an example is JSON");
            for name in body.as_object().expect("a body is an object").keys() {
                let mut nulled = body.clone();
                nulled[name] = json!(null);

                assert!(!validator.is_valid(&nulled), "{name} of {} as {}", example.name, it.name);
            }
        }
    }
}

#[test]
fn every_event_that_is_told_is_described_with_its_own_type() {
    for event in told_events() {
        let bodies: Vec<_> = event.bodies.iter().chain(event.of_sandbox).collect();
        assert!(!bodies.is_empty(), "{}", event.event_type);
        for name in bodies {
            let it = described().into_iter().find(|it| it.name == *name);
            for example in it.expect("it is described").examples {
                let body: Value = serde_json::from_str(example.json).expect("an example is JSON");

                assert_eq!(body["type"], event.event_type, "{}", example.name);
            }
        }
    }
}
