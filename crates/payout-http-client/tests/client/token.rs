//! Tokens are got once, kept, and got anew in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use payout_conformance::fixtures::{T0, seconds};
use payout_http_client::{Environment, HttpGateway};
use payout_ports::{PayoutGateway, ReadError, SubmitOutcome};

use crate::scripted_server::{Act, ScriptedServer, json, nobody, problem, response};
use crate::world::{Hand, SECRET, connection_to, gateway, gateway_with, instruction};

const PATH: &str = "/connect/token";

/// A server of tokens that count up and live so long; every other path is a 401.
async fn server(life_seconds: u64, date: Option<&'static str>) -> ScriptedServer {
    let number = AtomicUsize::new(1);
    ScriptedServer::new(move |seen| {
        if seen.target != PATH {
            return problem(401, "{}");
        }
        let number = number.fetch_add(1, Ordering::SeqCst);
        let body = format!(
            r#"{{"access_token":"token-{number}","expires_in":{life_seconds},"token_type":"Bearer"}}"#
        );
        let date = date.map(|date| ("Date", date));
        let headers: Vec<_> = [("Content-Type", "application/json")].into_iter().chain(date).collect();
        Act::Say(response(200, &headers, &body))
    })
    .await
}

async fn token(gateway: &HttpGateway) -> String {
    gateway.authorise().await.expect("there are tokens").token.expose().to_owned()
}

#[tokio::test]
async fn the_credentials_are_exchanged_for_a_token_as_json() {
    let server = server(3600, None).await;

    let token = token(&gateway(&server.url())).await;

    assert_eq!(token, "token-1");
    let seen = &server.seen()[0];
    assert_eq!((&*seen.method, &*seen.target), ("POST", PATH));
    assert_eq!(seen.header("Content-Type"), Some("application/json"));
    assert_eq!(
        String::from_utf8_lossy(&seen.body),
        format!(
            r#"{{"grant_type":"client_credentials","client_id":"acme","client_secret":"{SECRET}","scope":"payments"}}"#
        ),
    );
}

#[tokio::test]
async fn fifty_who_ask_at_once_get_one_token() {
    let server = server(3600, None).await;
    let gateway = Arc::new(gateway(&server.url()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let gateway = Arc::clone(&gateway);
        tasks.spawn(async move { token(&gateway).await });
    }

    let tokens = tasks.join_all().await;

    assert!(tokens.iter().all(|token| token == "token-1"), "{tokens:?}");
    assert_eq!(server.count(PATH), 1);
}

#[tokio::test]
async fn fifty_who_ask_at_once_share_one_refusal() {
    let slow = response(503, &[], "");
    let server = ScriptedServer::always(Act::Drip(slow, Duration::from_millis(5))).await;
    let gateway = Arc::new(gateway(&server.url()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let gateway = Arc::clone(&gateway);
        tasks.spawn(async move { gateway.authorise().await.is_err() });
    }

    let failed = tasks.join_all().await;

    assert_eq!(failed, [true; 50]);
    assert_eq!(server.count(PATH), 1);
    assert!(gateway.authorise().await.is_err());
    assert_eq!(server.count(PATH), 2, "who asks later asks the server");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    for (life, kept_for) in [(3600, 2880), (301, 240), (300, 240), (200, 140), (120, 60), (30, 15)]
    {
        let server = server(life, None).await;
        let clock = Hand::new();
        let gateway = gateway_with(&server.url(), &clock);
        assert_eq!(token(&gateway).await, "token-1");

        clock.advance(Duration::from_millis(kept_for * 1000 - 1));
        assert_eq!(token(&gateway).await, "token-1", "{life}");

        clock.advance(Duration::from_millis(801));
        assert_eq!(token(&gateway).await, "token-2", "{life}");
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_early_is_used_to_its_end() {
    let up = Arc::new(AtomicUsize::new(1));
    let left = Arc::clone(&up);
    let server = ScriptedServer::new(move |_| {
        let is_up = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        match is_up {
            Ok(_) => json(200, r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#),
            Err(_) => json(503, "{}"),
        }
    })
    .await;
    let clock = Hand::new();
    let gateway = gateway_with(&server.url(), &clock);
    token(&gateway).await;

    clock.advance(Duration::from_mins(48));
    assert_eq!(token(&gateway).await, "t");
    assert_eq!(token(&gateway).await, "t");
    assert_eq!(server.count(PATH), 2, "it is not tried at every use");
    clock.advance(Duration::from_secs(10));
    assert_eq!(token(&gateway).await, "t");
    assert_eq!(server.count(PATH), 3);
    clock.advance(Duration::from_secs(710));
    assert!(matches!(gateway.authorise().await, Err(ReadError::Unavailable(_))));
}

#[tokio::test]
async fn the_life_of_a_token_is_counted_by_the_providers_clock() {
    let server = server(3600, Some("Mon, 02 Mar 2026 09:00:00 GMT")).await;
    let gateway = gateway(&server.url());

    let life = gateway.authorise().await.expect("there are tokens").life;

    // T0 is 09:14:07.
    assert_eq!(T0.since(life.issued_at), Duration::from_secs(14 * 60 + 7));
    assert_eq!(life.expires_at.since(life.issued_at), Duration::from_hours(1));
}

#[tokio::test]
async fn without_a_date_a_token_is_as_old_as_the_question() {
    let server = server(3600, None).await;
    let gateway = gateway(&server.url());

    let life = gateway.authorise().await.expect("there are tokens").life;

    assert_eq!((life.issued_at, life.expires_at), (T0, seconds(3600)));
}

#[tokio::test]
async fn a_token_that_was_refused_is_forgotten() {
    let server = server(3600, None).await;
    let gateway = gateway(&server.url());
    let refused = gateway.authorise().await.expect("there are tokens");

    let outcome = gateway.submit(&instruction(&gateway), &refused).await;

    assert!(matches!(outcome, SubmitOutcome::NotProcessed { .. }), "{outcome:?}");
    assert_eq!(server.count("/v3/payouts"), 1);
    assert_eq!(token(&gateway).await, "token-2");
    // What is refused late does not spoil what has come since.
    gateway.submit(&instruction(&gateway), &refused).await;
    assert_eq!(token(&gateway).await, "token-2");
}

#[tokio::test]
async fn a_server_that_gives_no_token_says_why() {
    let refused = |error: &ReadError| match error {
        ReadError::Refused { detail } => detail.clone(),
        ReadError::Unavailable(_) => "unavailable".to_owned(),
        ReadError::Unreadable(_) | ReadError::UnknownCursor => "unreadable".to_owned(),
    };
    for (act, said) in [
        (json(400, r#"{"error":"invalid_client"}"#), "invalid_client"),
        (json(401, r#"{"error":"invalid_client","error_description":"no"}"#), "invalid_client: no"),
        (json(403, "{}"), "invalid_client: status 403 without a reason"),
        (json(429, "{}"), "unavailable"),
        (json(500, r#"{"error":"invalid_client"}"#), "unavailable"),
        (Act::SayAndCut(Vec::new()), "unavailable"),
        (Act::Hang, "unavailable"),
        (json(404, "{}"), "unreadable"),
        (json(302, "{}"), "unreadable"),
        (json(200, "{}"), "unreadable"),
        (json(200, r#"{"access_token":"","expires_in":1,"token_type":"Bearer"}"#), "unreadable"),
        (json(200, r#"{"access_token":"a b","expires_in":1,"token_type":"Bearer"}"#), "unreadable"),
        (json(200, r#"{"access_token":"a","expires_in":0,"token_type":"Bearer"}"#), "unreadable"),
        (json(200, r#"{"access_token":"a","expires_in":60,"token_type":"mac"}"#), "unreadable"),
        (json(200, &format!("{{\"x\":\"{}\"}}", "x".repeat(65 * 1024))), "unavailable"),
    ] {
        let server = ScriptedServer::always(act.clone()).await;

        let error = gateway(&server.url()).authorise().await.expect_err("there is no token");

        assert_eq!(refused(&error), said, "{act:?}");
        assert_eq!(server.count(PATH), 1);
    }
    let error = gateway(&nobody().await).authorise().await.expect_err("there is no server");
    assert_eq!(refused(&error), "unavailable");
}

#[tokio::test]
async fn tokens_come_from_the_server_that_gives_them() {
    let auth = server(3600, None).await;
    let api = ScriptedServer::always(json(200, r#"{"items":[]}"#)).await;
    let environment = Environment::at(&api.url()).expect("it is on this machine");
    let environment = environment.with_auth(&auth.url()).expect("it is on this machine");
    let gateway = HttpGateway::new(&connection_to(environment), Hand::new());
    let gateway = gateway.expect("it needs nothing of the system");

    let accounts = gateway.merchant_accounts().await.expect("both are there");

    assert_eq!(accounts, []);
    assert_eq!((auth.count(PATH), auth.seen().len()), (1, 1));
    assert_eq!(api.seen()[0].header("Authorization"), Some("Bearer token-1"));
    assert_eq!(api.seen().len(), 1);
}

#[tokio::test]
async fn no_secret_is_printed() {
    let server = server(3600, None).await;
    let gateway = gateway(&server.url());
    let connection = crate::world::connection(&server.url());
    let leave = gateway.authorise().await.expect("there are tokens");

    for printed in [format!("{gateway:?}"), format!("{connection:?}"), format!("{leave:?}")] {
        assert!(!printed.contains(SECRET) && !printed.contains("token-1"), "{printed}");
    }
}
