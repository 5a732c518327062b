//! What stands under every service that is measured here.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;

use crate::bench::limits::Cryptography;
use crate::provider::{PaidIn, Provider};
use crate::stage::Stage;

/// A stage, and a sandbox that knows who has paid in.
pub(super) struct Ground {
    pub(super) stage: Stage,
    pub(super) user: PaidIn,
    pub(super) sandbox: SocketAddr,
    pub(super) cryptography: Cryptography,
    /// It runs as long as this.
    _provider: Provider,
}

impl Ground {
    /// Starts the sandbox.
    pub(super) async fn open(binary: &Path) -> Result<Self> {
        let stage = Stage::new(binary)?;
        let provider = Provider::start(&stage, "provider", &[]).await?;
        let user = provider.paid_in("sam").await?;
        let sandbox = provider.url.trim_start_matches("http://").parse()?;
        let cryptography = Cryptography::new()?;
        Ok(Self { stage, user, sandbox, cryptography, _provider: provider })
    }
}
