//! What operators decide about single payouts.

use std::sync::Arc;

use payout_domain::{Evidence, OperatorName, Payout, PayoutId};
use payout_ports::{PayoutRepository, Schedule};

use crate::{DecisionError, Doorbell, GuardStore, ServiceError, TakeIn};

/// Calls payouts off, and lets them go on.
#[derive(Clone)]
pub struct DecidePayout {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// Writes down what is decided.
    pub take_in: TakeIn,
    /// Marks that it was decided: a backup that does not know it would send the payout.
    pub guard: GuardStore,
    /// Wakes whoever sends.
    pub dispatch: Doorbell,
}

impl DecidePayout {
    /// Calls off a payout of which nothing was ever sent; `None` if there is no such payout.
    pub async fn cancel(
        &self,
        id: PayoutId,
        by: OperatorName,
    ) -> Result<Option<Payout>, DecisionError> {
        let never_again = |_: &Payout| Some(Schedule { due_at: None, epoch: None });
        self.decide(id, &Evidence::Cancelled { by }, &never_again).await
    }

    /// Lets a payout go on that was parked because its provider account was not configured; `None`
    /// if there is no such payout.
    pub async fn release(
        &self,
        id: PayoutId,
        by: OperatorName,
    ) -> Result<Option<Payout>, DecisionError> {
        let now = self.take_in.clock.now();
        let at_once = |_: &Payout| Some(Schedule { due_at: Some(now), epoch: None });
        let released = self.decide(id, &Evidence::Released { by }, &at_once).await?;
        self.dispatch.ring();
        Ok(released)
    }

    async fn decide(
        &self,
        id: PayoutId,
        decision: &Evidence,
        schedule: crate::ScheduleOf<'_>,
    ) -> Result<Option<Payout>, DecisionError> {
        let found = self.payouts.find_unscoped(id).await.map_err(ServiceError::from)?;
        let Some(payout) = found else { return Ok(None) };
        let decided = self.take_in.decide(payout, decision, schedule).await?;
        self.guard.keep_up().await?;
        Ok(Some(decided))
    }
}
