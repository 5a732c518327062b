//! The events of what a provider does beside closed-loop payouts.

use payout_domain::{
    EventId, MerchantAccountId, Metadata, PayIn, PaymentId, ProviderId, Scheme, Transfer,
    TransferId, TransferPurpose,
};
use serde::Serialize;

use super::WebhookEvent;
use super::ending::Ending;
use super::event::Subject;
use crate::{json, metadata};

/// What the event of a payment tells that was executed or has failed.
#[derive(Serialize)]
pub(super) struct PayInMembers {
    #[serde(serialize_with = "json::as_text")]
    payment_id: PaymentId,
    payment_method: MethodTwin,
    #[serde(flatten)]
    ending: Ending,
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
    #[serde(flatten)]
    ending: Ending,
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
        let ending = Ending::of_pay_in(pay_in.state())?;
        let event_type = if ending.is_execution() { "payment_executed" } else { "payment_failed" };
        let members = PayInMembers::of(pay_in, ending);
        Some(Self::new(event_type, event_id, Subject::PayIn(Box::new(members))))
    }

    /// `refund_executed`, `refund_failed`, `payout_executed` or `payout_failed`; `None` for a transfer
    /// that is still on its way.
    pub fn transfer(event_id: EventId, transfer: &Transfer) -> Option<Self> {
        let ending = Ending::of_transfer(transfer)?;
        let event_type = match (&transfer.order.purpose, ending.is_execution()) {
            (TransferPurpose::Refund(_), true) => "refund_executed",
            (TransferPurpose::Refund(_), false) => "refund_failed",
            (TransferPurpose::Payout { .. }, true) => "payout_executed",
            (TransferPurpose::Payout { .. }, false) => "payout_failed",
        };
        let members = TransferMembers::of(transfer, ending);
        Some(Self::new(event_type, event_id, Subject::Transfer(Box::new(members))))
    }
}

impl PayInMembers {
    fn of(pay_in: &PayIn, ending: Ending) -> Self {
        Self {
            payment_id: pay_in.id(),
            payment_method: MethodTwin {
                provider_id: pay_in.provider_id().cloned(),
                scheme_id: pay_in.scheme(),
            },
            ending,
            metadata: pay_in.order().metadata.clone(),
        }
    }
}

impl TransferMembers {
    fn of(transfer: &Transfer, ending: Ending) -> Self {
        let executed = ending.is_execution();
        let (refunded, paid_out) = match transfer.order.purpose {
            TransferPurpose::Refund(payment_id) => (Some(payment_id), None),
            TransferPurpose::Payout { .. } => (None, Some(transfer.id)),
        };
        Self {
            refund_id: refunded.map(|_| transfer.id),
            payment_id: refunded,
            payout_id: paid_out,
            ending,
            beneficiary: paid_out.map(|_| Beneficiary { r#type: "external_account" }),
            scheme_id: transfer.scheme.filter(|_| executed),
            merchant_account_id: paid_out
                .filter(|_| executed)
                .map(|_| transfer.order.merchant_account_id),
            metadata: transfer.order.metadata.clone(),
        }
    }
}
