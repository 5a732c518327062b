//! `GET /v3/payouts/{id}`: how a payout stands.

use std::fmt;

use payout_domain::{MerchantAccountId, Metadata, Payout, PayoutId, Scheme};
use serde::Serialize;

use super::beneficiary::{BeneficiaryTwin, PaymentSourceBeneficiary};
use crate::money::MoneyMembers;
use crate::standing::Standing;
use crate::{json, metadata};

/// A payout, as a caller sees it: nothing that is not known yet.
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
    #[serde(flatten)]
    standing: Standing,
}

impl PayoutBody {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl From<&Payout> for PayoutBody {
    fn from(payout: &Payout) -> Self {
        Self {
            id: payout.id(),
            merchant_account_id: payout.request().order().merchant_account_id,
            amount: payout.amount().into(),
            beneficiary: PaymentSourceBeneficiary::of(payout).into(),
            metadata: payout.request().order().metadata.clone(),
            scheme_id: payout.scheme(),
            standing: Standing::of_payout(payout),
        }
    }
}

impl fmt::Debug for PayoutBody {
    /// Shows neither the beneficiary nor the metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayoutBody")
            .field("id", &self.id)
            .field("status", &self.standing.status())
            .finish_non_exhaustive()
    }
}
