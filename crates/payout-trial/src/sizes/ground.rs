//! What stands under every service that is measured here.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result};
use payout_signature::SigningKey;

use crate::bench::limits::Cryptography;
use crate::provider::{PaidIn, Provider};
use crate::stage::Stage;

/// A stage, a sandbox that knows who has paid in, and the key that the provider signs events with.
pub(super) struct Ground {
    pub(super) stage: Stage,
    pub(super) user: PaidIn,
    pub(super) sandbox: SocketAddr,
    pub(super) cryptography: Cryptography,
    /// By this the provider's own events are known.
    pub(super) provider_key: SigningKey,
    /// It runs as long as this.
    _provider: Provider,
}

/// The sandbox's directory.
const PROVIDER: &str = "provider";

impl Ground {
    /// Starts the sandbox.
    pub(super) async fn open(binary: &Path) -> Result<Self> {
        let stage = Stage::new(binary)?;
        let provider = Provider::start(&stage, PROVIDER, &[]).await?;
        let user = provider.paid_in("sam").await?;
        let sandbox = provider.url.trim_start_matches("http://").parse()?;
        let provider_key = provider_key(&stage)?;
        let cryptography = Cryptography::new()?;
        Ok(Self { stage, user, sandbox, cryptography, provider_key, _provider: provider })
    }
}

fn provider_key(stage: &Stage) -> Result<SigningKey> {
    let file = |name: &str| stage.path(PROVIDER).join(name);
    let kid = std::fs::read_to_string(file("webhook-key.kid")).context("the sandbox's key id")?;
    let pem = std::fs::read(file("webhook-key.pem")).context("the sandbox's key")?;
    Ok(SigningKey::from_pem(kid.trim(), &pem)?)
}
