//! Whether requests can be served now.

use std::sync::Arc;

use async_trait::async_trait;
use payout_domain::PayoutId;
use payout_http_server::{NotReady, Readiness};
use payout_ports::PayoutRepository;
use uuid::Uuid;

/// Ready while the store answers. The provider is not asked: payouts are accepted while it is away.
pub(crate) struct StoreReadiness {
    pub(crate) payouts: Arc<dyn PayoutRepository>,
}

#[async_trait]
impl Readiness for StoreReadiness {
    async fn check(&self) -> Result<(), NotReady> {
        let nobody = PayoutId::from_uuid(Uuid::nil());
        match self.payouts.find_unscoped(nobody).await {
            Ok(_) => Ok(()),
            Err(error) => Err(NotReady { reason: error.to_string() }),
        }
    }
}
