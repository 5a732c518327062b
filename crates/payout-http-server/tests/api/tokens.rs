//! Tokens, and what they open.

use std::time::Duration;

use http::StatusCode;
use payout_http_server::{Api, ClientDirectory};
use payout_ports::MovableClock;
use payout_signature::access_token::{Claims, TokenKeys};

use crate::call::{Answer, Call};
use crate::house::{House, token_key};

async fn ask(house: &House, body: &str) -> Answer {
    Call::post("/connect/token", body).send(house).await
}

async fn list(house: &House, token: &str) -> Answer {
    Call::get("/v3/payouts").bearer(token).send(house).await
}

fn request(client: &str, secret: &str, scope: &str) -> String {
    format!(
        r#"{{"grant_type":"client_credentials","client_id":"{client}","client_secret":"{secret}"{scope}}}"#
    )
}

#[tokio::test]
async fn a_token_is_granted_for_json_and_for_a_form() {
    let house = House::new();
    let form =
        "grant_type=client_credentials&client_id=acme&client_secret=secret+of+acme&scope=payments";

    let json = ask(&house, &request("acme", "secret of acme", r#","scope":"payments""#)).await;
    let form = Call::new("POST", "/connect/token", form)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .send(&house)
        .await;

    for answer in [json, form] {
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert!(
            answer
                .body
                .ends_with(r#","expires_in":3600,"token_type":"Bearer","scope":"payments"}"#),
            "{answer:?}"
        );
        assert!(!answer.body.contains("refresh_token"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let token = answer.member("access_token").expect("it was granted");
        assert_eq!(list(&house, &token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn without_a_scope_a_client_gets_all_that_it_may_have() {
    let house = House::new();

    let answer = ask(&house, &request("acme", "secret of acme", "")).await;

    assert_eq!(answer.member("scope").as_deref(), Some("info payments"));
}

#[tokio::test]
async fn a_token_that_was_not_asked_for_payments_is_for_another_audience() {
    let house = House::new();
    let sentence = "The JWT was not able to be validated: InvalidAudience";

    for body in [
        request("acme", "secret of acme", r#","scope":"info""#),
        request("watcher", "secret of watcher", ""),
    ] {
        let token = ask(&house, &body).await.member("access_token").expect("it was granted");
        let answer = list(&house, &token).await;

        let problem = answer.problem();
        assert_eq!((problem.status, problem.title.as_str()), (401, "Unauthenticated"));
        assert_eq!(problem.detail, sentence);
        assert_eq!(answer.sentences("Authorization"), [sentence]);
    }
}

#[tokio::test]
async fn refusals_of_the_token_endpoint_are_those_of_oauth() {
    let house = House::new();

    for (body, error) in [
        (request("acme", "another secret", ""), "invalid_client"),
        (request("nobody", "secret of acme", ""), "invalid_client"),
        (request("no name", "secret of acme", ""), "invalid_client"),
        (request("acme", "secret of acme", r#","scope":"payments admin""#), "invalid_scope"),
        (
            request("acme", "secret of acme", "").replace("client_credentials", "password"),
            "unsupported_grant_type",
        ),
        (r#"{"client_id":"acme"}"#.to_owned(), "invalid_request"),
        ("not json".to_owned(), "invalid_request"),
    ] {
        let answer = ask(&house, &body).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.member("error").as_deref(), Some(error), "{body}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{body}");
        assert!(answer.header("x-tl-correlation-id").is_some(), "{body}");
        assert_eq!(answer.header("tl-should-retry"), Some("false"), "{body}");
        assert!(answer.member("title").is_none(), "{body}");
    }
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_client_look_alike() {
    let house = House::new();

    let wrong = ask(&house, &request("acme", "another secret", "")).await;
    let unknown = ask(&house, &request("nobody", "another secret", "")).await;

    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn a_token_request_of_another_media_type_is_not_read() {
    let house = House::new();
    let call = Call::new("POST", "/connect/token", &request("acme", "secret of acme", ""));

    let answer = call.header("Content-Type", "text/plain").send(&house).await;

    assert_eq!(answer.problem().status, 415);
}

#[tokio::test]
async fn a_token_opens_nothing_from_the_second_on_at_which_it_expires() {
    let house = House::new();
    let token = house.token("acme").await;

    house.clock.advance(Duration::from_secs(3599));
    let before = list(&house, &token).await;
    house.clock.advance(Duration::from_secs(1));
    let after = list(&house, &token).await;

    assert_eq!(before.status, StatusCode::OK);
    assert_eq!(after.problem().detail, "The JWT was not able to be validated: ExpiredSignature");
}

#[tokio::test]
async fn a_token_of_somebody_else_opens_nothing() {
    let house = House::new();
    let good = house.token("acme").await;
    let ours = TokenKeys::new(token_key());
    let claims = Claims {
        iss: "payout".to_owned(),
        aud: "payments_api".to_owned(),
        client_id: "acme".to_owned(),
        scope: vec!["payments".to_owned()],
        iat: 1_772_442_847,
        nbf: 1_772_442_847,
        exp: 1_772_446_447,
        jti: "1".to_owned(),
    };
    let token = |change: fn(&mut Claims)| {
        let mut claims = claims.clone();
        change(&mut claims);
        ours.issue(&claims)
    };

    for (token, word) in [
        (format!("{good}A"), "Invalid"),
        ("not.a.token".to_owned(), "InvalidToken"),
        (String::new(), "InvalidToken"),
        (token(|claims| "someone".clone_into(&mut claims.iss)), "InvalidIssuer"),
        (token(|claims| claims.nbf = 1_772_442_848), "ImmatureSignature"),
        (token(|claims| "nobody".clone_into(&mut claims.client_id)), "not known any more"),
    ] {
        let answer = list(&house, &token).await;

        let problem = answer.problem();
        assert_eq!(problem.status, 401, "{word}");
        assert!(problem.detail.contains(word), "{word}: {problem:?}");
    }
    assert_eq!(list(&house, &token(|_| {})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_has_lost_the_scope_since_is_forbidden_at_once() {
    let house = House::new();
    let token = house.token("acme").await;
    let later = House::with(|api: &mut Api| {
        let mut acme = (*api.clients.find("acme").expect("acme is there")).clone();
        acme.scopes.remove(ClientDirectory::PAYMENTS);
        api.clients = ClientDirectory::new([acme]).expect("it is one client");
    });

    let answer = list(&later, &token).await;

    assert_eq!((answer.problem().status, answer.problem().title.as_str()), (403, "Forbidden"));
}

#[tokio::test]
async fn what_is_no_bearer_token_is_none() {
    let house = House::new();

    for value in ["", "Bearer", "Basic YWNtZTpzZWNyZXQ=", "token"] {
        let call = Call::get("/v3/payouts").header("Authorization", value);
        let answer = call.send(&house).await;

        let detail = "A Bearer token must be provided in the Authorization header.";
        assert_eq!((answer.problem().status, answer.problem().detail.as_str()), (401, detail));
    }
}
