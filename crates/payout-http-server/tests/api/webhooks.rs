//! Events of the provider, and our own receiver of events.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use payout_http_server::{Api, Limits, ReceivedWebhook, WebhookReceiver};
use payout_ports::{Inbox, InboxSubject, MovableClock};

use crate::call::{Answer, Call};
use crate::house::{ACME_KEY, House, PROVIDER_JKU, PROVIDER_KEY};

const EXECUTED: &str = r#"{"type":"payout_executed","event_version":1,"event_id":"a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52","payout_id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","executed_at":"2026-03-02T09:14:09.226Z"}"#;

const TIMESTAMP: &str = "x-tl-webhook-timestamp";

/// A webhook as the provider sends it, not signed yet.
fn event(body: &str) -> Call {
    Call::post("/webhooks", body).header("X-TL-Webhook-Timestamp", "2026-03-02T09:14:07Z")
}

fn signed(call: Call) -> Call {
    call.signed_over(&PROVIDER_KEY, &[TIMESTAMP], Some(PROVIDER_JKU))
}

async fn subjects(house: &House) -> Vec<InboxSubject> {
    let now = house.clock.advance(Duration::ZERO);
    let claimed = house.store.claim_events(now, 10, Duration::from_secs(1)).await;
    let claimed = claimed.expect("memory does not fail");
    claimed.into_iter().map(|entry| entry.subject).collect()
}

fn assert_refused(answer: &Answer, header: &str) {
    assert_eq!(answer.problem().status, 401, "{answer:?}");
    assert_eq!(answer.problem().title, "Unauthenticated");
    assert_eq!(answer.sentences(header).len(), 1, "{answer:?}");
}

#[tokio::test]
async fn an_event_is_remembered_before_it_is_confirmed() {
    let house = House::new();

    let answer = signed(event(EXECUTED)).send(&house).await;

    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, ""));
    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse().expect("it is an id");
    assert_eq!(subjects(&house).await, [InboxSubject::Payout(id)]);
}

#[tokio::test]
async fn an_event_that_comes_twice_is_confirmed_twice_and_remembered_once() {
    let house = House::new();

    for _ in 0..2 {
        assert_eq!(signed(event(EXECUTED)).send(&house).await.status, StatusCode::ACCEPTED);
    }
    let altered = EXECUTED.replace("payout_executed", "payout_failed");
    let altered = signed(event(&altered)).send(&house).await;

    assert_eq!(altered.status, StatusCode::ACCEPTED);
    assert_eq!(subjects(&house).await.len(), 1);
}

#[tokio::test]
async fn an_event_of_a_kind_that_we_do_not_know_is_confirmed_too() {
    let house = House::new();
    let body = r#"{"type":"refund_executed","event_id":"a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52"}"#;

    let answer = signed(event(body)).send(&house).await;

    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    assert_eq!(subjects(&house).await, [InboxSubject::Other]);
}

#[tokio::test]
async fn what_is_signed_but_no_event_is_refused() {
    let house = House::new();

    let answer = signed(event("{}")).send(&house).await;

    assert_eq!(answer.problem().status, 400);
    assert_eq!(answer.sentences("event_id").len(), 1);
}

#[tokio::test]
async fn an_event_that_is_not_signed_by_the_provider_is_refused() {
    let house = House::new();
    let good = signed(event(EXECUTED));
    let by_a_client = event(EXECUTED).signed_over(&ACME_KEY, &[TIMESTAMP], Some(PROVIDER_JKU));

    assert_refused(&event(EXECUTED).send(&house).await, "Tl-Signature");
    assert_refused(&by_a_client.send(&house).await, "Tl-Signature");
    assert_refused(&good.clone().body(&format!("{EXECUTED} ")).send(&house).await, "Tl-Signature");
    assert_refused(
        &good.clone().header("Tl-Signature", "e30..AA").send(&house).await,
        "Tl-Signature",
    );
    let other_time = good.without(TIMESTAMP).header(TIMESTAMP, "2026-03-02T09:14:08Z");
    assert_refused(&other_time.send(&house).await, "Tl-Signature");
    assert_eq!(subjects(&house).await, []);
}

#[tokio::test]
async fn only_the_trusted_address_as_a_whole_is_asked_for_a_key() {
    let house = House::new();
    let no_jku = event(EXECUTED).signed_over(&PROVIDER_KEY, &[TIMESTAMP], None);

    assert_refused(&no_jku.send(&house).await, "Tl-Signature");
    assert!(house.keys.asked.lock().expect("no test panics here").is_empty());
    for jku in [
        "https://evil.example/.well-known/jwks",
        "https://webhooks.provider.example/.well-known/jwks/",
        "https://webhooks.provider.example@evil.example/.well-known/jwks",
        "HTTPS://webhooks.provider.example/.well-known/jwks",
    ] {
        let call = event(EXECUTED).signed_over(&PROVIDER_KEY, &[TIMESTAMP], Some(jku));

        assert_refused(&call.send(&house).await, "Tl-Signature");
    }
    assert_eq!(subjects(&house).await, []);
}

#[tokio::test]
async fn the_time_of_an_event_is_signed_and_not_too_long_ago() {
    let house = House::new();
    let uncovered =
        event(EXECUTED).signed_over(&PROVIDER_KEY, &["Content-Type"], Some(PROVIDER_JKU));
    let no_time = signed(event(EXECUTED).without(TIMESTAMP).header(TIMESTAMP, "yesterday"));
    let twice = signed(event(EXECUTED)).header(TIMESTAMP, "2026-03-02T09:14:07Z");
    let recent = signed(event(EXECUTED));

    assert_refused(&uncovered.send(&house).await, "Tl-Signature");
    assert_refused(&no_time.send(&house).await, "X-TL-Webhook-Timestamp");
    assert_refused(&twice.send(&house).await, "X-TL-Webhook-Timestamp");
    house.clock.advance(Duration::from_hours(72));
    assert_eq!(recent.clone().send(&house).await.status, StatusCode::ACCEPTED);
    house.clock.advance(Duration::from_hours(1));
    assert_refused(&recent.send(&house).await, "X-TL-Webhook-Timestamp");
}

#[tokio::test]
async fn a_secret_path_is_the_only_one() {
    let house = House::with(|api: &mut Api| {
        api.webhooks.as_mut().expect("the house has them").path_secret = Some("s3cret".to_owned());
    });

    for (path, status) in [
        ("/webhooks/s3cret", 202),
        ("/webhooks/other", 404),
        ("/webhooks", 404),
        ("/webhooks/s3cret/", 404),
    ] {
        let answer = signed(event(EXECUTED).path(path)).send(&house).await;

        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_tells_anything_has_no_webhooks() {
    let house = House::with(|api: &mut Api| api.webhooks = None);

    assert_eq!(signed(event(EXECUTED)).send(&house).await.problem().status, 404);
}

#[tokio::test]
async fn our_receiver_hands_on_what_is_verified_and_nothing_else() {
    let house = House::new();
    let received: Arc<Mutex<Vec<ReceivedWebhook>>> = Arc::default();
    let seen = Arc::clone(&received);
    let router = WebhookReceiver {
        path: "/webhooks".to_owned(),
        keys: house.keys.clone(),
        deliver: Arc::new(move |webhook| seen.lock().expect("no test panics").push(webhook)),
        trace_ids: Arc::new(|| "0".repeat(32)),
        limits: Limits::default(),
    }
    .router();

    let good = signed(event(EXECUTED)).send_to(&router).await;
    let bad = event(EXECUTED).send_to(&router).await;
    let elsewhere = signed(event(EXECUTED).path("/other")).send_to(&router).await;

    assert_eq!(good.status, StatusCode::ACCEPTED, "{good:?}");
    assert_refused(&bad, "Tl-Signature");
    assert_eq!(elsewhere.problem().status, 404);
    let received = received.lock().expect("no test panics here");
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].body, EXECUTED.as_bytes());
    assert_eq!(received[0].sent_at.as_seconds(), 1_772_442_847);
    assert!(!format!("{:?}", received[0]).contains("payout_executed"));
}
