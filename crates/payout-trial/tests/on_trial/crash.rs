//! Kills under load.

use crate::verdict;

#[test]
fn a_hundred_kills_lose_nothing_and_pay_nothing_twice() {
    let report = verdict::of(&["crash", "--store", "sqlite", "--kills", "100", "--seed", "7"]);

    assert_eq!(report["kills"], 100, "{report}");
    for wrong in ["lost", "twice", "false_status", "findings"] {
        assert_eq!(report[wrong], 0, "{report}");
    }
    let accepted = report["accepted"].as_u64().unwrap_or_default();
    assert!(accepted > 100, "there was load: {report}");
    assert!(report["executed"].as_u64().unwrap_or_default() > 100, "{report}");
    assert!(report["failed"].as_u64().unwrap_or_default() > 0, "{report}");
    assert_eq!(report["returned"], 5, "{report}");
}
