//! Operators say who may call.

use std::time::Duration;

use http::StatusCode;
use payout_ports::MovableClock;
use payout_signature::SigningKey;
use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::house::{ACME_KEY, House, READER_KEY};

const DAY: Duration = Duration::from_hours(24);

fn key(kid: &str) -> SigningKey {
    SigningKey::generate(kid).expect("there is entropy").0
}

fn as_json(key: &SigningKey) -> Value {
    json!({ "kid": key.kid(), "public_key": key.public_key_pem() })
}

async fn post(house: &House, path: &str, body: &Value) -> Answer {
    let token = house.operator("alice").await;
    Call::post(path, &body.to_string()).bearer(&token).send(house).await
}

async fn revoke(house: &House, id: &str) -> Answer {
    let token = house.operator("alice").await;
    Call::new("POST", &format!("/operator/clients/{id}/revoke"), "")
        .bearer(&token)
        .send(house)
        .await
}

/// Registers a client with one key, and returns its secret.
async fn added(house: &House, id: &str, key: &SigningKey) -> String {
    let body = json!({ "client_id": id, "keys": [as_json(key)] });
    let answer = post(house, "/operator/clients", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.member("client_secret").expect("it is shown this once")
}

async fn token(house: &House, id: &str, secret: &str) -> Option<String> {
    let body = json!({
        "grant_type": "client_credentials", "client_id": id, "client_secret": secret,
    });
    Call::post("/connect/token", &body.to_string()).send(house).await.member("access_token")
}

/// How a read and a write of this client are answered.
async fn tried(house: &House, token: &str, key: &SigningKey) -> (StatusCode, StatusCode) {
    let read = Call::get("/v3/payouts").bearer(token).send(house).await;
    let write = Call::post("/v3/payouts", "{}").bearer(token).header("Idempotency-Key", "key-1");
    (read.status, write.signed(key).send(house).await.status)
}

/// A signed request without a body is let in, and then refused for what it asks.
const LET_IN: (StatusCode, StatusCode) = (StatusCode::OK, StatusCode::BAD_REQUEST);
const NOT_LET_IN: (StatusCode, StatusCode) = (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED);

#[tokio::test]
async fn a_client_is_let_in_from_its_registration_to_its_revocation() {
    let (house, first) = (House::new(), key("first"));
    assert_eq!(token(&house, "zeta", "new secret 1").await, None);

    let secret = added(&house, "zeta", &first).await;
    let token_of_zeta = token(&house, "zeta", &secret).await.expect("it is registered");
    assert_eq!(tried(&house, &token_of_zeta, &first).await, LET_IN);

    assert_eq!(revoke(&house, "zeta").await.status, StatusCode::OK);
    assert_eq!(tried(&house, &token_of_zeta, &first).await, NOT_LET_IN, "its token lives on");
    assert_eq!(token(&house, "zeta", &secret).await, None);
    assert_eq!(revoke(&house, "zeta").await.status, StatusCode::OK, "twice is once");
    let again = json!({ "client_id": "zeta", "keys": [] });
    assert_eq!(post(&house, "/operator/clients", &again).await.problem().status, 409);
    let unrevoked =
        post(&house, "/operator/clients/zeta", &json!({ "scopes": ["payments"] })).await;
    assert!(unrevoked.problem().detail.contains("final"), "{unrevoked:?}");
}

/// The drill of `docs/security.md`: nothing is refused while a key is rotated.
#[tokio::test]
async fn a_key_is_rotated_without_a_moment_in_which_nothing_is_taken() {
    let (house, first, second) = (House::new(), key("first"), key("second"));
    let secret = added(&house, "zeta", &first).await;
    let token = token(&house, "zeta", &secret).await.expect("it is registered");
    let zeta = "/operator/clients/zeta";

    post(&house, zeta, &json!({ "add_key": as_json(&second) })).await;
    for key in [&first, &second] {
        assert_eq!(tried(&house, &token, key).await, LET_IN, "{}", key.kid());
    }
    let third = post(&house, zeta, &json!({ "add_key": as_json(&key("third")) })).await;
    assert!(third.problem().detail.contains("at most 2 keys"), "{third:?}");

    post(&house, zeta, &json!({ "revoke_key": "first" })).await;
    let (read, write) = tried(&house, &token, &first).await;
    assert_eq!((read, write), (StatusCode::OK, StatusCode::UNAUTHORIZED));
    assert_eq!(tried(&house, &token, &second).await, LET_IN);
    let again = post(&house, zeta, &json!({ "add_key": as_json(&first) })).await;
    assert_eq!(again.problem().status, 409, "a key that was revoked never comes back: {again:?}");
    let at_once = json!({ "revoke_key": "second", "add_key": as_json(&key("third")), "scopes": ["payments"] });
    assert_eq!(post(&house, zeta, &at_once).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_secret_is_rotated_without_a_moment_in_which_nothing_opens() {
    let (house, first) = (House::new(), key("first"));
    let old = added(&house, "zeta", &first).await;

    let rotated =
        post(&house, "/operator/clients/zeta/secret", &json!({ "overlap_seconds": 86_400 })).await;
    let new = rotated.member("client_secret").expect("it is shown this once");

    assert_ne!(old, new);
    assert!(token(&house, "zeta", &old).await.is_some(), "for a day");
    assert!(token(&house, "zeta", &new).await.is_some());
    house.clock.advance(DAY);
    assert_eq!(token(&house, "zeta", &old).await, None);
    assert!(token(&house, "zeta", &new).await.is_some());
    post(&house, "/operator/clients/zeta/secret", &json!({ "overlap_seconds": 0 })).await;
    assert_eq!(token(&house, "zeta", &new).await, None, "it was stolen");
}

#[tokio::test]
async fn nobody_gets_anothers_name_key_or_account() {
    let (house, first) = (House::new(), key("first"));
    added(&house, "zeta", &first).await;
    let account = "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f";
    let of = |id: &str, key: &SigningKey, accounts: &[&str]| json!({ "client_id": id, "keys": [as_json(key)], "merchant_accounts": accounts });
    let owner = of("owner", &key("first"), &[account]);
    assert_eq!(post(&house, "/operator/clients", &owner).await.status, StatusCode::CREATED);

    for (order, word) in [
        (of("zeta", &key("first"), &[]), "id"),
        (of("acme", &key("first"), &[]), "configuration"),
        (of("eta", &first, &[]), "another client's"),
        (of("eta", &ACME_KEY, &[]), "another client's"),
        (of("eta", &key("first"), &[account]), "merchant account"),
    ] {
        let problem = post(&house, "/operator/clients", &order).await.problem();

        assert_eq!(problem.status, 409, "{order}: {problem:?}");
        assert!(problem.detail.contains(word), "{word}: {problem:?}");
    }
}

#[tokio::test]
async fn the_configured_client_is_changed_in_the_configuration() {
    let house = House::new();

    for answer in [
        revoke(&house, "acme").await,
        post(&house, "/operator/clients/acme/secret", &json!({})).await,
        post(&house, "/operator/clients/acme", &json!({ "scopes": ["payments:read"] })).await,
    ] {
        assert!(answer.problem().detail.contains("configuration"), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_said_by_its_member() {
    let house = House::new();
    let good = as_json(&key("first"));
    for (order, member) in [
        (json!({}), "client_id"),
        (json!({ "client_id": "a b" }), "client_id"),
        (json!({ "client_id": "zeta", "scopes": [] }), "scopes"),
        (json!({ "client_id": "zeta", "scopes": ["admin"] }), "scopes[0]"),
        (json!({ "client_id": "zeta", "merchant_accounts": ["x"] }), "merchant_accounts[0]"),
        (json!({ "client_id": "zeta", "webhook": "http://127.0.0.1/" }), "webhook"),
        (json!({ "client_id": "zeta", "keys": [{ "kid": "x" }] }), "keys[0].public_key"),
        (json!({ "client_id": "zeta", "keys": [{ "kid": "x", "public_key": "PEM" }] }), "keys[0]"),
        (json!({ "client_id": "zeta", "keys": [good, good] }), "keys[1]"),
        (json!({ "client_id": "zeta", "key": good }), "key"),
        (json!({ "client_id": "zeta", "client_secret": "mine" }), "client_secret"),
    ] {
        let problem = post(&house, "/operator/clients", &order).await.problem();

        let errors = problem.errors.unwrap_or_default();
        assert!(errors.contains_key(member), "{order}: {errors:?}");
    }
    let empty = post(&house, "/operator/clients/zeta", &json!({})).await.problem();
    assert_eq!(empty.status, 400, "{empty:?}");
    for unknown in ["zeta", "a%20b", "no one"] {
        let path = format!("/operator/clients/{}", unknown.replace(' ', ""));
        let answer = post(&house, &path, &json!({ "scopes": ["payments"] })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn a_list_of_clients_shows_no_secret_and_no_key() {
    let (house, first) = (House::new(), key("first"));
    let secret = added(&house, "zeta", &first).await;
    revoke(&house, "zeta").await;
    let operator = house.operator("bob").await;

    let listed = Call::get("/operator/clients").bearer(&operator).send(&house).await;

    let body: Value = serde_json::from_str(&listed.body).expect("it is JSON");
    let names: Vec<_> = [0, 1].map(|at| body["items"][at]["client_id"].clone()).into();
    assert_eq!(names, ["acme", "zeta"]);
    assert_eq!(body["items"][0]["from"], "configuration");
    assert_eq!(body["items"][1]["keys"][0]["kid"], "first");
    assert!(body["items"][1]["revoked_at"].is_string(), "{body}");
    assert!(!listed.body.contains(&secret) && !listed.body.contains("PUBLIC KEY"), "{body}");
    let client = house.token("acme").await;
    let refused = Call::get("/operator/clients").bearer(&client).send(&house).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_may_look_only_changes_nothing_even_with_a_key() {
    let house = House::new();
    let token = house.token("reader").await;

    let (read, write) = tried(&house, &token, &READER_KEY).await;

    assert_eq!((read, write), (StatusCode::OK, StatusCode::FORBIDDEN));
    let more = json!({
        "grant_type": "client_credentials", "client_id": "reader",
        "client_secret": "secret of reader", "scope": "payments",
    });
    let refused = Call::post("/connect/token", &more.to_string()).send(&house).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{refused:?}");
}

#[tokio::test]
async fn a_token_for_looking_is_not_one_for_paying_though_its_client_may_pay() {
    let house = House::new();
    let order = json!({ "client_id": "both", "scopes": ["payments", "payments:read"] });
    let made = post(&house, "/operator/clients", &order).await;
    let secret = made.member("client_secret").expect("it is shown this once");
    let asked = json!({
        "grant_type": "client_credentials", "client_id": "both", "client_secret": secret,
        "scope": "payments:read",
    });
    let granted = Call::post("/connect/token", &asked.to_string()).send(&house).await;
    let token = granted.member("access_token").expect("it may look");

    let (read, write) = tried(&house, &token, &key("first")).await;

    assert_eq!((read, write), (StatusCode::OK, StatusCode::FORBIDDEN));
}
