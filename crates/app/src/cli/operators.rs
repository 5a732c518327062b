//! The arguments of operators' verbs.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use payout_domain::{EventId, OperatorName, PayoutId};

use super::Target;

/// Which server, and as which operator.
#[derive(Clone, Debug, Args)]
pub(crate) struct Desk {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The operator that you are [env: PAYOUT_OPERATOR; default: the one whose secret you have]
    #[arg(long, value_name = "NAME")]
    pub(crate) as_operator: Option<OperatorName>,
}

/// A page of a list for operators.
#[derive(Clone, Debug, Args)]
pub(crate) struct OperatorList {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The most lines
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,
    /// Where the page before ended
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<String>,
}

/// One payout, for operators.
#[derive(Clone, Debug, Args)]
pub(crate) struct OnePayout {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The payout
    pub(crate) id: PayoutId,
}

/// How an operator says that a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum As {
    /// The provider has told you that it executed it
    Executed,
    /// The provider has told you that it failed: no money moved, and none will
    Failed,
    /// The provider has never had it; two people must say so
    NeverSubmitted,
}

/// Say how a payout stands, where the provider's own word did not come
///
/// As never submitted it needs two people, and a statement that shows a later payout and not this one;
/// the service reads the statement itself.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout resolve ID --as executed --executed-at 2026-03-02T09:14:09Z --evidence 'call with the provider, ticket 4711'
  payout resolve ID --as failed --evidence 'email of the provider of 2 March'
  payout resolve ID --as never-submitted --evidence 'not in the statement, ticket 4711'

Ends with 0 if the payout stands so now, with 9 if another person must say the same, with 4 if it cannot
be decided.")]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) one: OnePayout,
    /// How it stands
    #[arg(long = "as", value_name = "OUTCOME")]
    pub(crate) outcome: As,
    /// From what you know it, for the record: 1 to 500 characters
    #[arg(long, value_name = "TEXT")]
    pub(crate) evidence: String,
    /// When it was executed, by the provider's clock, such as 2026-03-02T09:14:09Z
    #[arg(long, value_name = "TIME", required_if_eq("outcome", "executed"))]
    pub(crate) executed_at: Option<String>,
}

/// Stop all sending, or say whether it is stopped
///
/// Payouts are still accepted, and what is on its way is followed to its end. A pause outlasts a
/// restart, and holds for every instance.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout pause --because 'the provider has an incident'
  payout pause --show
  payout resume")]
pub(crate) struct Pause {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// Why, for whoever finds it stopped: 1 to 500 characters
    #[arg(long, value_name = "TEXT", required_unless_present = "show")]
    pub(crate) because: Option<String>,
    /// Only say whether sending is stopped, by whom and why
    #[arg(long, conflicts_with = "because")]
    pub(crate) show: bool,
}

/// Tell notifications once more that were given up
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout replay a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52
  payout replay --all")]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The event (`payout dead-letters` lists them)
    #[arg(value_name = "EVENT_ID", required_unless_present = "all")]
    pub(crate) id: Option<EventId>,
    /// All that were given up
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
}

/// Say who may look after payouts, in a server's data directory
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Add an operator, and write the secret once
    Add(AddOperator),
    /// List the operators
    List(DataOf),
    /// Remove an operator; a running server refuses that one from now on
    Remove(RemoveOperator),
}

/// Whose operators are meant.
#[derive(Clone, Debug, Args)]
pub(crate) struct DataOf {
    /// The server's data directory [default: that of the service that you run]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Add an operator, and write the secret once
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout operator add alice
  payout operator add bob --secret-file bob.secret     for bob to take away
  payout operator add bob --secret-file -              to standard output")]
pub(crate) struct AddOperator {
    #[command(flatten)]
    pub(crate) of: DataOf,
    /// One person's name: letters, digits and . _ @ -
    pub(crate) name: OperatorName,
    /// File for the secret, - for standard output; never overwritten [default: where your own verbs find it]
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

/// Remove an operator
#[derive(Clone, Debug, Args)]
pub(crate) struct RemoveOperator {
    #[command(flatten)]
    pub(crate) of: DataOf,
    /// The operator's name
    pub(crate) name: OperatorName,
}
