//! The arguments of the verbs that say who may call.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use payout_domain::{ClientId, MerchantAccountId, Scope};

use super::Desk;
use crate::span::Span;

/// Register clients of a service, rotate their keys and secrets, revoke them (operators)
///
/// A client is who asks for payouts. Each has its own secret, keys, webhook, payouts and merchant
/// accounts, and sees nothing of another. The client that the service is started with is changed in
/// its configuration.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Register a client, and show its secret once
    Add(AddClient),
    /// List the clients, those that were revoked too
    List(Desk),
    /// Give a client another secret, and show it once
    RotateSecret(RotateSecret),
    /// Add a key that a client signs with
    AddKey(AddClientKey),
    /// Say what a client may do, whose merchant accounts are its, and where it is told of events
    Set(ClientSettings),
    /// Revoke a client, or one of its keys, at once and for ever
    Revoke(RevokeClient),
}

/// Register a client, and show its secret once
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout client add bets --key 2026-11=bets.pem --webhook https://bets.example/payouts
  payout client add bets --merchant-account 3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f --secret-file bets.secret
  payout client add auditor --scope payments:read

The key is a public one: `payout key new` makes a pair, and the client keeps the private half.")]
pub(crate) struct AddClient {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The client's id: 1 to 64 letters, digits and . _ - characters
    pub(crate) id: ClientId,
    /// A public key and its id; may be given twice
    #[arg(long = "key", value_name = "KID=PEM")]
    pub(crate) keys: Vec<NamedKey>,
    /// What it may do: payments or payments:read; may be given again [default: payments]
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<Scope>,
    /// A merchant account that is its alone; may be given again
    #[arg(long = "merchant-account", value_name = "ID")]
    pub(crate) merchant_accounts: Vec<MerchantAccountId>,
    /// URL to tell it of events, signed
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// File for the secret; never overwritten [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

/// Give a client another secret, and show it once
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout client rotate-secret bets --secret-file bets.secret
  payout client rotate-secret bets --at-once              the old one was stolen")]
pub(crate) struct RotateSecret {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The client
    pub(crate) id: ClientId,
    /// For how long the present secret still opens, at most 30d
    #[arg(long, value_name = "SPAN", default_value = "24h")]
    pub(crate) overlap: Span,
    /// The present secret opens nothing any more
    #[arg(long, conflicts_with = "overlap")]
    pub(crate) at_once: bool,
    /// File for the secret; never overwritten [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

/// Add a key that a client signs with
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout client add-key bets 2026-12=new.pem
  payout client revoke bets --key 2026-11                 once nothing is signed with it any more")]
pub(crate) struct AddClientKey {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The client
    pub(crate) id: ClientId,
    /// The public key and its id; a client has at most two keys at a time
    #[arg(value_name = "KID=PEM")]
    pub(crate) key: NamedKey,
}

/// Say what a client may do, whose merchant accounts are its, and where it is told of events
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout client set bets --webhook https://bets.example/events
  payout client set bets --no-webhook --scope payments:read
  payout client set bets --no-merchant-accounts")]
pub(crate) struct ClientSettings {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The client
    pub(crate) id: ClientId,
    /// What it may do, in place of what it may; may be given again
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<Scope>,
    /// A merchant account that is its alone, in place of those that are; may be given again
    #[arg(long = "merchant-account", value_name = "ID")]
    pub(crate) merchant_accounts: Vec<MerchantAccountId>,
    /// No merchant account is its alone any more
    #[arg(long, conflicts_with = "merchant_accounts")]
    pub(crate) no_merchant_accounts: bool,
    /// URL to tell it of events, signed
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// It is told of nothing any more
    #[arg(long, conflicts_with = "webhook")]
    pub(crate) no_webhook: bool,
}

/// Revoke a client, or one of its keys, at once and for ever
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout client revoke bets --key 2026-11
  payout client revoke bets

What a revoked client has asked for is still paid and followed to its end; it is told nothing of it.")]
pub(crate) struct RevokeClient {
    #[command(flatten)]
    pub(crate) desk: Desk,
    /// The client
    pub(crate) id: ClientId,
    /// Only the key with this id
    #[arg(long, value_name = "KID")]
    pub(crate) key: Option<String>,
}

/// A public key in a file, and its id.
#[derive(Clone, Debug)]
pub(crate) struct NamedKey {
    pub(crate) kid: String,
    pub(crate) pem: String,
}

impl std::str::FromStr for NamedKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kid, path) = text.split_once('=').ok_or("write it as KID=PEM file")?;
        let pem = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        if pem.contains("PRIVATE KEY") {
            return Err(format!(
                "{path} is a private key; `payout key public` shows its public half"
            ));
        }
        Ok(Self { kid: kid.to_owned(), pem })
    }
}
