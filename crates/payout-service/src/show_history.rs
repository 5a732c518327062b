//! Shows everything that happened to a payout.

use std::sync::Arc;

use payout_domain::{ClientId, PayoutId};
use payout_ports::{PayoutEvent, PayoutRepository};

use crate::ServiceError;

/// Shows everything that happened to a payout of a client, oldest first.
#[derive(Clone)]
pub struct ShowHistory {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
}

impl ShowHistory {
    /// Finds the events; `None` if this client has no payout of that name.
    pub async fn run(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Vec<PayoutEvent>>, ServiceError> {
        Ok(self.payouts.history(client_id, id).await?)
    }
}
