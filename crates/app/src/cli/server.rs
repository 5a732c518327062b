//! The arguments of the servers.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::span::Span;

/// Show the whole loop: pay in, pay out, follow to executed
///
/// Starts a sandbox and a service on free loopback ports with a throw-away database, lets a user pay
/// in, pays out through the service, follows the payout, receives the webhook, and shows a refusal.
#[derive(Clone, Debug, Args)]
pub(crate) struct Demo {
    /// Keep the databases and keys in this directory instead of throwing them away
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// What both servers take.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Certificates to show, the server's own first, as PEM; looked at anew when they change
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate, as PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// How clients reach the server, if that is not where it listens
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Directory for the database and the keys; made if missing
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Id of the client that may use the server
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// File with the client's secret [default: made in the data directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// Public key of the client; may be given again [default: a key pair is made]
    #[arg(long = "client-key", value_name = "KID=PEM")]
    pub(crate) client_keys: Vec<String>,
    /// URL to tell events to, signed
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// Private network that webhooks may go to, such as 127.0.0.0/8; may be given again [default: the
    /// sandbox's is this machine, the service has none]
    #[arg(long = "private-network", value_name = "NETWORK")]
    pub(crate) private_networks: Vec<String>,
    /// Write the credentials as shell variables into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) write_env: Option<PathBuf>,
}

/// Be the provider on localhost, for development
///
/// Makes what is missing, keys included, and prints everything that a client needs. With --json the
/// first line on standard output is one object with the same.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout sandbox
  payout sandbox --in-memory --json
  payout sandbox --merchant-account '1000.00 GBP' --merchant-account '500.00 EUR'
  payout sandbox --token-life 20s --key-window 30s
  payout sandbox --client-key 45fc75cf-5649-4134-84b3-192c2c78e990=public.pem")]
pub(crate) struct SandboxArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Keep payouts and balances in memory only; keys still go to the data directory
    #[arg(long)]
    pub(crate) in_memory: bool,
    /// A merchant account, by its opening balance; may be given again [default: one of GBP, one of EUR]
    #[arg(long = "merchant-account", value_name = "MONEY")]
    pub(crate) merchant_accounts: Vec<String>,
    /// Milliseconds from a deposit to its settlement
    #[arg(long, value_name = "MS")]
    pub(crate) settlement_delay_ms: Option<u64>,
    /// Milliseconds from a payout to its authorisation
    #[arg(long, value_name = "MS")]
    pub(crate) authorization_delay_ms: Option<u64>,
    /// Milliseconds from a payout's authorisation to its execution
    #[arg(long, value_name = "MS")]
    pub(crate) execution_delay_ms: Option<u64>,
    /// How long tokens live, such as 20s or 1h
    #[arg(long, value_name = "SPAN")]
    pub(crate) token_life: Option<Span>,
    /// After how long idempotency keys are forgotten, such as 30s or 30d
    #[arg(long, value_name = "SPAN")]
    pub(crate) key_window: Option<Span>,
}

/// What an operator says of a store that is not where or what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Adopt {
    /// It is the only copy, and knows of everything that was sent.
    Current,
    /// It is a backup or a copy: what is open in it may have been sent since.
    Restored,
}

/// Be the durable service in front of a provider
///
/// Serves the provider's own API. What it has accepted is on disk, is sent once, and is followed to
/// its end.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout serve --gateway http://127.0.0.1:9080
  payout serve --gateway truelayer-sandbox --data /var/lib/payout
  payout serve --gateway truelayer --data /var/lib/payout --adopt restored
  payout serve --gateway truelayer --database postgres://payout@db.example/payout
  payout serve --gateway truelayer --listen 0.0.0.0:443 --tls-cert chain.pem --tls-key key.pem \
      --public-url https://payout.example

The credentials for the gateway come from --credentials DIR (what `payout sandbox` wrote), from
PAYOUT_GATEWAY_… or [gateway] in payout.toml, else from a sandbox of yours at that URL.")]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// A proxy ends TLS: let only those of `serve.trusted_proxies` connect
    #[arg(long)]
    pub(crate) behind_proxy: bool,
    /// The provider: a URL, truelayer-sandbox or truelayer
    #[arg(long, value_name = "URL|truelayer-sandbox|truelayer")]
    pub(crate) gateway: Option<String>,
    /// Directory in which a sandbox wrote the credentials for it
    #[arg(long, value_name = "DIR")]
    pub(crate) credentials: Option<PathBuf>,
    /// `PostgreSQL` database, for several instances: postgres://USER@HOST/DATABASE [default: a file in
    /// the data directory]
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Say once what the store is, when it is not where or what it was: `current` if this is the only
    /// copy and knows of everything that was sent, `restored` if it is a backup or a copy
    #[arg(long, value_name = "current|restored")]
    pub(crate) adopt: Option<Adopt>,
    /// File that remembers how far the store has come, best on another disk [default: store.mark in
    /// the data directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) mark: Option<PathBuf>,
    /// The most that one payout may be, by currency; may be given again
    #[arg(long = "limit", value_name = "MONEY")]
    pub(crate) limits: Vec<String>,
    /// Refuse references that the scheme may not carry to every bank
    #[arg(long)]
    pub(crate) strict_references: bool,
}
