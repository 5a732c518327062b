//! The arguments of the verbs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use payout_domain::{
    AccountIdentifier, FailureReason, IdempotencyKey, MerchantAccountId, Money, PaymentSourceId,
    PayoutId, Reference, UserId,
};

use super::Desk;
use super::faults::Faults;
use crate::span::Span;

/// Which server, and as whom.
#[derive(Clone, Debug, Args)]
pub(crate) struct Target {
    /// The sandbox, the service or the provider [env: PAYOUT_URL; default: the only one you run]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Directory in which the server wrote the credentials for it
    #[arg(long, value_name = "DIR")]
    pub(crate) credentials: Option<PathBuf>,
    /// Profile in payout.toml [env: PAYOUT_PROFILE]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

/// Let a user pay in (sandbox only)
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout deposit --user sam --amount '25.00 GBP'
  payout deposit --user sam --amount '25.00 GBP' --account 'GB72 CLRB 0406 6800 0044 17' --json")]
pub(crate) struct Deposit {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Who pays in
    #[arg(long, value_name = "ID")]
    pub(crate) user: UserId,
    /// How much, such as '25.00 GBP'
    #[arg(long, value_name = "MONEY", allow_hyphen_values = true)]
    pub(crate) amount: Money,
    /// From which account: an IBAN, a sort code and account number, or an NRB [default: the user's usual one]
    #[arg(long, value_name = "IBAN")]
    pub(crate) account: Option<AccountIdentifier>,
    /// Whose account it is [default: derived from the user]
    #[arg(long, value_name = "NAME")]
    pub(crate) account_holder_name: Option<String>,
    /// Into which merchant account [default: the first of that currency]
    #[arg(long, value_name = "ID")]
    pub(crate) merchant_account: Option<MerchantAccountId>,
}

/// Ask for a payout
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout create --merchant-account ID --user sam --source ID --amount '10.00 GBP' --reference WD-20417
  payout create … --idempotency-key withdrawal-20417   the same key never pays twice")]
pub(crate) struct Create {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The merchant account to pay from (`payout accounts` lists them)
    #[arg(long, value_name = "ID")]
    pub(crate) merchant_account: MerchantAccountId,
    /// The user to pay
    #[arg(long, value_name = "ID")]
    pub(crate) user: UserId,
    /// The payment source to pay to (`payout sources` lists them)
    #[arg(long, value_name = "ID")]
    pub(crate) source: PaymentSourceId,
    /// How much, such as '10.00 GBP'
    #[arg(long, value_name = "MONEY", allow_hyphen_values = true)]
    pub(crate) amount: Money,
    /// What the user sees on the statement
    #[arg(long, value_name = "TEXT")]
    pub(crate) reference: Reference,
    /// Names the intention: asking again under the same key pays once [default: a new one is made and printed]
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    /// Something to find again, as KEY=VALUE; may be given again
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) metadata: Vec<String>,
}

/// Show a payout
#[derive(Clone, Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The payout
    pub(crate) id: PayoutId,
}

/// List payouts, newest first
#[derive(Clone, Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The most payouts
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Where the page before ended
    #[arg(long)]
    pub(crate) cursor: Option<String>,
}

/// Follow a payout until it is executed or has failed
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Ends with 0 when the payout is executed, 1 when it has failed, 6 when --timeout is over."
)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The payout
    pub(crate) id: PayoutId,
    /// Seconds to follow it for
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) timeout: u64,
}

/// Show everything that happened to a payout
///
/// An operator sees any client's payout, with every transmission; a client sees its own.
#[derive(Clone, Debug, Args)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The payout
    pub(crate) id: PayoutId,
}

/// List the accounts that a user has paid in from
#[derive(Clone, Debug, Args)]
pub(crate) struct Sources {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The user
    #[arg(long, value_name = "ID")]
    pub(crate) user: UserId,
    /// The merchant account that was paid into [default: all of them]
    #[arg(long, value_name = "ID")]
    pub(crate) merchant_account: Option<MerchantAccountId>,
}

/// List the merchant accounts and their balances
#[derive(Clone, Debug, Args)]
pub(crate) struct Accounts {
    #[command(flatten)]
    pub(crate) target: Target,
}

/// List the movements on a merchant account
#[derive(Clone, Debug, Args)]
pub(crate) struct Transactions {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The merchant account
    #[arg(long, value_name = "ID")]
    pub(crate) merchant_account: MerchantAccountId,
    /// From this time on, such as 2026-03-01T00:00:00Z [default: 31 days ago]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Up to this time [default: a minute from now]
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
}

/// Plan failures, send payouts back, move the clock (sandbox only)
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum SandboxControl {
    /// Let the next payout fail
    FailNext(FailNext),
    /// Let the beneficiary's bank send an executed payout back
    Return(Return),
    /// Set how long things take from now on
    Delays(Delays),
    /// Let the sandbox misbehave by rules
    #[command(subcommand)]
    Faults(Faults),
    /// Set how long tokens live and keys are remembered from now on
    Lifetimes(Lifetimes),
    /// Say where webhooks go from now on
    Webhook {
        #[command(flatten)]
        target: Target,
        /// The URL, such as that of a service with /webhooks behind it
        to: String,
    },
    /// Move the clock forward, or say what time it is
    Clock {
        #[command(flatten)]
        target: Target,
        /// Seconds to move it forward
        #[arg(long, value_name = "SECONDS")]
        advance: Option<u64>,
    },
}

/// Let the next payout fail
#[derive(Clone, Debug, Args)]
pub(crate) struct FailNext {
    #[command(flatten)]
    pub(crate) target: Target,
    /// blocked, insufficient_funds, invalid_iban, invalid_scan, scheme_error, server_error or unknown
    #[arg(long, value_name = "REASON", default_value = "insufficient_funds")]
    pub(crate) reason: FailureReason,
}

/// Let the beneficiary's bank send an executed payout back
#[derive(Clone, Debug, Args)]
pub(crate) struct Return {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The payout
    pub(crate) id: PayoutId,
}

/// Set how long things take from now on; what is not said stays as it was
#[derive(Clone, Debug, Args)]
pub(crate) struct Delays {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Milliseconds from a deposit to its settlement
    #[arg(long, value_name = "MS")]
    pub(crate) settlement_ms: Option<u64>,
    /// Milliseconds from the acceptance of a payout to its execution
    #[arg(long, value_name = "MS")]
    pub(crate) execution_ms: Option<u64>,
}

/// Set how long tokens live and keys are remembered from now on; what is not said stays as it was
///
/// Tokens that have been issued keep their life. A restart takes the sandbox's own options again.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout steer lifetimes --token-life 20s --key-window 30s")]
pub(crate) struct Lifetimes {
    #[command(flatten)]
    pub(crate) target: Target,
    /// How long a new token lives
    #[arg(long, value_name = "SPAN")]
    pub(crate) token_life: Option<Span>,
    /// After how long an idempotency key is forgotten
    #[arg(long, value_name = "SPAN")]
    pub(crate) key_window: Option<Span>,
}
