//! What operators see and decide.

use std::fmt::Write as _;
use std::time::Duration;

use expect_test::expect_file;
use http::StatusCode;
use payout_domain::{Evidence, ParkReason};
use payout_ports::{AfterFailure, Clock, MovableClock, Outbox};

use crate::call::{Answer, Call};
use crate::house::House;

/// A house in which `acme` has asked for one payout, which was not sent.
async fn accepted(house: &House) -> String {
    let order = house.paid_in().await.order();
    let answer = Call::payout(house, "key-1", &order).await.send(house).await;
    answer.member("id").expect("it was accepted")
}

/// The same, but it was sent without an answer until its key was forgotten.
async fn parked(house: &House) -> String {
    let id = accepted(house).await;
    house.learn(&id, Evidence::TransmissionBegun { attempt: 1 }).await;
    house.learn(&id, Evidence::OutcomeUnknown { attempt: 1 }).await;
    house.learn(&id, Evidence::Parked(ParkReason::WindowClosed)).await;
    id
}

/// Another payout reaches the provider long after.
async fn later_payout(house: &House) {
    house.clock.advance(Duration::from_mins(10));
    let order = house.paid_in().await.order();
    Call::payout(house, "key-later", &order).await.send(house).await;
    house.work().await;
}

async fn get(house: &House, path: &str) -> Answer {
    let token = house.operator("alice").await;
    Call::get(path).bearer(&token).send(house).await
}

async fn decide(house: &House, by: &str, id: &str, decision: &str) -> Answer {
    let token = house.operator(by).await;
    let path = format!("/operator/payouts/{id}/{decision}");
    Call::new("POST", &path, "").bearer(&token).send(house).await
}

async fn resolve(house: &House, by: &str, id: &str, body: &str) -> Answer {
    let token = house.operator(by).await;
    let path = format!("/operator/payouts/{id}/resolve");
    Call::post(&path, body).bearer(&token).send(house).await
}

const NEVER: &str = r#"{"as":"never_submitted","evidence":"statement of 2 March, ticket 4711"}"#;

#[tokio::test]
async fn golden_two_people_resolve_a_payout() {
    let house = House::new();
    let id = parked(&house).await;
    let mut text = String::new();
    let mut record = async |by: &str, call: Call| {
        let token = house.operator(by).await;
        let call = call.bearer(&token);
        let asked = call.as_text();
        let answer = call.send(&house).await.as_text();
        let _infallible =
            write!(text, "{by}: {asked}\n----------------\n\n{answer}\n================\n\n");
    };
    let resolve = format!("/operator/payouts/{id}/resolve");

    record("alice", Call::get("/operator/payouts?standing=parked&limit=1")).await;
    record("alice", Call::post(&resolve, NEVER)).await;
    later_payout(&house).await;
    record("alice", Call::post(&resolve, NEVER)).await;
    record("alice", Call::post(&resolve, NEVER)).await;
    record("bob", Call::post(&resolve, NEVER)).await;
    record("bob", Call::new("POST", &format!("/operator/payouts/{id}/cancel"), "")).await;
    record("bob", Call::get(&format!("/operator/payouts/{id}"))).await;

    expect_file!["golden/operators.txt"].assert_eq(&text);
}

#[tokio::test]
async fn only_those_who_stand_so_are_listed_page_by_page() {
    let house = House::new();
    let id = parked(&house).await;
    let order = house.paid_in().await.order();
    Call::payout(&house, "key-2", &order).await.send(&house).await;

    let parked = get(&house, "/operator/payouts?standing=parked").await;
    let unknown = get(&house, "/operator/payouts?standing=unknown").await;
    let after = get(&house, &format!("/operator/payouts?standing=parked&after={id}")).await;

    assert_eq!(parked.member("id"), Some(id), "{parked:?}");
    assert_eq!(parked.body.matches("\"id\"").count(), 1, "{parked:?}");
    assert_eq!(unknown.body, r#"{"items":[]}"#);
    assert_eq!(after.body, r#"{"items":[]}"#);
}

#[tokio::test]
async fn a_question_that_is_not_well_asked_is_answered_with_what_to_change() {
    let house = House::new();

    for (query, field, sentence) in [
        ("", "standing", "is required; add it"),
        ("?standing=lost", "standing", "must be unknown or parked"),
        ("?standing=parked&limit=0", "limit", "must be from 1 to 200"),
        ("?standing=parked&limit=201", "limit", "must be from 1 to 200"),
        ("?standing=parked&standing=parked", "standing", "occurs more than once; send it once"),
    ] {
        let refused = get(&house, &format!("/operator/payouts{query}")).await;

        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.sentences(field), [sentence], "{query}");
    }
}

#[tokio::test]
async fn what_was_never_sent_can_be_called_off_and_called_off_again() {
    let house = House::new();
    let id = accepted(&house).await;

    let first = decide(&house, "alice", &id, "cancel").await;
    let again = decide(&house, "bob", &id, "cancel").await;

    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    assert_eq!(first.member("state").as_deref(), Some("failed:cancelled"));
    assert_eq!(again.status, StatusCode::OK, "{again:?}");
    let shown = get(&house, &format!("/operator/payouts/{id}")).await;
    assert!(shown.body.contains(r#""evidence":"cancelled alice""#), "{shown:?}");
    assert!(!shown.body.contains("cancelled bob"), "{shown:?}");
    house.work().await;
    let shown = get(&house, &format!("/operator/payouts/{id}")).await;
    assert!(shown.body.contains(r#""attempts":[]"#), "it was sent after all: {shown:?}");
}

#[tokio::test]
async fn what_was_sent_cannot_be_called_off_and_the_answer_says_what_to_do() {
    let house = House::new();
    let id = accepted(&house).await;
    house.work().await;

    let refused = decide(&house, "alice", &id, "cancel").await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    let problem = refused.problem();
    assert_eq!(problem.title, "Decision Refused");
    assert_eq!(
        problem.detail,
        "The payout is executed, so it cannot be called off. What to do: nothing: it is executed, \
         and watched for a return."
    );
}

#[tokio::test]
async fn what_waits_for_its_provider_account_is_let_go_on() {
    let house = House::new();
    let id = accepted(&house).await;
    house.learn(&id, Evidence::Parked(ParkReason::ProfileChanged)).await;

    let released = decide(&house, "alice", &id, "release").await;
    let again = decide(&house, "alice", &id, "release").await;
    house.work().await;

    assert_eq!(released.member("state").as_deref(), Some("accepted"), "{released:?}");
    assert_eq!(again.status, StatusCode::CONFLICT, "{again:?}");
    let shown = get(&house, &format!("/operator/payouts/{id}")).await;
    assert!(shown.body.contains(r#""state":"executed""#), "{shown:?}");
    assert!(shown.body.contains(r#""token_expires_at":"#), "{shown:?}");
}

#[tokio::test]
async fn an_operators_word_is_enough_for_an_execution_but_not_from_the_future() {
    let house = House::new();
    let id = parked(&house).await;
    let body =
        |at: &str| format!(r#"{{"as":"executed","evidence":"a call","executed_at":"{at}"}}"#);

    let future = resolve(&house, "alice", &id, &body("2026-03-02T09:14:08Z")).await;
    let past = resolve(&house, "alice", &id, &body("2026-03-02T09:14:07Z")).await;

    let sentence = "is in the future; write when it was executed";
    assert_eq!(future.sentences("executed_at"), [sentence]);
    assert_eq!(past.status, StatusCode::OK, "{past:?}");
    assert_eq!(past.member("state").as_deref(), Some("executed"));
    assert_eq!(past.member("executed_at").as_deref(), Some("2026-03-02T09:14:07.000000Z"));
}

#[tokio::test]
async fn what_is_found_in_the_statement_is_not_resolved() {
    let house = House::new();
    let id = accepted(&house).await;
    house.work().await;
    house.learn(&id, Evidence::Parked(ParkReason::Restored)).await;

    let refused = resolve(&house, "alice", &id, NEVER).await;

    assert_eq!(refused.status, StatusCode::CONFLICT, "{refused:?}");
}

#[tokio::test]
async fn a_decision_about_nothing_is_not_found() {
    let house = House::new();

    for id in ["00000000-0000-4000-8000-000000000001", "x"] {
        let cancelled = decide(&house, "alice", id, "cancel").await;
        let resolved = resolve(&house, "alice", id, NEVER).await;
        let shown = get(&house, &format!("/operator/payouts/{id}")).await;

        for answer in [cancelled, resolved, shown] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let house = House::new();
    let id = parked(&house).await;
    let token = house.operator("alice").await;
    let path = format!("/operator/payouts/{id}/resolve");

    let form = Call::new("POST", &path, NEVER).bearer(&token).send(&house).await;
    let twice = r#"{"as":"failed","as":"failed","evidence":"x"}"#;
    let twice = Call::post(&path, twice).bearer(&token).send(&house).await;
    let cancel = format!("/operator/payouts/{id}/cancel");
    let with_body = Call::post(&cancel, "{}").bearer(&token).send(&house).await;

    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(twice.sentences("as"), ["occurs more than once; write it once"]);
    assert_eq!(with_body.sentences("body"), ["is not read here; leave it out"]);
}

#[tokio::test]
async fn nothing_is_sent_between_pause_and_resume() {
    let house = House::new();
    let id = accepted(&house).await;
    let (alice, bob) = (house.operator("alice").await, house.operator("bob").await);
    let pause = |because: &str| {
        Call::new("PUT", "/operator/pause", &format!(r#"{{"because":"{because}"}}"#))
            .header("Content-Type", "application/json")
    };

    let paused = pause("the bank calls").bearer(&alice).send(&house).await;
    let paused_again = pause("me too").bearer(&bob).send(&house).await;
    house.work().await;
    let while_paused = get(&house, &format!("/operator/payouts/{id}")).await;
    let resumed = Call::new("DELETE", "/operator/pause", "").bearer(&bob).send(&house).await;
    house.work().await;
    let after = get(&house, &format!("/operator/payouts/{id}")).await;

    assert_eq!(
        paused.body,
        r#"{"sending":"paused","by":"alice","because":"the bank calls","at":"2026-03-02T09:14:07.412093Z"}"#
    );
    assert_eq!(paused_again.body, paused.body, "the first pause stands");
    assert!(while_paused.body.contains(r#""state":"accepted""#), "{while_paused:?}");
    assert_eq!(resumed.body, r#"{"sending":"on"}"#);
    assert!(after.body.contains(r#""state":"executed""#), "{after:?}");
}

#[tokio::test]
async fn what_was_given_up_is_listed_shown_with_its_payout_and_told_again_once() {
    let house = House::new();
    let id = accepted(&house).await;
    house.work().await;
    let now = house.clock.now();
    let lease = Duration::from_secs(1);
    let due = house.store.claim_notifications(now, 10, lease).await.expect("memory does not fail");
    for notification in &due {
        let given_up = AfterFailure::GiveUp(now);
        let id = notification.event_id;
        house.store.notification_failed(id, given_up).await.expect("memory does not fail");
    }

    let listed = get(&house, "/operator/dead-letters").await;
    let first = get(&house, "/operator/dead-letters?limit=1").await;
    let shown = get(&house, &format!("/operator/payouts/{id}")).await;

    assert_eq!(due.len(), 2, "a payment has settled, and a payout was executed");
    assert!(listed.body.contains(&format!(r#""event":"payout_executed","payout_id":"{id}""#)));
    assert!(listed.body.contains(r#""event":"payment_settled","payment_id":""#), "{listed:?}");
    let cursor = first.member("next_cursor").expect("there is one more");
    let rest = get(&house, &format!("/operator/dead-letters?limit=1&after={cursor}")).await;
    assert!(rest.member("next_cursor").is_none(), "{rest:?}");
    let (_, letters) = shown.body.split_once("dead_letters").expect("it is there");
    assert_eq!(letters.matches("event_id").count(), 1, "{letters}");
    let event_id = due.iter().map(|it| it.event_id.to_string()).find(|id| letters.contains(id));
    let replay = format!("/operator/dead-letters/{}/replay", event_id.expect("it is one of them"));
    let token = house.operator("alice").await;
    let replay = Call::new("POST", &replay, "").bearer(&token);
    let (once, twice) = (replay.clone().send(&house).await, replay.send(&house).await);
    assert_eq!((once.status, once.body.as_str()), (StatusCode::OK, "{}"));
    assert_eq!(twice.status, StatusCode::NOT_FOUND, "{twice:?}");
}

#[tokio::test]
async fn no_account_number_and_no_name_is_shown() {
    let house = House::new();
    let id = parked(&house).await;

    let listed = get(&house, "/operator/payouts?standing=parked").await;
    let shown = get(&house, &format!("/operator/payouts/{id}")).await;

    for answer in [listed, shown] {
        for word in ["account_identifier", "iban", "SAM EXAMPLE", "sort_code", "WD-20417"] {
            assert!(!answer.body.contains(word), "{word}: {answer:?}");
        }
    }
}
