//! What a trial says in the end.

use std::process::Command;

use serde_json::Value as Json;

/// Runs a trial to its end and gives the object that it ends with.
#[track_caller]
pub(crate) fn of(arguments: &[&str]) -> Json {
    let program = env!("CARGO_BIN_EXE_payout-trial");
    let output = Command::new(program).args(arguments).arg("--json").output();
    let output = output.expect("the trial was built");

    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().last().unwrap_or_default();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    serde_json::from_str(last).expect("it ends with one object")
}
