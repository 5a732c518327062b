//! Every target hears what is known: golden files, seeds, what was once found, and changes of them.

mod inputs;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use payout_fuzz::{Heard, TARGETS, hear};
use proptest::collection::vec;
use proptest::prelude::*;

use inputs::{goldens, root, seeds};

/// How many changes of what is known each target hears.
const CHANGED: u32 = 512;

#[test]
fn every_target_takes_something_that_is_known() {
    for target in TARGETS {
        let known: Vec<_> = goldens().into_iter().chain(seeds(target.name)).collect();

        let taken = known.iter().filter(|bytes| hear(target.name, bytes) == Heard::Taken).count();

        assert!(taken > 0, "`{}` takes none of {} inputs", target.name, known.len());
    }
}

#[test]
fn no_target_breaks_its_word_on_changes_of_what_is_known() {
    let goldens = goldens();
    for target in TARGETS {
        let known: Vec<_> = goldens.iter().cloned().chain(seeds(target.name)).collect();
        let config =
            ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CHANGED) };
        proptest!(config, |(bytes in changed(known))| { hear(target.name, &bytes.0); });
    }
}

#[test]
fn every_target_has_its_program() {
    let folder = root().join("fuzz/fuzz_targets");
    let programs = std::fs::read_dir(folder).expect("the programs are there").flatten();
    let programs: BTreeSet<_> =
        programs.filter_map(|file| stem(&file.path()).map(str::to_owned)).collect();

    let targets: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();

    assert_eq!(programs, targets);
    for target in &targets {
        let program = root().join(format!("fuzz/fuzz_targets/{target}.rs"));
        let program = std::fs::read_to_string(program).expect("it is there");
        assert!(program.contains(&format!("hear(\"{target}\", bytes)")), "{program}");
    }
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

/// An input that is shown as text.
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// One of these inputs, with some bytes put in the place of others.
fn changed(known: Vec<Vec<u8>>) -> impl Strategy<Value = Input> {
    let change = (any::<prop::sample::Index>(), 0_usize..4, vec(any::<u8>(), 0..4));
    (prop::sample::select(known), vec(change, 1..4)).prop_map(|(mut bytes, changes)| {
        for (place, removed, added) in changes {
            let start = place.index(bytes.len().saturating_add(1));
            let end = start.saturating_add(removed).min(bytes.len());
            bytes.splice(start..end, added);
        }
        Input(bytes)
    })
}
