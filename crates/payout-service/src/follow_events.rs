//! Asks the provider what is true about the events that it told.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{GatewayPayoutId, PaymentId};
use payout_ports::{Clock, Inbox, InboxEntry, InboxSubject, PayoutGateway, chain};
use tokio::task::JoinSet;

use crate::{ReconcilePayouts, RecordPayment, ServiceError};

/// Works off the events that the provider told us: asks for the thing that an event is about, with
/// our own credentials, and takes in the answer.
#[derive(Clone)]
pub struct FollowEvents {
    /// Where events are remembered.
    pub inbox: Arc<dyn Inbox>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Takes in payouts.
    pub reconcile: ReconcilePayouts,
    /// Takes in payments.
    pub record_payment: RecordPayment,
    /// How many events are worked off side by side.
    pub limit: usize,
    /// How long an event may take before it is worked off again.
    pub lease: Duration,
    /// For how long an event about something that the provider does not know (yet) is kept open.
    pub patience: Duration,
}

impl FollowEvents {
    /// Works off the events that are due, side by side. It returns how many, when all of them are.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let now = self.clock.now();
        let entries = self.inbox.claim_events(now, self.limit, self.lease).await?;
        let followed = entries.len();
        let mut under_way = JoinSet::new();
        for entry in entries {
            let this = self.clone();
            under_way.spawn(Box::pin(async move { this.work_off(&entry).await }));
        }
        let mut worked_off = Ok(followed);
        while let Some(done) = under_way.join_next().await {
            // One that panicked has said so, and its lease ends.
            if let Ok(Err(error)) = done {
                worked_off = Err(error);
            }
        }
        worked_off
    }

    async fn work_off(&self, entry: &InboxEntry) -> Result<(), ServiceError> {
        match self.follow(entry).await {
            Ok(true) => self.inbox.event_done(&entry.profile, entry.event_id).await?,
            Ok(false) => {}
            Err(error) => {
                // The lease ends, and the event is worked off again.
                let event_id = entry.event_id;
                tracing::warn!(%event_id, error = chain(&error), "an event could not be followed");
            }
        }
        Ok(())
    }

    /// Whether the event needs no more looking after.
    async fn follow(&self, entry: &InboxEntry) -> Result<bool, ServiceError> {
        if entry.profile != self.gateway.profile() {
            return Ok(false);
        }
        let found = match entry.subject {
            InboxSubject::Payout(id) => self.follow_payout(id).await?,
            InboxSubject::Payment(id) => self.follow_payment(id).await?,
            InboxSubject::Other => true,
        };
        let waited = self.clock.now().since(entry.received_at);
        Ok(found || waited > self.patience)
    }

    /// A payout that is not ours (yet) may become ours when the answer to our own request arrives.
    async fn follow_payout(&self, id: GatewayPayoutId) -> Result<bool, ServiceError> {
        Ok(self.reconcile.ask_after_id(id).await?.is_some())
    }

    async fn follow_payment(&self, id: PaymentId) -> Result<bool, ServiceError> {
        let Some(payment) = self.gateway.find_payment(id).await? else { return Ok(false) };
        self.record_payment.run(&payment).await?;
        Ok(true)
    }
}
