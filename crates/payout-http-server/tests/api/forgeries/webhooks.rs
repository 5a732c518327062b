//! Events that the provider has not sent.

use payout_signature::SigningKey;

use super::Forgery;
use crate::call::Call;
use crate::house::{ACME_KEY, PROVIDER_JKU, PROVIDER_KEY, STRANGE_KEY};

const EXECUTED: &str = r#"{"type":"payout_executed","event_version":1,"event_id":"a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52","payout_id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","executed_at":"2026-03-02T09:14:09.226Z"}"#;

const TIMESTAMP: &str = "X-TL-Webhook-Timestamp";

/// The time of the house.
const NOW: &str = "2026-03-02T09:14:07Z";

/// Addresses that look like the trusted one, or lead to where a forger wants a look.
const JKUS: &[&str] = &[
    "",
    "https://evil.example/.well-known/jwks",
    "http://webhooks.provider.example/.well-known/jwks",
    "HTTPS://webhooks.provider.example/.well-known/jwks",
    "https://WEBHOOKS.provider.example/.well-known/jwks",
    "https://webhooks.provider.example./.well-known/jwks",
    "https://webhooks.provider.example:443/.well-known/jwks",
    "https://webhooks.provider.example:8443/.well-known/jwks",
    "https://webhooks.provider.example/.well-known/jwks/",
    "https://webhooks.provider.example/.well-known/jwks?",
    "https://webhooks.provider.example/.well-known/jwks#",
    "https://webhooks.provider.example/.well-known/%6awks",
    "https://webhooks.provider.example//.well-known/jwks",
    "https://webhooks.provider.example/x/../.well-known/jwks",
    "https://webhooks.provider.example/redirect?to=https://evil.example",
    "https://webhooks.provider.example@evil.example/.well-known/jwks",
    "https://evil.example/https://webhooks.provider.example/.well-known/jwks",
    "https://evil.example#webhooks.provider.example/.well-known/jwks",
    "https://webhooks.provider.example.evil.example/.well-known/jwks",
    "https://webhooks.provider-sandbox.example/.well-known/jwks",
    "https://webhooks.prov\u{0456}der.example/.well-known/jwks",
    " https://webhooks.provider.example/.well-known/jwks",
    "https://webhooks.provider.example/.well-known/jwks ",
    "https://127.0.0.1/.well-known/jwks",
    "https://[::1]/.well-known/jwks",
    "https://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "data:application/json,{\"keys\":[]}",
    "//webhooks.provider.example/.well-known/jwks",
    "/.well-known/jwks",
];

/// Times that are none, or not of now.
const TIMES: &[&str] = &[
    "",
    "yesterday",
    "1772442847",
    "2026-03-02",
    "2026-03-02T09:14:07",
    "2026-02-27T08:14:06Z",
    "1970-01-01T00:00:00Z",
    "2026-02-30T09:14:07Z",
];

pub(super) fn forgeries() -> Vec<Forgery> {
    let (thief, _pem) = SigningKey::generate("provider-key").expect("there is entropy");
    let good = signed(event(EXECUTED));
    let by = |key: &SigningKey, jku| event(EXECUTED).signed_over(key, &[TIMESTAMP], jku);
    let mut rows: Vec<Forgery> = JKUS
        .iter()
        .map(|jku| (format!("event: jku {jku:?}"), by(&PROVIDER_KEY, Some(jku))))
        .collect();
    rows.extend(TIMES.iter().map(|time| {
        let call = signed(event(EXECUTED).without(TIMESTAMP).header(TIMESTAMP, time));
        (format!("event: sent at {time:?}"), call)
    }));
    let others = [
        ("no signature", event(EXECUTED)),
        ("no jku", by(&PROVIDER_KEY, None)),
        ("a thief's key", by(&thief, Some(PROVIDER_JKU))),
        ("a client's key", by(&ACME_KEY, Some(PROVIDER_JKU))),
        ("a stranger's key", by(&STRANGE_KEY, Some(PROVIDER_JKU))),
        ("its time is not covered", {
            event(EXECUTED).signed_over(&PROVIDER_KEY, &["Content-Type"], Some(PROVIDER_JKU))
        }),
        ("nothing is covered", event(EXECUTED).signed_over(&PROVIDER_KEY, &[], Some(PROVIDER_JKU))),
        ("another time", good.clone().without(TIMESTAMP).header(TIMESTAMP, "2026-03-02T09:14:08Z")),
        ("the time twice", good.clone().header(TIMESTAMP, NOW)),
        ("the signature twice", good.clone().header("Tl-Signature", "e30..AA")),
        ("another event", good.clone().body(&EXECUTED.replace("executed", "failed"))),
        ("another payout", good.clone().body(&EXECUTED.replace("5a0e", "5a0f"))),
        ("a byte more", good.clone().body(&format!("{EXECUTED} "))),
        ("no body", good.clone().body("")),
        ("another path", good.clone().path("/webhooks/x")),
        ("another method", Call { method: "PUT".to_owned(), ..good }),
        ("signed for another path", signed(event(EXECUTED).path("/v3/payouts")).path("/webhooks")),
    ];
    rows.extend(others.map(|(name, call)| (format!("event: {name}"), call)));
    rows
}

fn event(body: &str) -> Call {
    Call::post("/webhooks", body).header(TIMESTAMP, NOW)
}

fn signed(call: Call) -> Call {
    call.signed_over(&PROVIDER_KEY, &[TIMESTAMP], Some(PROVIDER_JKU))
}
