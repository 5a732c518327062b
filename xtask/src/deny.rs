//! `cargo xtask deny`: what came in with the dependencies, by the rules of `deny.toml`.

use crate::cargo_program::CargoProgram;
use crate::process;
use crate::verdict::Verdict;
use anyhow::Result;

const CARGO_DENY: CargoProgram = CargoProgram { name: "cargo-deny", version: "0.20.2" };

/// What can be told from the lock file and the registry alone.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];

/// The workspace, and the programs for fuzzing, which have a lock file of their own: each with the
/// warnings about rules that are for the other.
const MANIFESTS: [(&str, &[&str]); 2] = [
    ("Cargo.toml", &["license-exception-not-encountered"]),
    ("fuzz/Cargo.toml", &["license-not-encountered", "unused-wrapper"]),
];

/// Checks both lock files. Known vulnerabilities are a list on the internet, and only looked up if
/// asked for.
pub(crate) fn run(advisories: bool) -> Result<Verdict> {
    let mut all_clean = true;
    for (manifest, of_the_other) in MANIFESTS {
        let mut deny = CARGO_DENY.command()?;
        deny.args(["--manifest-path", manifest, "--config", "deny.toml", "check"]).args(OFFLINE);
        deny.args(of_the_other.iter().flat_map(|warning| ["--allow", warning]));
        if advisories {
            deny.arg("advisories");
        }
        process::announce(manifest, &deny);
        all_clean &= process::run(&mut deny)? == Verdict::Passed;
    }
    if !advisories {
        println!(
            "deny: known vulnerabilities were not looked up: `--advisories` does, with internet"
        );
    }
    Ok(Verdict::passed_if(all_clean))
}
