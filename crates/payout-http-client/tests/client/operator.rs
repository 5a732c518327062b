//! The client of operators asks as one of them, and tells what a person does next.

use payout_conformance::fixtures::{event_id, payout_id};
use payout_domain::Resolution;
use payout_http_client::{ApiError, ClientSecret, Environment, OperatorClient, OperatorConnection};
use payout_wire::operator::{PauseBody, PauseOrder, ResolveOrder, StandingName};

use crate::api::name;
use crate::scripted_server::{Act, ScriptedServer, json, problem, provider};
use crate::world::{Hand, SECRET, deadlines};

const PAUSED: &str =
    r#"{"sending":"paused","by":"bob","because":"fire","at":"2026-03-02T09:14:07.412093Z"}"#;

fn client(url: &str) -> OperatorClient {
    let connection = OperatorConnection {
        environment: Environment::at(url).expect("it is on this machine"),
        name: "alice".parse().expect("it is a name"),
        secret: ClientSecret::new(SECRET),
        deadlines: deadlines(),
    };
    OperatorClient::new(connection, Hand::new()).expect("it needs nothing of the system")
}

fn resolve() -> ResolveOrder {
    ResolveOrder { outcome: Resolution::NeverSubmitted, evidence: "ticket 4711".into() }
}

/// What a server heard last, and what it was told before.
fn asked(server: &ScriptedServer) -> (String, Vec<u8>) {
    let seen = server.seen();
    let last = seen.last().expect("it was asked").clone();
    assert_eq!(last.header("Authorization"), Some("Bearer t"));
    assert_eq!(last.header("Tl-Signature"), None, "operators sign nothing");
    (format!("{} {}", last.method, last.target), last.body)
}

#[tokio::test]
async fn an_operator_asks_for_a_token_of_operators() {
    let server = provider(|_| json(200, PAUSED)).await;

    client(&server.url()).paused().await.expect("it is told");

    assert_eq!(
        String::from_utf8_lossy(&server.seen()[0].body),
        format!(
            r#"{{"grant_type":"client_credentials","client_id":"operator:alice","client_secret":"{SECRET}","scope":"operator"}}"#
        ),
    );
}

#[tokio::test]
async fn each_question_and_each_decision_goes_to_its_own_place() {
    let server = provider(|_| json(200, "{}")).await;
    let client = client(&server.url());
    let (id, event) = (payout_id(1), event_id(1));

    let _unread = client.payouts(StandingName::Parked, 7, Some("x y")).await;
    let page = "GET /operator/payouts?limit=7&after=x+y&standing=parked".to_owned();
    assert_eq!(asked(&server), (page, vec![]));
    let _unread = client.payout(id).await;
    assert_eq!(asked(&server), (format!("GET /operator/payouts/{id}"), vec![]));
    let _unread = client.cancel(id).await;
    assert_eq!(asked(&server), (format!("POST /operator/payouts/{id}/cancel"), vec![]));
    let _unread = client.release(id).await;
    assert_eq!(asked(&server), (format!("POST /operator/payouts/{id}/release"), vec![]));
    let _unread = client.resolve(id, &resolve()).await;
    let resolved = format!("POST /operator/payouts/{id}/resolve");
    assert_eq!(asked(&server), (resolved, resolve().to_bytes()));
    let _unread = client.resume().await;
    assert_eq!(asked(&server), ("DELETE /operator/pause".to_owned(), vec![]));
    let _unread = client.dead_letters(5, None).await;
    assert_eq!(asked(&server), ("GET /operator/dead-letters?limit=5".to_owned(), vec![]));
    client.replay(event).await.expect("it is done");
    let replayed = format!("POST /operator/dead-letters/{event}/replay");
    assert_eq!(asked(&server), (replayed, vec![]));
}

#[tokio::test]
async fn a_pause_is_told_as_it_stands() {
    let server = provider(|_| json(200, PAUSED)).await;
    let order = PauseOrder { because: "flood".into() };

    let reply = client(&server.url()).pause(&order).await.expect("it is told");

    assert_eq!(asked(&server), ("PUT /operator/pause".to_owned(), order.to_bytes()));
    assert_eq!(reply.json, PAUSED);
    let PauseBody::Paused { by, because, .. } = reply.value else { panic!("it is paused") };
    assert_eq!((by.as_str(), &*because), ("bob", "fire"));
}

#[tokio::test]
async fn a_decision_that_is_not_certain_is_unknown_and_is_sent_once() {
    for (act, expected) in [
        (problem(409, r#"{"title":"Decision Refused","status":409}"#), "conflict"),
        (problem(404, "{}"), "not found"),
        (problem(403, "{}"), "forbidden"),
        (problem(500, "{}"), "outcome unknown"),
        (Act::SayAndCut(vec![]), "outcome unknown"),
    ] {
        let server = provider(move |_| act.clone()).await;

        let error = client(&server.url()).resolve(payout_id(1), &resolve()).await;

        assert_eq!(name(&error.expect_err("it is refused or lost")), expected);
        assert_eq!(server.seen().len(), 2, "a token and a decision: {expected}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_used_again() {
    let server = provider(|_| problem(401, "{}")).await;
    let client = client(&server.url());

    for asked in [1, 2] {
        let refused = client.paused().await;

        assert!(matches!(refused, Err(ApiError::Unauthenticated(_))), "{refused:?}");
        assert_eq!(server.count("/connect/token"), asked);
    }
}
