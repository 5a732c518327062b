//! Operators' tokens, and what they open.

use std::time::Duration;

use http::StatusCode;
use payout_http_server::Api;
use payout_ports::MovableClock;

use crate::call::{Answer, Call};
use crate::house::House;

/// Every operators' route.
fn routes() -> Vec<Call> {
    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";
    let of = |decision: &str| format!("/operator/payouts/{id}/{decision}");
    let json = |method: &str, path: &str, body: &str| {
        Call::new(method, path, body).header("Content-Type", "application/json")
    };
    vec![
        Call::get("/operator/payouts?standing=parked"),
        Call::get(&format!("/operator/payouts/{id}")),
        Call::new("POST", &of("cancel"), ""),
        Call::new("POST", &of("release"), ""),
        json("POST", &of("resolve"), r#"{"as":"failed","evidence":"x"}"#),
        Call::get("/operator/pause"),
        json("PUT", "/operator/pause", r#"{"because":"x"}"#),
        Call::new("DELETE", "/operator/pause", ""),
        Call::get("/operator/dead-letters"),
        Call::new("POST", &format!("/operator/dead-letters/{id}/replay"), ""),
    ]
}

fn ask(operator: &str, secret: &str, scope: &str) -> Call {
    let body = format!(
        r#"{{"grant_type":"client_credentials","client_id":"{operator}","client_secret":"{secret}"{scope}}}"#
    );
    Call::post("/connect/token", &body)
}

async fn show_pause(house: &House, token: &str) -> Answer {
    Call::get("/operator/pause").bearer(token).send(house).await
}

#[tokio::test]
async fn a_token_of_an_operator_is_for_operators_and_for_a_quarter_of_an_hour() {
    let house = House::new();

    let granted = ask("operator:alice", "secret of alice", "").send(&house).await;

    assert_eq!(granted.status, StatusCode::OK, "{granted:?}");
    let rest = r#","expires_in":900,"token_type":"Bearer","scope":"operator"}"#;
    assert!(granted.body.ends_with(rest), "{granted:?}");
    let token = granted.member("access_token").expect("it was granted");
    house.clock.advance(Duration::from_secs(899));
    assert_eq!(show_pause(&house, &token).await.status, StatusCode::OK);
    house.clock.advance(Duration::from_secs(1));
    let expired = show_pause(&house, &token).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    assert!(expired.body.contains("ExpiredSignature"), "{expired:?}");
}

#[tokio::test]
async fn an_operator_is_known_by_name_and_secret_only() {
    let house = House::new();

    for (name, secret) in [
        ("operator:alice", "secret of bob"),
        ("operator:alice", "secret of alice "),
        ("operator:eve", "secret of eve"),
        ("operator:", "secret of "),
        ("operator:no name", "x"),
        ("alice", "secret of alice"),
        ("operator:acme", "secret of acme"),
        ("operator:alice/0000000000000000", "secret of alice"),
    ] {
        let refused = ask(name, secret, "").send(&house).await;

        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(refused.body, r#"{"error":"invalid_client"}"#, "{name}");
    }
}

#[tokio::test]
async fn an_operator_may_have_no_other_scope() {
    let house = House::new();

    for scope in ["payments", "operator payments", "info"] {
        let scope = format!(r#","scope":"{scope}""#);
        let refused = ask("operator:alice", "secret of alice", &scope).send(&house).await;

        assert_eq!(refused.member("error").as_deref(), Some("invalid_scope"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_client_may_not_have_the_scope_of_operators() {
    let house = House::new();

    let refused = ask("acme", "secret of acme", r#","scope":"operator""#).send(&house).await;

    assert_eq!(refused.member("error").as_deref(), Some("invalid_scope"), "{refused:?}");
}

#[tokio::test]
async fn a_clients_token_opens_no_operators_route() {
    let house = House::new();
    let token = house.token("acme").await;

    for call in routes() {
        let (method, path) = (call.method.clone(), call.path.clone());
        let forbidden = call.bearer(&token).send(&house).await;

        assert_eq!(forbidden.status, StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(forbidden.problem().detail, "Only an operator's token opens this.");
    }
}

#[tokio::test]
async fn an_operators_token_opens_no_route_of_clients() {
    let house = House::new();
    let (token, paid_in) = (house.operator("alice").await, house.paid_in().await);
    let write = Call::payout(&house, "key-1", &paid_in.order()).await;
    let account = &paid_in.merchant_account;

    for call in [
        write.without("Authorization"),
        Call::get("/v3/payouts"),
        Call::get("/payouts/5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4/history"),
        Call::get("/v3/merchant-accounts"),
        Call::get(&format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam")),
        Call::get(&format!("/v3/payments/{}", paid_in.payment)),
    ] {
        let path = call.path.clone();
        let forbidden = call.bearer(&token).send(&house).await;

        assert_eq!(forbidden.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(forbidden.problem().detail, "An operator's token opens operators' routes only.");
    }
}

#[tokio::test]
async fn without_a_token_nothing_of_operators_is_shown() {
    let house = House::new();

    for call in routes() {
        let (method, path) = (call.method.clone(), call.path.clone());
        let nobody = call.clone().send(&house).await;
        let nonsense = call.bearer("x.y.z").send(&house).await;

        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(nonsense.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

#[tokio::test]
async fn whoever_is_removed_is_out_at_once_and_stays_out_under_a_new_secret() {
    let house = House::new();
    let (alice, bob) = (house.operator("alice").await, house.operator("bob").await);

    house.people.0.lock().expect("no test panics").remove("alice");
    let removed = show_pause(&house, &alice).await;
    house.people.0.lock().expect("no test panics").insert("alice".into(), "another secret".into());
    let replaced = show_pause(&house, &alice).await;

    for refused in [removed, replaced] {
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{refused:?}");
        let detail = refused.problem().detail;
        assert_eq!(detail, "The operator of this token is not known any more.");
    }
    assert_eq!(show_pause(&house, &bob).await.status, StatusCode::OK);
    let anew = ask("operator:alice", "another secret", "").send(&house).await;
    let anew = anew.member("access_token").expect("she is back");
    assert_eq!(show_pause(&house, &anew).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_operators_there_are_no_routes_of_theirs() {
    let house = House::with(|api: &mut Api| api.operators = None);
    let token = house.token("acme").await;

    for call in routes() {
        let path = call.path.clone();
        assert_eq!(call.bearer(&token).send(&house).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let refused = ask("operator:alice", "secret of alice", "").send(&house).await;
    assert_eq!(refused.body, r#"{"error":"invalid_client"}"#);
}
