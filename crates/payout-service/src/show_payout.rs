//! Shows one payout.

use std::sync::Arc;

use payout_domain::{ClientId, Payout, PayoutId};
use payout_ports::PayoutRepository;

use crate::ServiceError;

/// Shows one payout of a client, as we know it now.
#[derive(Clone)]
pub struct ShowPayout {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
}

impl ShowPayout {
    /// Finds the payout; `None` if this client has none of that name.
    pub async fn run(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Payout>, ServiceError> {
        Ok(self.payouts.find(client_id, id).await?)
    }
}
