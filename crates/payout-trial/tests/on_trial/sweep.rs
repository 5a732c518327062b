//! A life that is ended at its system calls.

use crate::verdict;

/// Every so-many-th call; `cargo xtask sweep` tries them all.
const STRIDE: &str = "10";

#[test]
fn a_payout_survives_a_kill_or_a_disk_error_at_its_system_calls() {
    let report = verdict::of(&["sweep", "--store", "sqlite", "--stride", STRIDE]);

    assert_eq!(report["findings"], 0, "{report}");
    for act in ["points", "points_of_start", "disk_errors"] {
        assert!(report[act].as_u64().unwrap_or_default() >= 5, "{act}: {report}");
    }
}
