//! Events as the provider tells them, signed before any clock starts.

use std::net::SocketAddr;

use anyhow::Result;
use payout_ports::Clock as _;
use payout_signature::{Request, SigningKey, sign};
use payout_wire::{header, route, timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::clock::SystemClock;

/// What the provider tells: that a payout was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) id: Uuid,
    /// The provider's name of the payout.
    pub(super) payout: Uuid,
}

/// Where a service takes them in.
const PATH: &str = "/webhooks";

/// Whole requests to a service, in the name of the provider at the other address.
pub(super) fn signed(
    key: &SigningKey,
    (service, provider): (SocketAddr, SocketAddr),
    events: &[Event],
) -> Result<Vec<Vec<u8>>> {
    let jku = format!("http://{provider}{}", route::JWKS);
    let sent_at = timestamp::to_seconds(SystemClock.now());
    let made = events.iter().map(|event| {
        let body = words(event);
        let name = header::X_TL_WEBHOOK_TIMESTAMP_SIGNED;
        let headers: &[(&str, &[u8])] = &[(name, sent_at.as_bytes())];
        let request = Request { method: "POST", path: PATH, headers, body: &body };
        let signature = sign(key, &request, &[name], Some(&jku))?;
        let mut bytes = format!(
            "POST {PATH} HTTP/1.1\r\nHost: {service}\r\nTl-Signature: {signature}\r\n\
             {}: {sent_at}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            header::X_TL_WEBHOOK_TIMESTAMP,
            body.len()
        )
        .into_bytes();
        bytes.extend(&body);
        Ok(bytes)
    });
    made.collect()
}

fn words(event: &Event) -> Vec<u8> {
    let words = json!({
        "type": "payout_executed",
        "event_version": 1,
        "event_id": event.id.to_string(),
        "payout_id": event.payout.to_string(),
        "executed_at": "2026-03-02T09:14:07.412093Z",
    });
    words.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use payout_wire::webhook::{InboundEvent, InboundSubject};

    use super::*;

    #[test]
    fn an_event_names_itself_and_its_payout() {
        let event = Event { id: Uuid::from_u128(7), payout: Uuid::from_u128(9) };

        let read = InboundEvent::parse(&words(&event)).expect("it is an event");

        assert_eq!(read.event_id.as_uuid(), event.id);
        let InboundSubject::Payout { gateway_payout_id } = read.subject else {
            panic!("it is about a payout: {read:?}")
        };
        assert_eq!(gateway_payout_id.as_uuid(), event.payout);
    }
}
