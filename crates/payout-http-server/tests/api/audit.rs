//! Who did what is written down before it is answered.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use http::StatusCode;
use payout_http_server::{AuditEntry, AuditFailed, AuditTrail, AuditWho};

use crate::call::Call;
use crate::house::{BETS_KEY, House};

/// A trail in memory, which may be told to fail.
#[derive(Default)]
struct Trail {
    entries: Mutex<Vec<AuditEntry>>,
    fails: Mutex<bool>,
}

impl Trail {
    fn take(&self) -> Vec<AuditEntry> {
        std::mem::take(&mut *self.entries.lock().expect("no test panics here"))
    }
}

#[async_trait]
impl AuditTrail for Trail {
    async fn record(&self, entry: AuditEntry) -> Result<(), AuditFailed> {
        if *self.fails.lock().expect("no test panics here") {
            return Err(AuditFailed);
        }
        self.entries.lock().expect("no test panics here").push(entry);
        Ok(())
    }
}

fn audited() -> (House, Arc<Trail>) {
    let trail = Arc::<Trail>::default();
    let kept = Arc::clone(&trail);
    (House::with(|api| api.audit = Some(kept)), trail)
}

fn client(name: &str) -> AuditWho {
    AuditWho::Client(name.parse().expect("the tests name clients well"))
}

#[tokio::test]
async fn a_payout_is_recorded_with_who_asked_by_which_key_and_what() {
    let (house, trail) = audited();
    let order = house.paid_in().await.order();

    let answer = Call::payout(&house, "key-1", &order).await.send(&house).await;

    let [token, payout] = &*trail.take() else { unreachable!("a token and a payout") };
    assert_eq!((token.who.clone(), &*token.path), (client("acme"), "/connect/token"));
    assert_eq!((payout.who.clone(), payout.status), (client("acme"), 202));
    assert_eq!((&*payout.method, &*payout.path), ("POST", "/v3/payouts"));
    assert_eq!(payout.key.as_deref(), Some("acme-key"));
    assert_eq!(payout.from.to_string(), "127.0.0.1");
    assert_eq!(Some(&*payout.trace_id), answer.header("tl-trace-id"));
    assert!(payout.request.is_some_and(|digest| digest != [0; 32]));
}

#[tokio::test]
async fn the_same_request_has_the_same_digest_and_another_has_another() {
    let (house, trail) = audited();
    let paid_in = house.paid_in().await;

    for (key, order) in [
        ("key-1", paid_in.order()),
        ("key-1", paid_in.order()),
        ("key-2", paid_in.order()),
        ("key-3", paid_in.order_of(1, "GBP", "WD-1")),
    ] {
        Call::payout(&house, key, &order).await.send(&house).await;
    }

    let entries = trail.take();
    let digests: Vec<_> = entries.iter().filter_map(|entry| entry.request).collect();
    let [first, again, other_key, other_body] = digests[..] else { unreachable!("four payouts") };
    assert_eq!(first, again);
    assert!(other_key != first && other_body != first && other_body != other_key);
}

#[tokio::test]
async fn what_an_operator_decides_is_recorded_by_name() {
    let (house, trail) = audited();
    let token = house.operator("alice").await;
    trail.take();

    let pause = Call::new("PUT", "/operator/pause", r#"{"because":"a drill"}"#);
    pause.header("Content-Type", "application/json").bearer(&token).send(&house).await;
    Call::get("/operator/pause").bearer(&token).send(&house).await;

    let [paused] = &*trail.take() else { unreachable!("to look is not recorded") };
    assert_eq!(paused.who, AuditWho::Operator("alice".parse().expect("it is a name")));
    assert_eq!((&*paused.method, &*paused.path, paused.status), ("PUT", "/operator/pause", 200));
    assert!(paused.request.is_some());
}

#[tokio::test]
async fn whoever_is_refused_is_recorded_too_but_no_flood_of_them() {
    let (house, trail) = audited();
    let order = house.paid_in().await.order();
    let forged = Call::payout(&house, "key-1", &order).await.signed(&BETS_KEY);
    let strange = Call::get("/v3/payouts").bearer("nonsense");
    trail.take();

    assert_eq!(forged.send(&house).await.status, StatusCode::UNAUTHORIZED);
    for _ in 0..50 {
        assert_eq!(strange.clone().send(&house).await.status, StatusCode::UNAUTHORIZED);
    }

    let entries = trail.take();
    assert_eq!((entries[0].who.clone(), entries[0].status), (client("acme"), 401));
    assert_eq!((entries[1].who.clone(), &*entries[1].method), (AuditWho::Nobody, "GET"));
    assert_eq!(entries.len(), 21, "in one second of the clock");
    house.token("acme").await;
    let [token] = &*trail.take() else { unreachable!("one token") };
    assert_eq!(token.left_out, 30);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_said_to_be_done_and_the_same_key_finds_out() {
    let (house, trail) = audited();
    let order = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &order).await;
    *trail.fails.lock().expect("no test panics here") = true;

    let unknown = call.clone().send(&house).await;
    let refused = Call::get("/v3/payouts").bearer("nonsense").send(&house).await;
    *trail.fails.lock().expect("no test panics here") = false;
    let again = call.send(&house).await;

    assert_eq!(unknown.problem().status, 503, "{unknown:?}");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "who is refused needs no record");
    assert_eq!(again.status, StatusCode::ACCEPTED, "it is the payout of the first");
}
