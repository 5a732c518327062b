//! Trials of one thing each.

use serde_json::Value as Json;

use crate::verdict;

#[track_caller]
#[expect(clippy::indexing_slicing, reason = "what JSON lacks is null")]
fn nothing_is_found(trial: &str) {
    let report = verdict::of(&["trials", trial]);

    assert_eq!(report["trials"], Json::from(vec![trial]), "{report}");
    assert_eq!(report["findings"], 0, "{report}");
}

#[test]
fn a_full_disk_accepts_nothing_and_loses_nothing() {
    nothing_is_found("disk-full");
}

#[test]
fn a_standstill_past_lease_and_key_window_pays_nothing_twice() {
    nothing_is_found("stall");
}

#[test]
fn a_clock_that_is_put_back_by_hours_stops_no_payout() {
    nothing_is_found("clock-back");
}

#[test]
fn a_clock_that_is_put_forward_by_hours_stops_no_payout() {
    nothing_is_found("clock-forth");
}

#[test]
fn a_second_process_on_the_same_file_is_turned_away() {
    nothing_is_found("second-process");
}

#[test]
fn a_proxy_of_the_environment_is_not_used() {
    nothing_is_found("proxy");
}

#[test]
fn two_thousand_silent_or_dribbling_peers_keep_nobody_out() {
    nothing_is_found("crowd");
}
