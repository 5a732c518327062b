//! Lists payouts.

use std::sync::Arc;

use payout_domain::ClientId;
use payout_ports::{PageOrder, PayoutRepository, Payouts};

use crate::ServiceError;

/// Lists the payouts of a client, newest first.
#[derive(Clone)]
pub struct ListPayouts {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
}

impl ListPayouts {
    /// Finds one page.
    pub async fn run(
        &self,
        client_id: &ClientId,
        page: &PageOrder,
    ) -> Result<Payouts, ServiceError> {
        Ok(self.payouts.list(client_id, page).await?)
    }
}
