//! Takes in what happens at the bank of a sandbox.

use std::sync::Arc;

use payout_ports::{BankEvent, SandboxBank};

use crate::{ReconcilePayouts, RecordPayment, ServiceError};

/// Takes in what happens at the bank of a sandbox, as a provider does with its own bank.
#[derive(Clone)]
pub struct FollowBank {
    /// The bank.
    pub bank: Arc<dyn SandboxBank>,
    /// Takes in payments.
    pub record_payment: RecordPayment,
    /// Takes in payouts.
    pub reconcile: ReconcilePayouts,
}

impl FollowBank {
    /// Takes in what has happened. It returns how many events there were.
    ///
    /// An event that fails is not tried again: payouts are asked after in any case, and a payment's
    /// source is asked for when it is to be paid.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let events = self.bank.take_events().await;
        let taken = events.len();
        for event in events {
            match event {
                BankEvent::PaymentSettled(payment) => {
                    self.record_payment.run(&payment).await?;
                }
                BankEvent::PayoutMoved(id) => {
                    self.reconcile.ask_after_id(id).await?;
                }
            }
        }
        Ok(taken)
    }
}
