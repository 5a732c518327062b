//! The arguments of the verbs for keys and signatures.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Make keys, and show the public halves of signing keys
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new signing key (P-521, for ES512)
    New(NewKey),
    /// Make a key that seals what is of a person in a service's database
    NewSealing(NewSealingKey),
    /// Print the public half of a signing key as PEM, to register it
    Public(PublicKey),
    /// Print the public half of a signing key as a JWKS document
    Jwks(PublicKey),
}

/// Make a new signing key (P-521, for ES512)
#[derive(Clone, Debug, Args)]
#[command(after_help = "Example:\n  payout key new --out private.pem --public-out public.pem")]
pub(crate) struct NewKey {
    /// Id of the key [default: a new UUID, printed]
    #[arg(long)]
    pub(crate) kid: Option<String>,
    /// File for the private key; never overwritten
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// File for the public key
    #[arg(long, value_name = "FILE")]
    pub(crate) public_out: Option<PathBuf>,
}

/// Make a key that seals what is of a person in a service's database
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  payout key new-sealing --out /etc/payout/sealing-keys

Name the file in `serve.sealing_keys_file`, and keep a copy of it where no copy of the database is:
without it nobody can read what was sealed.")]
pub(crate) struct NewSealingKey {
    /// Id of the key: letters, digits, `-`, `_` and `.` [default: a random one, printed]
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// File for the key; never overwritten
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Print the public half of a signing key
#[derive(Clone, Debug, Args)]
pub(crate) struct PublicKey {
    /// File with the private key (PEM, SEC1 or PKCS#8)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Id of the key
    #[arg(long, default_value = "key")]
    pub(crate) kid: String,
}

/// What is signed.
#[derive(Clone, Debug, Args)]
pub(crate) struct SignedRequest {
    /// Id of the key
    #[arg(long)]
    pub(crate) kid: String,
    /// HTTP method
    #[arg(long, default_value = "POST")]
    pub(crate) method: String,
    /// Path without query, such as /v3/payouts
    #[arg(long)]
    pub(crate) path: String,
    /// A signed header, as 'Name: value'; may be given again
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// File with the body, - for standard input [default: no body]
    #[arg(long, value_name = "FILE")]
    pub(crate) body_file: Option<PathBuf>,
}

/// Sign a request: print its Tl-Signature
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  payout sign --key private.pem --kid ID --path /v3/payouts \\
    --header 'Idempotency-Key: withdrawal-20417' --body-file body.json")]
pub(crate) struct Sign {
    /// File with the private key (PEM, SEC1 or PKCS#8)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) request: SignedRequest,
}

/// Verify a request's Tl-Signature
#[derive(Clone, Debug, Args)]
#[command(after_help = "Ends with 0 if the signature is right, with 4 if it is not.")]
pub(crate) struct Verify {
    /// File with the public key (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) public_key: PathBuf,
    /// The Tl-Signature
    #[arg(long)]
    pub(crate) signature: String,
    #[command(flatten)]
    pub(crate) request: SignedRequest,
}
