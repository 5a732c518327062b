//! Lists what operators look after.

use std::sync::Arc;

use payout_ports::{PageOrder, PayoutRepository, Payouts, Standing};

use crate::ServiceError;

/// Lists payouts of all clients by where they stand, oldest first.
#[derive(Clone)]
pub struct ListStanding {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
}

impl ListStanding {
    /// Lists a page.
    pub async fn run(&self, standing: Standing, page: &PageOrder) -> Result<Payouts, ServiceError> {
        Ok(self.payouts.list_standing(standing, page).await?)
    }
}
