//! Whether the history of a payout hangs together.

use anyhow::Result;
use payout_domain::{Evidence, PayoutState, ProviderStatus};
use payout_wire::history::HistoryBody;
use payout_wire::payout::ReceivedPayout;

use super::{Auditor, ask};
use crate::finding::Kind;

impl Auditor {
    /// Whether the history has come as far as the status; a gap in it is a finding.
    pub(super) async fn history_is_sound(&self, payout: &ReceivedPayout) -> Result<bool> {
        let history = ask(async || self.service.history(payout.id).await).await?.value;
        if let Some(gap) = gap(&history) {
            let story = format!("{gap}: {}: {}", payout.id, words(&history));
            self.findings.add(Kind::Gap, story);
        }
        Ok(history.items.last().is_some_and(|last| agrees(&last.state, &payout.status)))
    }
}

/// The history in one line.
pub(super) fn words(history: &HistoryBody) -> String {
    let item = |item: &payout_wire::history::HistoryItem| {
        format!("{} at {}: {} → {}", item.version, item.at.as_micros(), item.evidence, item.state)
    };
    history.items.iter().map(item).collect::<Vec<_>>().join("; ")
}

/// What is missing in a history.
fn gap(history: &HistoryBody) -> Option<&'static str> {
    let versions = history.items.iter().map(|item| item.version);
    if !versions.eq((1..).take(history.items.len())) {
        return Some("its versions do not count from 1 without a gap");
    }
    match history.items.first().map(|item| &item.evidence) {
        Some(Evidence::Accepted) => {}
        Some(_) | None => return Some("it does not begin with its acceptance"),
    }
    let attempts = history.items.iter().filter_map(|item| {
        if let Evidence::TransmissionBegun { attempt, .. } = item.evidence {
            return Some(attempt);
        }
        None
    });
    let attempts: Vec<_> = attempts.collect();
    (!attempts.iter().copied().eq((1..).take(attempts.len())))
        .then_some("its transmissions do not count from 1 without a gap")
}

fn agrees(state: &PayoutState, status: &ProviderStatus) -> bool {
    match status {
        ProviderStatus::Pending | ProviderStatus::Authorized { .. } => true,
        ProviderStatus::Executed { .. } => {
            matches!(state, PayoutState::Executed | PayoutState::Returned)
        }
        ProviderStatus::Failed { .. } => {
            matches!(state, PayoutState::Failed(_) | PayoutState::Returned)
        }
    }
}
