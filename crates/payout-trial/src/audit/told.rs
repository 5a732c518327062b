//! Whether the client was told the truth, and all of it, once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::Result;
use payout_domain::{EventId, FailureReason, GatewayPayoutId, ProviderStatus};
use payout_wire::payout::ReceivedPayout;

use super::{Auditor, LOOK};
use crate::finding::Kind;

impl Auditor {
    /// Takes down what there is to complain about the webhooks so far.
    pub(super) async fn listen(&self) {
        let Some(receiver) = &self.receiver else { return };
        for complaint in receiver.complaints(&self.keys).await {
            self.findings.add(Kind::Webhook, complaint);
        }
    }

    /// Waits until every end was told, and finds what was told wrongly or twice.
    pub(super) async fn heard_everything(
        &self,
        said: &BTreeMap<GatewayPayoutId, ReceivedPayout>,
        patience: Duration,
    ) -> Result<()> {
        let Some(receiver) = &self.receiver else { return Ok(()) };
        let begun = Instant::now();
        loop {
            let told = receiver.by_payout();
            let of = |id: &GatewayPayoutId| told.get(id).map(types).unwrap_or_default();
            let missing = said.iter().any(|(id, payout)| of(id).len() < due(&payout.status).len());
            if missing && begun.elapsed() < patience {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            for (id, payout) in said {
                if of(id) != due(&payout.status) {
                    let told = of(id).join(", ");
                    let story = format!("[{told}] was told: {}", self.story(*id).await);
                    self.findings.add(Kind::Webhook, story);
                }
            }
            for id in told.keys().filter(|id| !said.contains_key(id)) {
                self.findings.add(Kind::Webhook, format!("told of {id}, which nobody knows"));
            }
            return Ok(());
        }
    }
}

/// The types of the events, each as often as there are events of it.
fn types(told: &BTreeSet<(String, EventId)>) -> Vec<&str> {
    told.iter().map(|(event_type, _)| event_type.as_str()).collect()
}

/// What is to be told of a payout that stands like this, in the order of the alphabet.
fn due(status: &ProviderStatus) -> Vec<&'static str> {
    match status {
        ProviderStatus::Pending | ProviderStatus::Authorized { .. } => Vec::new(),
        ProviderStatus::Executed { .. } => vec!["payout_executed"],
        ProviderStatus::Failed { reason: FailureReason::Returned, .. } => {
            vec!["payout_executed", "payout_failed"]
        }
        ProviderStatus::Failed { .. } => vec!["payout_failed"],
    }
}
