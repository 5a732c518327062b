//! The arguments of the rules by which a sandbox misbehaves.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::verbs::Target;

/// Let the sandbox misbehave by rules
#[derive(Clone, Debug, Subcommand)]
#[command(after_help = "\
Examples:
  payout steer faults set --on create_payout --do cut --when after --next 1
  payout steer faults set --on create_payout --do answer --status 429 --retry-after-seconds 3 --percent 20
  payout steer faults set --file faults.json
  payout steer faults list --json
  payout steer faults clear

A rule says on which call (--on), how often (--skip, --next, --percent) and what goes wrong (--do).
docs/faults.md lists the calls and the faults.")]
pub(crate) enum Faults {
    /// Show the rules and how often each has happened
    List(ListFaults),
    /// Set the rules; earlier ones are forgotten, with their counts
    Set(Box<SetFaults>),
    /// Behave from now on
    Clear(ClearFaults),
}

/// Show the rules and how often each has happened
#[derive(Clone, Debug, Args)]
pub(crate) struct ListFaults {
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Behave from now on
#[derive(Clone, Debug, Args)]
pub(crate) struct ClearFaults {
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Set the rules; earlier ones are forgotten, with their counts
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout steer faults set --on create_payout --do cut --when after --next 1
  payout steer faults set --on token --do answer --status 503 --percent 20 --seed 7
  payout steer faults set --on webhook --do late --milliseconds 5000
  payout steer faults set --file faults.json
  echo '{\"rules\":[{\"on\":\"jwks\",\"do\":\"hold\"}]}' | payout steer faults set --file -")]
pub(crate) struct SetFaults {
    #[command(flatten)]
    pub(crate) target: Target,
    /// JSON file with several rules; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["on", "fault"])]
    pub(crate) file: Option<PathBuf>,
    /// The call: token, create_payout, get_payout, get_payment, merchant_accounts, transactions, payment_sources, jwks or webhook
    #[arg(long, value_name = "CALL", requires = "fault", required_unless_present = "file")]
    pub(crate) on: Option<String>,
    /// What goes wrong: answer, remember, hold, cut, delay, redirect, html, empty, truncate, oversize, forget, same_id, …
    #[arg(long = "do", value_name = "FAULT", requires = "on")]
    pub(crate) fault: Option<String>,
    /// Before the call is processed, which then never happens, or after
    #[arg(long, value_name = "before|after")]
    pub(crate) when: Option<String>,
    /// The status that is answered
    #[arg(long, value_name = "N")]
    pub(crate) status: Option<u64>,
    /// What Retry-After says
    #[arg(long, value_name = "N")]
    pub(crate) retry_after_seconds: Option<u64>,
    /// How many bytes of the answer leave before it is cut
    #[arg(long, value_name = "N")]
    pub(crate) after_bytes: Option<u64>,
    /// How long it takes
    #[arg(long, value_name = "MS")]
    pub(crate) milliseconds: Option<u64>,
    /// Where a redirect leads
    #[arg(long, value_name = "URL")]
    pub(crate) location: Option<String>,
    /// How many calls are left alone first
    #[arg(long, value_name = "N")]
    pub(crate) skip: Option<u64>,
    /// How often it happens [default: always]
    #[arg(long, value_name = "N", conflicts_with = "percent")]
    pub(crate) next: Option<u64>,
    /// To how many of a hundred calls it happens, by chance
    #[arg(long, value_name = "N")]
    pub(crate) percent: Option<u64>,
    /// What chance begins from
    #[arg(long, value_name = "N", conflicts_with = "file")]
    pub(crate) seed: Option<u64>,
}
