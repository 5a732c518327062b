//! The events of what a provider does beside closed-loop payouts.

use payout_domain::{
    EventId, FailureReason, MerchantAccountId, Metadata, PayIn, PayInState, PaymentId, ProviderId,
    Scheme, Timestamp, Transfer, TransferId, TransferPurpose,
};
use serde::Serialize;

use super::WebhookEvent;
use super::event::Subject;
use crate::{json, metadata, timestamp, transfer};

/// What the event of a payment tells that was executed or has failed.
#[derive(Serialize)]
pub(super) struct PayInMembers {
    #[serde(serialize_with = "json::as_text")]
    payment_id: PaymentId,
    payment_method: MethodTwin,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_millis"
    )]
    executed_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_millis"
    )]
    failed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "bank_transfer")]
struct MethodTwin {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    provider_id: Option<ProviderId>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
}

/// What the event of a transfer tells that was executed or has failed.
#[derive(Serialize)]
pub(super) struct TransferMembers {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    refund_id: Option<TransferId>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    payment_id: Option<PaymentId>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    payout_id: Option<TransferId>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_millis"
    )]
    executed_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_millis"
    )]
    failed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    failure_reason: Option<FailureReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beneficiary: Option<Beneficiary>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    merchant_account_id: Option<MerchantAccountId>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

/// Less than the resource tells: a webhook goes to whatever address was configured.
#[derive(Serialize)]
struct Beneficiary {
    r#type: &'static str,
}

impl WebhookEvent {
    /// `payment_executed` or `payment_failed`; `None` for a payment that was not executed and has not
    /// failed, or of which more is known by now.
    pub fn pay_in(event_id: EventId, pay_in: &PayIn) -> Option<Self> {
        let mut members = PayInMembers::of(pay_in);
        let event_type = match pay_in.state() {
            PayInState::Executed { at } => {
                members.executed_at = Some(at);
                "payment_executed"
            }
            PayInState::Failed { at, stage, reason } => {
                members.failed_at = Some(at);
                members.failure_stage = Some(stage.as_str());
                members.failure_reason = Some(reason.as_str());
                "payment_failed"
            }
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Authorized
            | PayInState::Settled { .. } => return None,
        };
        Some(Self::new(event_type, event_id, Subject::PayIn(Box::new(members))))
    }

    /// `refund_executed`, `refund_failed`, `payout_executed` or `payout_failed`; `None` for a transfer
    /// that is still on its way.
    pub fn transfer(event_id: EventId, transfer: &Transfer) -> Option<Self> {
        let members = TransferMembers::of(transfer);
        let is_refund = members.refund_id.is_some();
        let event_type = match (members.executed_at, members.failed_at) {
            (Some(_), _) if is_refund => "refund_executed",
            (Some(_), _) => "payout_executed",
            (None, Some(_)) if is_refund => "refund_failed",
            (None, Some(_)) => "payout_failed",
            (None, None) => return None,
        };
        Some(Self::new(event_type, event_id, Subject::Transfer(Box::new(members))))
    }
}

impl PayInMembers {
    fn of(pay_in: &PayIn) -> Self {
        Self {
            payment_id: pay_in.id(),
            payment_method: MethodTwin {
                provider_id: pay_in.provider_id().cloned(),
                scheme_id: pay_in.scheme(),
            },
            executed_at: None,
            failed_at: None,
            failure_stage: None,
            failure_reason: None,
            metadata: pay_in.order().metadata.clone(),
        }
    }
}

impl TransferMembers {
    fn of(transfer: &Transfer) -> Self {
        let executed_at = transfer::executed_at(transfer);
        let failed = transfer::failure(transfer);
        let (refunded, paid_out) = match transfer.order.purpose {
            TransferPurpose::Refund(payment_id) => (Some(payment_id), None),
            TransferPurpose::Payout { .. } => (None, Some(transfer.id)),
        };
        Self {
            refund_id: refunded.map(|_| transfer.id),
            payment_id: refunded,
            payout_id: paid_out,
            executed_at,
            failed_at: failed.as_ref().map(|(at, _)| *at),
            failure_reason: failed.map(|(_, reason)| reason),
            beneficiary: paid_out.map(|_| Beneficiary { r#type: "external_account" }),
            scheme_id: transfer.scheme.filter(|_| executed_at.is_some()),
            merchant_account_id: paid_out
                .and(executed_at)
                .map(|_| transfer.order.merchant_account_id),
            metadata: transfer.order.metadata.clone(),
        }
    }
}
