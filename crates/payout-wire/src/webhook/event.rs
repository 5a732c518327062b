//! The events that we tell.

use std::fmt;

use payout_domain::{
    EventId, MerchantAccount, MerchantAccountId, Metadata, Payment, PaymentId, PaymentSourceId,
    Payout, PayoutId, Scheme, Timestamp, UserId,
};
use serde::Serialize;

use super::ending::Ending;
use super::notice::{PayInMembers, TransferMembers};
use crate::payment::{self, MethodTwin};
use crate::{json, metadata, payment_source, timestamp};

/// The form of every event, a number in every client.
const EVENT_VERSION: u8 = 1;

/// An event that is to be told.
#[derive(Serialize)]
pub struct WebhookEvent {
    #[serde(rename = "type")]
    event_type: &'static str,
    event_version: u8,
    #[serde(serialize_with = "json::as_text")]
    event_id: EventId,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_sequence: Option<u32>,
    #[serde(flatten)]
    subject: Subject,
}

/// What a merchant account held just after the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Balances {
    current_balance_in_minor: u64,
    available_balance_in_minor: u64,
}

impl Balances {
    /// What the account holds now.
    pub fn of(account: &MerchantAccount) -> Self {
        Self {
            current_balance_in_minor: account.current_balance.minor(),
            available_balance_in_minor: account.available_balance.minor(),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Subject {
    Payout(Box<PayoutMembers>),
    Payment(Box<PaymentMembers>),
    PayIn(Box<PayInMembers>),
    Transfer(Box<TransferMembers>),
}

#[derive(Serialize)]
pub(super) struct PayoutMembers {
    #[serde(serialize_with = "json::as_text")]
    payout_id: PayoutId,
    #[serde(flatten)]
    ending: Ending,
    beneficiary: Beneficiary,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    merchant_account_id: Option<MerchantAccountId>,
    #[serde(flatten)]
    balances: Option<Balances>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

/// Less than the resource tells: a webhook goes to whatever address was configured.
#[derive(Serialize)]
#[serde(tag = "type", rename = "payment_source")]
struct Beneficiary {
    #[serde(serialize_with = "json::as_text")]
    payment_source_id: PaymentSourceId,
    #[serde(serialize_with = "json::as_text")]
    user_id: UserId,
}

#[derive(Serialize)]
pub(super) struct PaymentMembers {
    #[serde(serialize_with = "json::as_text")]
    payment_id: PaymentId,
    payment_method: MethodTwin,
    #[serde(serialize_with = "timestamp::millis")]
    settled_at: Timestamp,
    payment_source: payment_source::Twin,
    #[serde(serialize_with = "json::as_text")]
    user_id: UserId,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

impl WebhookEvent {
    /// `payout_executed`; `None` for a payout of which no execution is known.
    pub fn payout_executed(
        event_id: EventId,
        payout: &Payout,
        balances: Option<Balances>,
    ) -> Option<Self> {
        let members = PayoutMembers {
            scheme_id: payout.scheme(),
            merchant_account_id: Some(payout.request().order().merchant_account_id),
            balances,
            ..PayoutMembers::of(payout, Ending::execution(payout)?)
        };
        Some(Self::new("payout_executed", event_id, Subject::Payout(Box::new(members))))
    }

    /// `payout_failed`; `None` for a payout that has neither failed nor come back.
    pub fn payout_failed(event_id: EventId, payout: &Payout) -> Option<Self> {
        let members = PayoutMembers::of(payout, Ending::failure(payout)?);
        Some(Self::new("payout_failed", event_id, Subject::Payout(Box::new(members))))
    }

    /// `payment_settled`.
    pub fn payment_settled(event_id: EventId, payment: &Payment) -> Self {
        let members = PaymentMembers {
            payment_id: payment.id,
            payment_method: MethodTwin::of(payment),
            settled_at: payment.settled_at,
            payment_source: payment::source_twin(payment),
            user_id: payment.user_id.clone(),
            metadata: payment.metadata.clone(),
        };
        Self::new("payment_settled", event_id, Subject::Payment(Box::new(members)))
    }

    /// The event's type, such as `payout_executed`.
    pub fn event_type(&self) -> &'static str {
        self.event_type
    }

    /// The event's name, by which a receiver knows it again.
    pub fn event_id(&self) -> EventId {
        self.event_id
    }

    /// Writes it. The bytes are what gets signed.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// The same event with its number among the events about its subject, from 1 on without a gap,
    /// so that its receiver can tell which came first. The provider's own events have none.
    #[must_use]
    pub fn numbered(self, sequence: u32) -> Self {
        Self { event_sequence: Some(sequence), ..self }
    }

    pub(super) fn new(event_type: &'static str, event_id: EventId, subject: Subject) -> Self {
        Self { event_type, event_version: EVENT_VERSION, event_id, event_sequence: None, subject }
    }
}

impl PayoutMembers {
    /// What every event of a payout tells.
    fn of(payout: &Payout, ending: Ending) -> Self {
        let order = payout.request().order();
        Self {
            payout_id: payout.id(),
            ending,
            beneficiary: Beneficiary {
                payment_source_id: order.payment_source_id,
                user_id: order.user_id.clone(),
            },
            scheme_id: None,
            merchant_account_id: None,
            balances: None,
            metadata: order.metadata.clone(),
        }
    }
}

impl fmt::Debug for WebhookEvent {
    /// Shows neither the account nor the metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookEvent")
            .field("event_type", &self.event_type)
            .field("event_id", &self.event_id)
            .finish_non_exhaustive()
    }
}
