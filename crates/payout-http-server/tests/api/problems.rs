//! Whatever goes wrong, the answer is a problem document.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http::StatusCode;
use payout_http_server::{Api, NotReady, Readiness};

use crate::call::Call;
use crate::house::House;

struct Panics;

struct NeverEnds;

struct NotYet;

#[async_trait]
impl Readiness for Panics {
    #[expect(clippy::panic, reason = "this is what is tried here")]
    async fn check(&self) -> Result<(), NotReady> {
        panic!("the number 00004417 must not be told");
    }
}

#[async_trait]
impl Readiness for NeverEnds {
    async fn check(&self) -> Result<(), NotReady> {
        std::future::pending().await
    }
}

#[async_trait]
impl Readiness for NotYet {
    async fn check(&self) -> Result<(), NotReady> {
        Err(NotReady { reason: "the store is not open yet".to_owned() })
    }
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_not_found() {
    let house = House::new();

    for path in ["/", "/nowhere", "/v3", "/v4/payouts", "/v3/payouts/1/2/3", "/%"] {
        assert_eq!(Call::get(path).send(&house).await.problem().status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_said_with_those_that_it_takes() {
    let house = House::new();

    for (method, path, allowed) in [
        ("DELETE", "/v3/payouts", "POST,GET,HEAD"),
        ("PUT", "/payouts/", "POST,GET,HEAD"),
        ("POST", "/v3/payouts/5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4", "GET,HEAD"),
        ("GET", "/connect/token", "POST"),
        ("OPTIONS", "/webhooks", "POST"),
        ("PATCH", "/sandbox/clock", "GET,HEAD,POST"),
    ] {
        let answer = Call::new(method, path, "").send(&house).await;

        assert_eq!(answer.problem().title, "Method Not Allowed", "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
}

#[tokio::test]
async fn a_method_cannot_be_smuggled_in_a_header() {
    let house = House::new();
    let token = house.token("acme").await;

    let answer = Call::get("/v3/payouts")
        .bearer(&token)
        .header("X-HTTP-Method-Override", "POST")
        .send(&house)
        .await;

    assert_eq!(answer.body, r#"{"items":[]}"#);
}

#[tokio::test]
async fn a_body_has_at_most_64_kib() {
    let house = House::new();

    for path in ["/v3/payouts", "/connect/token", "/webhooks", "/sandbox/deposits"] {
        let fits = Call::post(path, &"x".repeat(64 * 1024)).send(&house).await;
        let too_large = Call::post(path, &"x".repeat(64 * 1024 + 1));
        let announced = too_large.clone().header("Content-Length", "65537").send(&house).await;

        assert_ne!(fits.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert_eq!(too_large.send(&house).await.problem().status, 413, "{path}");
        assert_eq!(announced.problem().status, 413, "{path}");
    }
}

#[tokio::test]
async fn a_head_has_at_most_8_kib() {
    let house = House::new();

    let header = Call::get("/healthz").header("X-Long", &"x".repeat(8 * 1024)).send(&house).await;
    let path = Call::get(&format!("/healthz?{}", "x".repeat(8 * 1024))).send(&house).await;
    let fits = Call::get("/healthz").header("X-Long", &"x".repeat(8000)).send(&house).await;

    assert_eq!(header.problem().title, "Request Header Fields Too Large");
    assert_eq!(path.problem().status, 431);
    assert_eq!(fits.status, StatusCode::OK);
}

#[tokio::test]
async fn a_panic_is_an_error_that_tells_nothing() {
    let house = House::with(|api: &mut Api| api.ready = Arc::new(Panics));

    let answer = Call::get("/readyz").send(&house).await;

    let problem = answer.problem();
    assert_eq!((problem.status, problem.title.as_str()), (500, "Unknown Error"));
    assert_eq!(answer.header("tl-should-retry"), Some("true"));
    assert!(!answer.body.contains("00004417"), "{answer:?}");
    assert_eq!(Call::get("/healthz").send(&house).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let house = House::with(|api: &mut Api| {
        api.ready = Arc::new(NeverEnds);
        api.limits.request_time_max = Duration::from_millis(50);
    });

    let answer = Call::get("/readyz").send(&house).await;

    assert_eq!(answer.problem().title, "Service Unavailable");
    assert!(answer.problem().detail.contains("whether it was done is not known"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("tl-should-retry"), Some("true"));
}

#[tokio::test]
async fn a_server_that_is_not_ready_says_what_it_waits_for() {
    let house = House::with(|api: &mut Api| api.ready = Arc::new(NotYet));

    let ready = Call::get("/readyz").send(&house).await;
    let alive = Call::get("/healthz").send(&house).await;

    let problem = ready.problem();
    assert_eq!((problem.status, problem.detail.as_str()), (503, "the store is not open yet"));
    assert_eq!(alive.body, r#"{"status":"alive"}"#);
}

/// Ready for everything, but for what is new when it is full.
#[derive(Default)]
struct Room {
    is_full: AtomicBool,
}

#[async_trait]
impl Readiness for Room {
    async fn check(&self) -> Result<(), NotReady> {
        self.intake()
    }

    fn intake(&self) -> Result<(), NotReady> {
        if self.is_full.load(Ordering::Relaxed) {
            return Err(NotReady { reason: "the disk is nearly full".to_owned() });
        }
        Ok(())
    }
}

#[tokio::test]
async fn without_room_for_what_is_new_everything_else_goes_on() {
    let room = Arc::new(Room::default());
    let house = House::with(|api: &mut Api| api.ready = Arc::<Room>::clone(&room));
    let order = house.paid_in().await.order();
    let first = Call::payout(&house, "key-1", &order).await;
    let accepted = first.clone().send(&house).await;
    let token = house.token("acme").await;

    room.is_full.store(true, Ordering::Relaxed);
    let again = first.send(&house).await;
    let refused = Call::payout(&house, "key-2", &order).await.send(&house).await;
    let listed = Call::get("/v3/payouts").bearer(&token).send(&house).await;
    let ready = Call::get("/readyz").send(&house).await;

    assert_eq!(accepted.status, StatusCode::ACCEPTED);
    assert_eq!((again.status, &again.body), (StatusCode::ACCEPTED, &accepted.body));
    let problem = refused.problem();
    assert_eq!((problem.status, problem.detail.as_str()), (503, "the disk is nearly full"));
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(refused.header("tl-should-retry"), Some("true"));
    assert_eq!(listed.body.matches("\"id\"").count(), 1, "{listed:?}");
    assert_eq!(ready.problem().detail, "the disk is nearly full");
}
