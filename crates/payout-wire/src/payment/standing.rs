//! A payment that a client has its user make, in each of its states.

use std::fmt;

use payout_domain::{
    AccountIdentifier, Metadata, PayIn, PayInState, PaymentId, PaymentSourceId, ProviderId,
    ProviderSelection, Scheme, Timestamp, UserId,
};
use serde::Serialize;

use super::create::FilterTwin;
use super::flow::FlowTwin;
use super::method::Beneficiary;
use crate::json;
use crate::money::MoneyMembers;
use crate::payment_source::{self, ReceivedPaymentSource};
use crate::{metadata, timestamp};

/// `GET /v3/payments/{id}` of a payment that has come whichever way.
#[derive(Serialize)]
pub struct PayInBody<'a> {
    #[serde(serialize_with = "json::as_text")]
    id: PaymentId,
    #[serde(flatten)]
    amount: MoneyMembers,
    user: UserTwin<'a>,
    payment_method: MethodTwin<'a>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: &'a Metadata,
    #[serde(serialize_with = "timestamp::micros")]
    created_at: Timestamp,
    status: &'static str,
    #[serde(flatten)]
    times: Times,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_flow: Option<FlowTwin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_source: Option<payment_source::Twin>,
}

#[derive(Default, Serialize)]
struct Times {
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    executed_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    settled_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    failed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
}

#[derive(Serialize)]
struct UserTwin<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "bank_transfer")]
struct MethodTwin<'a> {
    provider_selection: SelectionTwin<'a>,
    beneficiary: Beneficiary,
}

#[derive(Serialize)]
struct SelectionTwin<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<FilterTwin<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
}

/// Where a settled payment came from: its name there, whose it is, and the account.
pub type SettledFrom<'a> =
    (PaymentSourceId, Option<&'a UserId>, (Option<&'a str>, &'a [AccountIdentifier]));

impl<'a> PayInBody<'a> {
    /// A payment as it stands. `source` is where it came from, once it has settled; `pages` is where
    /// the pages of the banks are.
    pub fn new(pay_in: &'a PayIn, source: Option<SettledFrom<'_>>, pages: &str) -> Self {
        let order = pay_in.order();
        Self {
            id: pay_in.id(),
            amount: order.amount.into(),
            user: UserTwin { id: order.user_id.as_str() },
            payment_method: MethodTwin {
                provider_selection: SelectionTwin::of(pay_in),
                beneficiary: Beneficiary { merchant_account_id: order.merchant_account_id },
            },
            metadata: &order.metadata,
            created_at: pay_in.created_at(),
            status: pay_in.state().as_str(),
            times: Times::of(pay_in.state()),
            authorization_flow: FlowTwin::of(pay_in, pages),
            payment_source: source.map(source_twin),
        }
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl Times {
    fn of(state: PayInState) -> Self {
        match state {
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Authorized => Self::default(),
            PayInState::Executed { at } => Self { executed_at: Some(at), ..Self::default() },
            PayInState::Settled { executed_at, at } => {
                Self { executed_at: Some(executed_at), settled_at: Some(at), ..Self::default() }
            }
            PayInState::Failed { at, stage, reason } => Self {
                failed_at: Some(at),
                failure_stage: Some(stage.as_str()),
                failure_reason: Some(reason.as_str()),
                ..Self::default()
            },
        }
    }
}

impl<'a> SelectionTwin<'a> {
    fn of(pay_in: &'a PayIn) -> Self {
        let (r#type, filter) = match &pay_in.order().provider_selection {
            ProviderSelection::UserSelected(offered) => ("user_selected", FilterTwin::of(offered)),
            ProviderSelection::Preselected(_) => ("preselected", None),
        };
        let provider_id = pay_in.provider_id().map(ProviderId::as_str);
        Self { r#type, filter, provider_id, scheme_id: pay_in.scheme() }
    }
}

fn source_twin(source: SettledFrom<'_>) -> payment_source::Twin {
    let (id, user_id, (holder, identifiers)) = source;
    payment_source::Twin::from(&ReceivedPaymentSource {
        id,
        user_id: user_id.cloned(),
        account_holder_name: holder.map(str::to_owned),
        account_identifiers: identifiers.to_vec(),
    })
}

impl fmt::Debug for PayInBody<'_> {
    /// Shows neither the account nor the metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayInBody")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
