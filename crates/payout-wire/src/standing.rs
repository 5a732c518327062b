//! What payouts and all other transfers tell of how they stand.

use payout_domain::{FailureReason, Payout, ProviderStatus, Timestamp, Transfer};
use serde::Serialize;

use crate::{json, timestamp};

/// How a payout or another transfer stands and since when, to be flattened into a body: only the four
/// words that every client knows.
#[derive(Serialize)]
pub(crate) struct Standing {
    status: &'static str,
    #[serde(serialize_with = "timestamp::micros")]
    created_at: Timestamp,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    authorized_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    executed_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    failed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    failure_reason: Option<FailureReason>,
}

impl Standing {
    /// Of what only the provider carries out.
    pub(crate) fn of_transfer(transfer: &Transfer) -> Self {
        let status = match transfer.status {
            ProviderStatus::Pending => "pending",
            ProviderStatus::Authorized { .. } => "authorized",
            ProviderStatus::Executed { .. } => "executed",
            ProviderStatus::Failed { .. } => "failed",
        };
        let failed = failure(transfer);
        Self {
            status,
            created_at: transfer.created_at,
            authorized_at: transfer.authorized_at,
            executed_at: executed_at(transfer),
            failed_at: failed.as_ref().map(|(at, _)| *at),
            failure_reason: failed.map(|(_, reason)| reason),
        }
    }

    /// Of a payout. After a return `executed_at` stays, because it happened.
    pub(crate) fn of_payout(payout: &Payout) -> Self {
        let progress = payout.progress();
        Self {
            status: payout.state().status().as_str(),
            created_at: payout.created_at(),
            authorized_at: progress.authorized_at,
            executed_at: progress.executed_at,
            failed_at: progress.failed_at,
            failure_reason: payout.state().failure_reason(),
        }
    }

    /// The status as clients know it.
    pub(crate) fn status(&self) -> &'static str {
        self.status
    }
}

/// When a transfer was executed, if it was.
pub(crate) fn executed_at(transfer: &Transfer) -> Option<Timestamp> {
    match transfer.status {
        ProviderStatus::Executed { at, .. } => Some(at),
        ProviderStatus::Pending
        | ProviderStatus::Authorized { .. }
        | ProviderStatus::Failed { .. } => None,
    }
}

/// When and why a transfer failed, if it did.
pub(crate) fn failure(transfer: &Transfer) -> Option<(Timestamp, FailureReason)> {
    match &transfer.status {
        ProviderStatus::Failed { at, reason } => Some((*at, reason.clone())),
        ProviderStatus::Pending
        | ProviderStatus::Authorized { .. }
        | ProviderStatus::Executed { .. } => None,
    }
}
