//! What a provider says of a payout.

use payout_domain::{
    Evidence, FailureReason, GatewayPayoutId, MerchantAccountId, Metadata, Money, ProviderStatus,
    Scheme, Timestamp,
};

use super::beneficiary::{self, Beneficiary};
use crate::InvalidBody;
use crate::json::{self, Value};
use crate::{metadata, money, scheme};

/// A payout as a provider describes it.
///
/// Whatever decides about money is read strictly: a status that we do not know is an error and never
/// a default, an amount is a whole number of a currency. Members that we do not know are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedPayout {
    /// The provider's name for it.
    pub id: GatewayPayoutId,
    /// The account that it is paid from.
    pub merchant_account_id: MerchantAccountId,
    /// How much.
    pub amount: Money,
    /// Who is paid.
    pub beneficiary: Beneficiary,
    /// How it stands.
    pub status: ProviderStatus,
    /// By which scheme, if the provider says so; one that we have no name for is
    /// [`Scheme::Unknown`].
    pub scheme: Option<Scheme>,
    /// What was attached to it.
    pub metadata: Metadata,
    /// When the provider created it.
    pub created_at: Timestamp,
    /// When the provider sent it to the scheme, if it says so, whatever the status.
    pub authorized_at: Option<Timestamp>,
    /// When the provider executed it, if it says so, whatever the status: after a return this is all
    /// that remains of the execution.
    pub executed_at: Option<Timestamp>,
}

impl ReceivedPayout {
    /// Reads what `GET /v3/payouts/{id}` answers.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, Self::read)
    }

    /// What it tells about the payout with its id. The order of what a provider says does not matter,
    /// so an execution that came before a return is told as well.
    pub fn evidence(&self) -> Vec<Evidence> {
        let report = |status| Evidence::Reported { gateway_payout_id: self.id, status };
        self.earlier().into_iter().chain([self.status.clone()]).map(report).collect()
    }

    /// The execution of one that came back.
    pub fn earlier(&self) -> Option<ProviderStatus> {
        match &self.status {
            ProviderStatus::Failed { .. } => {
                let at = self.executed_at?;
                Some(ProviderStatus::Executed { at, scheme: self.scheme })
            }
            ProviderStatus::Pending
            | ProviderStatus::Authorized { .. }
            | ProviderStatus::Executed { .. } => None,
        }
    }

    pub(super) fn read(body: &Value<'_>) -> Option<Self> {
        let id = body.required("id");
        let merchant_account_id = body.required("merchant_account_id");
        let amount = money::amount(body);
        let beneficiary = beneficiary::read(body);
        let scheme = scheme::read(body);
        let metadata = metadata::read(body);
        let created_at = body.required_time("created_at");
        let authorized_at = body.optional_time("authorized_at");
        let executed_at = body.optional_time("executed_at");
        let status = status(body);
        Some(Self {
            id: id?,
            merchant_account_id: merchant_account_id?,
            amount: amount?,
            beneficiary: beneficiary?,
            status: status?,
            scheme: scheme?,
            metadata: metadata?,
            created_at: created_at?,
            authorized_at: authorized_at?,
            executed_at: executed_at?,
        })
    }
}

fn status(body: &Value<'_>) -> Option<ProviderStatus> {
    let status = body.require("status")?;
    match status.text()? {
        "pending" => Some(ProviderStatus::Pending),
        "authorized" => {
            Some(ProviderStatus::Authorized { at: body.optional_time("authorized_at")? })
        }
        "executed" => {
            let at = body.required_time("executed_at")?;
            Some(ProviderStatus::Executed { at, scheme: scheme::read(body)? })
        }
        "failed" => failed(body),
        _ => status.refuse("is not a status of a closed-loop payout that we know"),
    }
}

fn failed(body: &Value<'_>) -> Option<ProviderStatus> {
    let at = body.required_time("failed_at");
    // Some servers leave the reason out, and the failure stands without it.
    let reason = body.if_any("failure_reason", |reason| reason.text().map(FailureReason::from));
    Some(ProviderStatus::Failed { at: at?, reason: reason?.unwrap_or(FailureReason::Unknown) })
}
