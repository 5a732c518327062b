//! `GET /v3/payouts/{id}`: how a payout stands.

use std::fmt;

use payout_domain::{
    FailureReason, MerchantAccountId, Metadata, Payout, PayoutId, Scheme, Timestamp,
};
use serde::Serialize;

use super::beneficiary::{BeneficiaryTwin, PaymentSourceBeneficiary};
use crate::money::MoneyMembers;
use crate::{json, metadata, timestamp};

/// A payout, as a caller sees it: only the four words that every client knows, and nothing that is
/// not known yet.
///
/// After a return `executed_at` stays, because it happened.
#[derive(Serialize)]
pub struct PayoutBody {
    #[serde(serialize_with = "json::as_text")]
    id: PayoutId,
    #[serde(serialize_with = "json::as_text")]
    merchant_account_id: MerchantAccountId,
    #[serde(flatten)]
    amount: MoneyMembers,
    beneficiary: BeneficiaryTwin,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
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

impl PayoutBody {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl From<&Payout> for PayoutBody {
    fn from(payout: &Payout) -> Self {
        let progress = payout.progress();
        Self {
            id: payout.id(),
            merchant_account_id: payout.request().order().merchant_account_id,
            amount: payout.amount().into(),
            beneficiary: PaymentSourceBeneficiary::of(payout).into(),
            metadata: payout.request().order().metadata.clone(),
            scheme_id: payout.scheme(),
            status: payout.state().status().as_str(),
            created_at: payout.created_at(),
            authorized_at: progress.authorized_at,
            executed_at: progress.executed_at,
            failed_at: progress.failed_at,
            failure_reason: payout.state().failure_reason(),
        }
    }
}

impl fmt::Debug for PayoutBody {
    /// Shows neither the beneficiary nor the metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayoutBody")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
