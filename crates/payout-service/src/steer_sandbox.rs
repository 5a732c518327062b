//! Plays the users and banks of a sandbox.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{ClientId, FailureReason, PayoutId, Timestamp};
use payout_ports::{
    Deposit, DepositOrder, DepositRefused, MovableClock, PayoutRepository, SandboxBank,
    SandboxDelays,
};

use crate::{Doorbell, FollowBank, ServiceError};

/// Plays the users and banks of a sandbox, at a developer's word.
#[derive(Clone)]
pub struct SteerSandbox {
    /// The bank.
    pub bank: Arc<dyn SandboxBank>,
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// The sandbox's clock.
    pub clock: Arc<dyn MovableClock>,
    /// Takes in what happens at the bank.
    pub follow: FollowBank,
    /// Wakes whoever sends payouts: moved time makes some due.
    pub dispatch: Doorbell,
}

impl SteerSandbox {
    /// Lets a user pay in. If the payment settles at once it can be paid back at once.
    pub async fn deposit(&self, order: &DepositOrder) -> Result<Deposit, DepositRefused> {
        let deposit = self.bank.deposit(order).await?;
        if let Err(error) = self.follow.run().await {
            // The worker follows soon; the deposit itself is made.
            tracing::warn!(%error, "what happened at the bank could not be taken in at once");
        }
        Ok(deposit)
    }

    /// Lets the next payout fail for this reason.
    pub async fn fail_next(&self, reason: FailureReason) -> Result<(), ServiceError> {
        Ok(self.bank.fail_next(reason).await?)
    }

    /// Lets the beneficiary's bank send a payout back; `false` if there is none that can come back.
    pub async fn return_payout(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<bool, ServiceError> {
        let payout = self.payouts.find(client_id, id).await?;
        let Some(at_bank) = payout.and_then(|payout| payout.gateway_payout_id()) else {
            return Ok(false);
        };
        let returned = self.bank.return_payout(at_bank).await?;
        self.follow.run().await?;
        Ok(returned)
    }

    /// Sets how long things take from now on.
    pub async fn set_delays(&self, delays: SandboxDelays) -> Result<(), ServiceError> {
        Ok(self.bank.set_delays(delays).await?)
    }

    /// Moves the time forward, and says what it is then.
    pub async fn advance(&self, span: Duration) -> Result<Timestamp, ServiceError> {
        let now = self.clock.advance(span);
        self.dispatch.ring();
        self.follow.run().await?;
        Ok(now)
    }
}
