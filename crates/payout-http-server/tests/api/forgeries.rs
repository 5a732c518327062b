//! What somebody tries who has no key, no token, or only those of another: none of it gets in.
//!
//! Every row is a near miss: it differs from an accepted request in what its name says, and in nothing
//! else. Where a row is signed at all, it is signed well, by whoever the row says.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod forger;
mod heads;
mod requests;
mod tokens;
mod values;
mod webhooks;

use std::collections::BTreeSet;

use http::StatusCode;

use crate::call::Call;
use crate::house::{ACME_KEY, House};

/// A name, and the request that it tells of.
type Forgery = (String, Call);

/// What a forger has before him: a house, and a request that would be accepted there.
struct Scene {
    house: House,
    good: Call,
    alice: String,
    bets: String,
    watcher: String,
}

impl Scene {
    async fn new() -> Self {
        let house = House::new();
        let body = house.paid_in().await.order();
        let good = Call::payout(&house, "key-1", &body).await;
        let (alice, bets) = (house.operator("alice").await, house.token("bets").await);
        let watcher = house.token("watcher").await;
        Self { house, good, alice, bets, watcher }
    }

    /// The good request with another value of one header.
    fn with(&self, header: &str, value: &str) -> Call {
        self.good.clone().without(header).header(header, value)
    }

    fn bearing(&self, token: &str) -> Call {
        self.with("Authorization", &format!("Bearer {token}"))
    }
}

async fn payouts(house: &House) -> String {
    let token = house.token("acme").await;
    Call::get("/v3/payouts").bearer(&token).send(house).await.body
}

/// Sends each, and lets none in. Afterwards the good one is accepted, so it was not the house.
async fn assert_none_gets_in(scene: Scene, forgeries: Vec<Forgery>, rows: usize) {
    let names: BTreeSet<_> = forgeries.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names.len(), forgeries.len(), "each row has a name of its own");
    assert_eq!(forgeries.len(), rows);

    for (name, forgery) in forgeries {
        let answer = forgery.send(&scene.house).await;

        assert!(answer.status.is_client_error(), "{name}: {answer:?}");
        let status = answer.problem().status;
        assert!([400, 401, 403, 404, 405, 431].contains(&status), "{name}: {answer:?}");
    }

    assert_eq!(payouts(&scene.house).await, r#"{"items":[]}"#);
    let accepted = scene.good.signed(&ACME_KEY).send(&scene.house).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
}

#[tokio::test]
async fn no_spelling_of_a_signature_but_one_gets_in() {
    let scene = Scene::new().await;
    let forgeries = values::forgeries(&scene);

    assert_none_gets_in(scene, forgeries, 73).await;
}

#[tokio::test]
async fn no_head_of_a_signature_but_an_honest_one_gets_in() {
    let scene = Scene::new().await;
    let forgeries = heads::forgeries(&scene);

    assert_none_gets_in(scene, forgeries, 135).await;
}

#[tokio::test]
async fn no_request_gets_in_with_the_signature_of_another() {
    let scene = Scene::new().await;
    let forgeries = requests::forgeries(&scene);

    assert_none_gets_in(scene, forgeries, 81).await;
}

#[tokio::test]
async fn no_token_but_an_issued_one_gets_in() {
    let scene = Scene::new().await;
    let forgeries = tokens::forgeries(&scene);

    assert_none_gets_in(scene, forgeries, 185).await;
}

#[tokio::test]
async fn no_event_but_the_providers_gets_in() {
    let scene = Scene::new().await;
    let forgeries = webhooks::forgeries();

    assert_none_gets_in(scene, forgeries, 55).await;
}

/// The other spelling of a signature that anybody can make from it, and so no sign of a forger: see
/// the crate of signatures. What tells requests apart is the idempotency key.
#[tokio::test]
async fn the_twin_of_a_signature_is_the_same_request() {
    let scene = Scene::new().await;
    let first = scene.good.clone().send(&scene.house).await;

    let twin = scene.with("Tl-Signature", &values::twin(&scene)).send(&scene.house).await;

    assert_eq!(first.status, StatusCode::ACCEPTED, "{first:?}");
    assert_eq!((twin.status, twin.body), (first.status, first.body));
    assert_eq!(payouts(&scene.house).await.matches(r#""id":"#).count(), 1);
}
