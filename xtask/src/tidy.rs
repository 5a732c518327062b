//! `cargo xtask tidy`: holds the map against reality.
//!
//! Every check is a function from the [`House`] to its findings, in a file of its own, with tests
//! that plant the fault it is for.

mod house;
mod tree;
mod workspace;
mod finding;
mod rust_code;
mod map;
mod arrows;
mod owned_libraries;
mod crates;
mod sizes;
mod names;
mod words;
mod white_space;
mod links;
mod verbs;
mod decisions;
mod places;
mod scenarios;

use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;
use finding::Finding;
use house::House;

type Check = fn(&House) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    arrows::check,
    owned_libraries::check,
    crates::check,
    sizes::check,
    names::check,
    words::check,
    white_space::check,
    links::check,
    verbs::check,
    decisions::check,
    places::check,
    scenarios::check,
];

/// Runs every check and prints every finding.
pub(crate) fn run() -> Result<Verdict> {
    let house = House::read(&process::workspace_root())?;
    let findings: Vec<_> = CHECKS.iter().flat_map(|check| check(&house)).collect();
    for note in sizes::notes(&house) {
        println!("note: {note}");
    }
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} checks, {} findings", CHECKS.len(), findings.len());
    Ok(Verdict::passed_if(findings.is_empty()))
}
