//! A failing world with as few faults as still make it fail.

use crate::FaultKind;
use crate::history::{WorldOptions, WorldReport, run_world};

/// A failing world with as few kinds of faults as still make it fail.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// How to live through it again.
    pub options: WorldOptions,
    /// What became of it.
    pub report: WorldReport,
}

/// Takes kinds of faults away, one after the other, as long as something still does not hold.
pub fn shrink(options: &WorldOptions, report: WorldReport) -> Shrunk {
    let mut shrunk = Shrunk { options: options.clone(), report };
    for kind in FaultKind::ALL.iter().copied() {
        let mut smaller = shrunk.options.clone();
        if !smaller.without.insert(kind) {
            continue;
        }
        let report = run_world(&smaller);
        if !report.violations.is_empty() {
            shrunk = Shrunk { options: smaller, report };
        }
    }
    shrunk
}
