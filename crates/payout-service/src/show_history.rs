//! Shows everything that happened to a payout.

use std::sync::Arc;

use payout_domain::{ClientId, Payout, PayoutId};
use payout_ports::{Attempt, PayoutEvent, PayoutRepository};

use crate::ServiceError;

/// Shows everything that happened to a payout, oldest first.
#[derive(Clone)]
pub struct ShowHistory {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
}

/// Everything that happened to a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// What was learned, one event for each version.
    pub events: Vec<PayoutEvent>,
    /// Its transmissions, one by one.
    pub attempts: Vec<Attempt>,
}

impl ShowHistory {
    /// What happened to a payout of a client; `None` if it has no payout of that name.
    pub async fn run(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<History>, ServiceError> {
        let Some(events) = self.payouts.history(client_id, id).await? else { return Ok(None) };
        let attempts = self.payouts.attempts(id).await?;
        Ok(Some(History { events, attempts }))
    }

    /// A payout of any client, and what happened to it, for operators; `None` if there is none.
    pub async fn of_any_client(
        &self,
        id: PayoutId,
    ) -> Result<Option<(Payout, History)>, ServiceError> {
        let Some(payout) = self.payouts.find_unscoped(id).await? else { return Ok(None) };
        let history = self.run(payout.client_id(), id).await?;
        Ok(history.map(|history| (payout, history)))
    }
}
