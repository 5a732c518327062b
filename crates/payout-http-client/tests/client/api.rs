//! The API client tells what a person does next.

use std::time::Duration;

use payout_conformance::fixtures::{
    gateway_payout_id, key, merchant_account_id, payment_id, payout_id, request, seconds, user,
};
use payout_domain::FailureReason;
use payout_http_client::{
    ApiClient, ApiError, AuthError, Connection, Environment, PayoutQuery, SandboxControls,
};
use payout_ports::TransactionQuery;
use payout_signature::{Request, TlSignature};
use payout_wire::payout::CreatePayout;

use crate::scripted_server::{Act, ScriptedServer, json, nobody, problem, provider, response};
use crate::world::{Hand, KEY, connection, deadlines};

const CREATED: &str = r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"}"#;

fn client(url: &str) -> ApiClient {
    ApiClient::new(&connection(url), Hand::new()).expect("it needs nothing of the system")
}

async fn created(act: Act) -> (ScriptedServer, Result<String, ApiError>) {
    let server = provider(move |_| act.clone()).await;
    let order = request(1).order().clone();
    let reply = client(&server.url()).create_payout(&order, &key("k-1")).await;
    (server, reply.map(|reply| reply.value.to_string()))
}

pub(crate) fn name(error: &ApiError) -> &'static str {
    match error {
        ApiError::Refused(_) => "refused",
        ApiError::NotFound(_) => "not found",
        ApiError::Conflict(_) => "conflict",
        ApiError::Unauthenticated(_) => "unauthenticated",
        ApiError::Forbidden(_) => "forbidden",
        ApiError::CannotSign(_) => "cannot sign",
        ApiError::Unavailable(_) => "unavailable",
        ApiError::ServerTrouble(_) => "server trouble",
        ApiError::OutcomeUnknown(_) => "outcome unknown",
        ApiError::Unreadable(_) => "unreadable",
    }
}

fn titled(status: u16, title: &str) -> Act {
    problem(status, &format!(r#"{{"title":"{title}","status":{status},"detail":"said"}}"#))
}

#[tokio::test]
async fn a_payout_is_asked_for_under_the_callers_own_key() {
    let (server, created) = created(json(202, CREATED)).await;

    assert_eq!(created.expect("it is accepted"), "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4");
    let seen = &server.seen()[1];
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/v3/payouts"));
    assert_eq!(seen.header("Idempotency-Key"), Some("k-1"));
    assert_eq!(seen.body, CreatePayout::render(request(1).order(), None));
    let signature = TlSignature::parse(seen.header("Tl-Signature").expect("it is sent"));
    let headers = [("Idempotency-Key", b"k-1".as_slice())];
    let request =
        Request { method: "POST", path: "/v3/payouts", headers: &headers, body: &seen.body };
    let signature = signature.expect("it is one");
    assert_eq!(signature.verify_exact(KEY.verifying_key(), &request), Ok(()));
}

#[tokio::test]
async fn a_write_that_is_not_certain_is_unknown_and_is_sent_once() {
    for (act, expected) in [
        (titled(400, "Invalid Parameters"), "refused"),
        (titled(422, "Unprocessable"), "refused"),
        (titled(422, "Idempotency-Key Reuse"), "conflict"),
        (titled(409, "Concurrency Conflict"), "conflict"),
        (titled(401, "Unauthenticated"), "unauthenticated"),
        (titled(403, "Forbidden"), "forbidden"),
        (titled(404, "Not Found"), "not found"),
        (titled(413, "Payload Too Large"), "refused"),
        (titled(429, "Rate Limit Exceeded"), "unavailable"),
        (titled(500, "Unknown Error"), "outcome unknown"),
        (titled(503, "Service Unavailable"), "outcome unknown"),
        (problem(502, "<html>"), "outcome unknown"),
        (titled(408, "Request Timeout"), "outcome unknown"),
        (Act::Say(response(307, &[("Location", "/elsewhere")], "")), "outcome unknown"),
        (Act::SayAndCut(Vec::new()), "outcome unknown"),
        (Act::Hang, "outcome unknown"),
        (json(202, "{}"), "outcome unknown"),
        (json(202, "<html>"), "outcome unknown"),
    ] {
        let (server, created) = created(act.clone()).await;

        let error = created.expect_err("nothing was accepted");
        assert_eq!(name(&error), expected, "{act:?}: {error:?}");
        assert_eq!(server.count("/v3/payouts"), 1, "{act:?}");
    }
}

#[tokio::test]
async fn a_read_is_never_unknown() {
    for (act, expected) in [
        (titled(404, "Not Found"), "not found"),
        (titled(401, "Unauthenticated"), "unauthenticated"),
        (titled(403, "Forbidden"), "forbidden"),
        (titled(500, "Unknown Error"), "server trouble"),
        (problem(502, "<html>"), "server trouble"),
        (titled(429, "Rate Limit Exceeded"), "unavailable"),
        (Act::SayAndCut(Vec::new()), "unavailable"),
        (Act::Hang, "unavailable"),
        (json(200, "{}"), "unreadable"),
        (titled(418, "Teapot"), "unreadable"),
        (Act::Say(response(307, &[("Location", "/elsewhere")], "")), "unreadable"),
    ] {
        let server = provider({
            let act = act.clone();
            move |_| act.clone()
        })
        .await;

        let error = client(&server.url()).payout(gateway_payout_id(1)).await;

        let error = error.expect_err("there is no payout");
        assert_eq!(name(&error), expected, "{act:?}: {error:?}");
    }
}

#[tokio::test]
async fn without_a_server_or_a_key_or_credentials_nothing_was_done() {
    let order = request(1).order().clone();
    let nobody = client(&nobody().await);
    let server = provider(|_| json(202, CREATED)).await;
    let unsigned = Connection { signing_key: None, ..connection(&server.url()) };
    let unsigned = ApiClient::new(&unsigned, Hand::new()).expect("it needs nothing of the system");
    let stranger = ScriptedServer::always(json(400, r#"{"error":"invalid_client"}"#)).await;

    let unavailable = nobody.create_payout(&order, &key("k")).await.expect_err("nobody is there");
    let cannot_sign = unsigned.create_payout(&order, &key("k")).await.expect_err("there is no key");
    let stranger = client(&stranger.url()).create_payout(&order, &key("k")).await;

    assert_eq!(name(&unavailable), "unavailable");
    assert_eq!(name(&cannot_sign), "cannot sign");
    assert_eq!(server.count("/v3/payouts"), 0);
    let stranger = stranger.expect_err("nobody knows it");
    assert!(matches!(&stranger, ApiError::Unauthenticated(AuthError::Credentials(_))));
    assert_eq!(stranger.to_string(), "the server does not let us in: invalid_client");
    assert!(!stranger.is_invalid_audience());
}

#[tokio::test]
async fn a_token_for_something_else_is_told_apart() {
    for body in [
        r#"{"title":"Unauthenticated","status":401,
            "errors":{"Authorization":["The JWT was not able to be validated: InvalidAudience"]}}"#,
        r#"{"title":"Unauthenticated","status":401,
            "detail":"Authorization: The JWT was not able to be validated: InvalidAudience"}"#,
    ] {
        let (_server, created) = created(problem(401, body)).await;

        assert!(created.expect_err("it is refused").is_invalid_audience(), "{body}");
    }
    let (_server, created) = created(titled(401, "Unauthenticated")).await;
    assert!(!created.expect_err("it is refused").is_invalid_audience());
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_own_words() {
    let body = r#"{"type":"about:blank","title":"Invalid Parameters","status":400,"detail":"No.",
        "trace_id":"abc","errors":{"currency":["must be GBP"]}}"#;

    let (_server, created) = created(problem(400, body)).await;

    let error = created.expect_err("it is refused");
    assert_eq!(error.to_string(), "the server refuses the request: No. currency: must be GBP");
    assert_eq!(error.problem().map(|problem| &*problem.trace_id), Some("abc"));
}

#[tokio::test]
async fn every_question_has_its_path_and_its_text() {
    let server = provider(|_| json(200, r#"{"items":[]}"#)).await;
    let client = client(&server.url());
    let (account, payout) = (merchant_account_id(1), gateway_payout_id(1));
    let query = TransactionQuery { from: seconds(0), to: seconds(1), only: None, cursor: None };
    let page = PayoutQuery { limit: Some(5), cursor: Some("a&b".to_owned()) };

    let accounts = client.merchant_accounts().await.expect("it is a list");
    client.payment_sources(account, &user("sam")).await.expect("it is a list");
    client.transactions(account, &query).await.expect("it is a list");
    client.payouts(&PayoutQuery::default()).await.expect("it is a list");
    client.payouts(&page).await.expect("it is a list");
    client.history(payout).await.expect("it is a list");
    client.payout(payout).await.expect_err("it is a list");
    client.payment(payment_id(1)).await.expect_err("it is a list");

    assert_eq!((accounts.value, accounts.json.as_str()), (vec![], r#"{"items":[]}"#));
    let targets: Vec<_> = server.seen().into_iter().skip(1).map(|seen| seen.target).collect();
    assert_eq!(
        targets,
        [
            "/v3/merchant-accounts".to_owned(),
            format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam"),
            format!(
                "/v3/merchant-accounts/{account}/transactions?from=2026-03-02T09%3A14%3A07.000000Z\
                 &to=2026-03-02T09%3A14%3A08.000000Z"
            ),
            "/v3/payouts".to_owned(),
            "/v3/payouts?limit=5&cursor=a%26b".to_owned(),
            format!("/v3/payouts/{payout}/history"),
            format!("/v3/payouts/{payout}"),
            format!("/v3/payments/{}", payment_id(1)),
        ],
    );
}

#[tokio::test]
async fn a_sandbox_is_steered_without_credentials() {
    let server = ScriptedServer::new(|seen| match &*seen.target {
        "/sandbox/clock" => json(200, r#"{"now":"2026-03-02T09:14:07Z"}"#),
        _ => json(200, "{}"),
    })
    .await;
    let environment = Environment::at(&server.url()).expect("it is on this machine");
    let sandbox = SandboxControls::new(&environment, deadlines());
    let sandbox = sandbox.expect("it needs nothing of the system");
    let delays =
        payout_wire::sandbox::Delays { execution: Some(Duration::from_secs(1)), settlement: None };

    sandbox.fail_next(FailureReason::Blocked).await.expect("it is done");
    sandbox.return_payout(payout_id(1)).await.expect("it is done");
    sandbox.set_delays(&delays).await.expect("it is done");
    sandbox.set_webhook("http://127.0.0.1:9/").await.expect("it is done");
    let advanced = sandbox.advance_clock(Duration::from_mins(1)).await.expect("it is done");
    let now = sandbox.clock().await.expect("it is told");

    assert_eq!((advanced.value, now.value), (seconds(0), seconds(0)));
    let asked: Vec<_> = server
        .seen()
        .into_iter()
        .map(|seen| {
            assert_eq!(seen.header("Authorization"), None);
            format!("{} {} {}", seen.method, seen.target, String::from_utf8_lossy(&seen.body))
        })
        .collect();
    assert_eq!(
        asked,
        [
            r#"POST /sandbox/faults {"fail_next":"blocked"}"#.to_owned(),
            format!(r#"POST /sandbox/returns {{"return_payout":"{}"}}"#, payout_id(1)),
            r#"POST /sandbox/delays {"execution_delay_ms":1000}"#.to_owned(),
            r#"POST /sandbox/webhook {"url":"http://127.0.0.1:9/"}"#.to_owned(),
            r#"POST /sandbox/clock {"advance_seconds":60}"#.to_owned(),
            "GET /sandbox/clock ".to_owned(),
        ],
    );
}
