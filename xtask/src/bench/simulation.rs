//! How many payouts a second the simulation lives through.

use crate::process;
use crate::simulate;
use crate::verdict::Verdict;
use anyhow::{Context, Result};

/// How many worlds are lived through.
const WORLDS: &str = "2000";
const WORLDS_QUICK: &str = "400";

/// Lives through a fixed number of worlds and prints one row.
pub(super) fn run(is_quick: bool, is_json: bool) -> Result<Verdict> {
    let worlds = if is_quick { WORLDS_QUICK } else { WORLDS };
    let arguments = ["--worlds", worlds, "--payouts", "40"].map(str::to_owned);
    let said = process::output_of(&mut simulate::simulation(&arguments))?;
    let per_second = per_second(&said).context("the simulation does not say how fast it was")?;
    if is_json {
        println!("{{\"simulation\":{{\"worlds\":{worlds},\"per_second\":{per_second}}}}}");
    } else {
        println!(
            "{:<58} {per_second:>9} a second",
            format!("payouts of {worlds} simulated worlds")
        );
    }
    Ok(Verdict::Passed)
}

/// From its line `N payouts a second`.
fn per_second(said: &str) -> Option<u64> {
    said.lines().find_map(|line| line.strip_suffix(" payouts a second")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_what_the_simulation_says() {
        assert_eq!(per_second("3 worlds\n4711 payouts a second\n0 violations\n"), Some(4711));
        assert_eq!(per_second("0 violations\n"), None);
    }
}
