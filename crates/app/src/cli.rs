//! The command line.

#![allow(clippy::doc_markdown, reason = "the words here are what --help prints")]

mod audit;
mod clients;
mod faults;
mod key;
mod operators;
mod server;
mod verbs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use audit::{AuditCommand, VerifyAudit};
pub(crate) use clients::{
    AddClient, ClientCommand, ClientSettings, NamedKey, RevokeClient, RotateSecret,
};
pub(crate) use faults::{Faults, SetFaults};
pub(crate) use key::{KeyCommand, NewKey, NewSealingKey, PublicKey, Sign, Verify};
pub(crate) use operators::{
    AddOperator, As, DataOf, Desk, OnePayout, OperatorCommand, OperatorList, Pause, RemoveOperator,
    Replay, Resolve,
};
pub(crate) use server::{Adopt, Demo, SandboxArgs, ServeArgs, ServerArgs};
pub(crate) use verbs::{
    Accounts, Create, Deposit, Get, History, List, SandboxControl, Sources, Target, Transactions,
    Watch,
};

use crate::exit_code;

const EXAMPLES: &str = "\
Examples:
  payout demo                       the whole loop, once, on this machine
  payout sandbox                    the provider on localhost
  payout serve --gateway http://127.0.0.1:9080
                                    the durable service in front of it
  payout deposit --user sam --amount '25.00 GBP'
                                    let a user of the sandbox pay in
";

/// Pays users back to the accounts they paid in from.
#[derive(Debug, Parser)]
#[command(
    name = "payout",
    version,
    about = "Pays users back to the accounts they paid in from",
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = format!("{EXAMPLES}\n{}", exit_code::HELP),
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Configuration file [default: ./payout.toml, then the user's own]
    #[arg(long, global = true, value_name = "FILE", env = "PAYOUT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON on standard output: one document, or one a line for streams
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but results and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole loop: pay in, pay out, follow to executed
    Demo(Demo),
    /// Be the provider on localhost, for development
    Sandbox(SandboxArgs),
    /// Be the durable service in front of a provider
    Serve(ServeArgs),

    /// Let a user pay in (sandbox only)
    Deposit(Deposit),
    /// Ask for a payout
    Create(Create),
    /// Show a payout
    Get(Get),
    /// List payouts, newest first
    List(List),
    /// Follow a payout until it is executed or has failed
    Watch(Watch),
    /// Show everything that happened to a payout
    History(History),
    /// List the accounts that a user has paid in from
    Sources(Sources),
    /// List the merchant accounts and their balances
    Accounts(Accounts),
    /// List the movements on a merchant account
    Transactions(Transactions),
    /// Plan failures, send payouts back, move the clock (sandbox only)
    #[command(subcommand)]
    Steer(SandboxControl),

    /// List payouts of which nobody knows whether the provider has them (operators)
    Unknown(OperatorList),
    /// List payouts that wait for an operator (operators)
    Parked(OperatorList),
    /// Say how a payout stands, where the provider's own word did not come (operators)
    Resolve(Resolve),
    /// Call a payout off of which nothing was ever sent (operators)
    Cancel(OnePayout),
    /// Let a payout go on that waited for its provider account (operators)
    Release(OnePayout),
    /// Stop all sending, or say whether it is stopped (operators)
    Pause(Pause),
    /// Let sending go on (operators)
    Resume(Desk),
    /// List notifications that were given up (operators)
    DeadLetters(OperatorList),
    /// Tell notifications once more that were given up (operators)
    Replay(Replay),
    /// Register clients of a service, rotate their keys and secrets, revoke them (operators)
    #[command(subcommand)]
    Client(ClientCommand),
    /// Say who may look after payouts, in a server's data directory
    #[command(subcommand)]
    Operator(OperatorCommand),

    /// Find out whether the record of who did what is as it was written, in a server's data directory
    #[command(subcommand)]
    Audit(AuditCommand),

    /// Make signing keys and show their public halves
    #[command(subcommand)]
    Key(KeyCommand),
    /// Sign a request: print its Tl-Signature
    Sign(Sign),
    /// Verify a request's Tl-Signature
    Verify(Verify),

    /// Show the effective configuration and where it comes from
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the OpenAPI document of a server, which shows it at /openapi.json
    #[command(name = "openapi")]
    OpenApi {
        /// Of which server
        #[arg(long, value_enum, default_value_t = OpenApiOf::Serve)]
        of: OpenApiOf,
    },
    /// Print a completion script for a shell
    Completions {
        /// bash, zsh, fish, powershell or elvish
        shell: clap_complete::Shell,
    },
    /// Write the man pages
    Man {
        /// Directory for the pages [default: print the main page]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// A server, by the verb that starts it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OpenApiOf {
    /// `payout serve`
    Serve,
    /// `payout sandbox`
    Sandbox,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting, its value and its origin; secrets are not shown
    Show,
}
