//! `GET /operator/dead-letters`: notifications that were given up, the oldest first.

use payout_domain::{ClientId, EventId, PaymentId, PayoutId, Timestamp};
use serde::Serialize;

use super::standing::count;
use crate::json::{self, Value};
use crate::page::{self, Page};
use crate::{InvalidBody, timestamp};

/// A notification that was given up, until somebody replays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterItem {
    /// Its name.
    pub event_id: EventId,
    /// Who was to be told.
    pub client_id: ClientId,
    /// The type of the event that was to be told, such as `payout_executed`.
    pub event: String,
    /// Of what.
    pub about: DeadLetterAbout,
    /// When the fact was recorded.
    pub created_at: Timestamp,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// How many deliveries have failed.
    pub failures: u32,
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetterAbout {
    /// A payout.
    Payout(PayoutId),
    /// A payment.
    Payment(PaymentId),
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterPage {
    /// The notifications.
    pub items: Vec<DeadLetterItem>,
    /// What to say as `after` for the next page; `None` on the last one.
    pub next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Twin<'a> {
    #[serde(serialize_with = "json::as_text")]
    event_id: EventId,
    #[serde(serialize_with = "json::as_text")]
    client_id: &'a ClientId,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    payout_id: Option<PayoutId>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    payment_id: Option<PaymentId>,
    #[serde(serialize_with = "timestamp::micros")]
    created_at: Timestamp,
    #[serde(serialize_with = "timestamp::micros")]
    given_up_at: Timestamp,
    failures: u32,
}

impl Serialize for DeadLetterItem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (payout_id, payment_id) = match self.about {
            DeadLetterAbout::Payout(id) => (Some(id), None),
            DeadLetterAbout::Payment(id) => (None, Some(id)),
        };
        Twin {
            event_id: self.event_id,
            client_id: &self.client_id,
            event: &self.event,
            payout_id,
            payment_id,
            created_at: self.created_at,
            given_up_at: self.given_up_at,
            failures: self.failures,
        }
        .serialize(serializer)
    }
}

impl DeadLetterItem {
    pub(super) fn read(body: &Value<'_>) -> Option<Self> {
        let (event_id, client_id) = (body.required("event_id"), body.required("client_id"));
        let event = body.require("event").and_then(|event| event.text());
        let about = about(body);
        let times = (body.required_time("created_at"), body.required_time("given_up_at"));
        let failures = count(body, "failures");
        Some(Self {
            event_id: event_id?,
            client_id: client_id?,
            event: event?.to_owned(),
            about: about?,
            created_at: times.0?,
            given_up_at: times.1?,
            failures: failures?,
        })
    }
}

impl DeadLetterPage {
    /// Reads it; one notification that cannot be read refuses the page.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let next_cursor = page::next_cursor(body);
            let items = body.require_items("items", DeadLetterItem::read);
            Some(Self { items: items?, next_cursor: next_cursor? })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&Page::new(self.items.iter().collect(), self.next_cursor.clone()))
    }
}

fn about(body: &Value<'_>) -> Option<DeadLetterAbout> {
    let payout = body.optional("payout_id")?.map(DeadLetterAbout::Payout);
    let payment = body.optional("payment_id")?.map(DeadLetterAbout::Payment);
    match (payout, payment) {
        (Some(about), None) | (None, Some(about)) => Some(about),
        (None, None) | (Some(_), Some(_)) => {
            body.refuse("must have either payout_id or payment_id")
        }
    }
}
