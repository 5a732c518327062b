//! `cargo xtask attack`: forgeries, invalid requests and verdicts by chance, as many as one likes.
//!
//! A test run tries a few thousand of each. Here the same tests are told to try more.

use crate::process;
use crate::verdict::Verdict;
use anyhow::{Result, ensure};
use clap::Args;
use std::process::Command;

/// How much is tried.
#[derive(Debug, Args)]
pub(crate) struct AttackArguments {
    /// How many changed signatures and tokens are tried
    #[arg(long, value_name = "N")]
    forgeries: Option<u64>,
    /// How many requests are tried that nothing should accept
    #[arg(long, value_name = "N")]
    requests: Option<u64>,
    /// How many verdicts of the tables are compared with the library's; say `--release` as well if
    /// they are many
    #[arg(long, value_name = "N")]
    verdicts: Option<u64>,
    /// Compare verdicts with an optimised build, as the product is
    #[arg(long, requires = "verdicts")]
    release: bool,
    /// What they follow from
    #[arg(long)]
    seed: Option<u64>,
}

/// Tries what was asked for, one after the other, even when one gets in.
pub(crate) fn run(arguments: &AttackArguments) -> Result<Verdict> {
    let attacks = attacks(arguments);
    ensure!(!attacks.is_empty(), "say how many: `--forgeries N`, `--requests N`, `--verdicts N`");
    let mut all_held = true;
    for (title, mut attack) in attacks {
        process::announce(title, &attack);
        all_held &= process::run(&mut attack)? == Verdict::Passed;
    }
    Ok(Verdict::passed_if(all_held))
}

fn attacks(arguments: &AttackArguments) -> Vec<(&'static str, Command)> {
    let forgeries = arguments.forgeries.map(|count| {
        let test = ["payout-signature", "nothing_verifies_but_what_was_not_changed"];
        ("changed signatures and tokens", attack(test, ("PAYOUT_ATTACK_FORGERIES", count)))
    });
    let requests = arguments.requests.map(|count| {
        let test = ["payout-http-server", "no_request_made_by_chance_is_accepted"];
        ("invalid requests", attack(test, ("PAYOUT_ATTACK_REQUESTS", count)))
    });
    let verdicts = arguments.verdicts.map(|count| {
        let test = ["payout-signature", "tables_and_library_never_differ"];
        let profile = if arguments.release { "release" } else { "test" };
        let compare = attack_built(test, profile, ("PAYOUT_ATTACK_VERDICTS", count));
        ("verdicts of tables and library", compare)
    });
    let mut attacks: Vec<_> = forgeries.into_iter().chain(requests).chain(verdicts).collect();
    if let Some(seed) = arguments.seed {
        for (_, attack) in &mut attacks {
            attack.env("PAYOUT_ATTACK_SEED", seed.to_string());
        }
    }
    attacks
}

/// One test, told how many to try. It says itself what it tried.
fn attack(test: [&str; 2], told: (&str, u64)) -> Command {
    attack_built(test, "test", told)
}

fn attack_built(
    [package, test]: [&str; 2],
    profile: &str,
    (variable, count): (&str, u64),
) -> Command {
    let mut command = process::cargo(&["test", "--package", package]);
    command.args(["--profile", profile, "--tests", test]);
    command.args(["--", "--nocapture"]).env(variable, count.to_string());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_a_test_that_is_told_how_many() {
        let arguments = AttackArguments {
            forgeries: Some(10),
            requests: Some(20),
            verdicts: Some(30),
            release: true,
            seed: Some(4),
        };

        let lines: Vec<_> =
            attacks(&arguments).iter().map(|(_, attack)| process::describe(attack)).collect();

        assert_eq!(lines.len(), 3);
        assert!(lines[0].contains("PAYOUT_ATTACK_FORGERIES=10"), "{}", lines[0]);
        assert!(lines[1].contains("PAYOUT_ATTACK_REQUESTS=20"), "{}", lines[1]);
        assert!(lines[2].contains("PAYOUT_ATTACK_VERDICTS=30"), "{}", lines[2]);
        assert!(lines[2].contains("--profile release"), "{}", lines[2]);
        assert!(lines.iter().all(|line| line.contains("PAYOUT_ATTACK_SEED=4")), "{lines:?}");
    }

    #[test]
    fn an_attack_of_nothing_is_an_error() {
        let nothing = AttackArguments {
            forgeries: None,
            requests: None,
            verdicts: None,
            release: false,
            seed: None,
        };

        assert!(run(&nothing).is_err());
    }
}
