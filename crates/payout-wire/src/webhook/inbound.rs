//! The events that we are told.

use payout_domain::{EventId, GatewayPayoutId, PaymentId};

use crate::InvalidBody;
use crate::json::{self, Value};

/// An event as it came in.
///
/// An event is a hint and never a proof, so nothing is read of it but what to ask the provider about.
/// A server may leave out whatever else it likes, and add types that we do not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundEvent {
    /// The event's name: the same however often it is delivered.
    pub event_id: EventId,
    /// Its type, such as `payout_executed`.
    pub event_type: String,
    /// What it is about.
    pub subject: InboundSubject,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundSubject {
    /// A payout has moved.
    Payout {
        /// The provider's name for it.
        gateway_payout_id: GatewayPayoutId,
    },
    /// A payment has moved.
    Payment {
        /// The provider's name for it.
        payment_id: PaymentId,
    },
    /// Something that we do not follow: a refund, a balance, or what has been added since.
    Other,
}

/// The events of a payout; each names it.
pub(crate) const OF_PAYOUTS: [&str; 3] =
    ["payout_executed", "payout_failed", "payout_attempt_failed"];

/// The events of a payment; each names it.
pub(crate) const OF_PAYMENTS: [&str; 9] = [
    "payment_authorized",
    "payment_executed",
    "payment_settled",
    "payment_failed",
    "payment_creditable",
    "payment_settlement_stalled",
    "payment_reversed",
    "payment_disputed",
    "payment_funds_received",
];

impl InboundEvent {
    /// Reads the body of a webhook. Without `type` and `event_id` it is no event.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let event_id = body.required("event_id");
            let event_type = body.require("type").and_then(|kind| match kind.text()? {
                "" => kind.refuse("must not be empty"),
                text => Some(text),
            })?;
            let subject = subject(body, event_type);
            Some(Self { event_id: event_id?, event_type: event_type.to_owned(), subject: subject? })
        })
    }
}

fn subject(body: &Value<'_>, event_type: &str) -> Option<InboundSubject> {
    if OF_PAYOUTS.contains(&event_type) {
        let gateway_payout_id = body.required("payout_id")?;
        return Some(InboundSubject::Payout { gateway_payout_id });
    }
    if OF_PAYMENTS.contains(&event_type) {
        return Some(InboundSubject::Payment { payment_id: body.required("payment_id")? });
    }
    Some(InboundSubject::Other)
}
