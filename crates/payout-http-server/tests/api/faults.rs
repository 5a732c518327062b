//! A sandbox that misbehaves, and says how often it has.

use std::time::Duration;

use http::StatusCode;
use payout_http_server::{Limits, serve};
use payout_wire::sandbox::{FaultReport, distort};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::call::{Answer, Call};
use crate::house::House;

async fn set(house: &House, rules: &str) -> Answer {
    let body = format!(r#"{{"rules":[{rules}]}}"#);
    let put = Call::new("PUT", "/sandbox/faults", &body).header("Content-Type", "application/json");
    put.send(house).await
}

async fn report(house: &House) -> FaultReport {
    let report = Call::get("/sandbox/faults").send(house).await;
    FaultReport::parse(report.body.as_bytes()).expect("it is a report")
}

/// A house with this rule, and the answer to a payout of it.
async fn payout_under(rule: &str) -> (House, Answer) {
    let house = House::new();
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await;
    assert_eq!(set(&house, rule).await.status, StatusCode::OK, "{rule}");
    let answer = call.send_whatever_comes(&house).await;
    (house, answer)
}

/// How many payouts the sandbox has.
async fn payouts(house: &House) -> usize {
    let token = house.token("acme").await;
    let list = Call::get("/v3/payouts").bearer(&token).send(house).await;
    list.body.matches(r#""created_at""#).count()
}

#[tokio::test]
async fn another_status_is_answered_before_or_after_the_payout_is_made() {
    for (when, made) in [("before", 0), ("after", 1)] {
        let rule =
            format!(r#"{{"on":"create_payout","do":"answer","status":500,"when":"{when}"}}"#);

        let (house, answer) = payout_under(&rule).await;

        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.problem().status, 500);
        assert_eq!(payouts(&house).await, made, "{when}");
    }
}

#[tokio::test]
async fn each_status_is_the_problem_that_a_payout_gets_for_it() {
    for (status, title) in [
        (401, "Unauthenticated"),
        (409, "Idempotency-Key Concurrency Conflict"),
        (422, "Idempotency-Key Reuse"),
        (504, "Unknown Error"),
    ] {
        let rule = format!(r#"{{"on":"create_payout","do":"answer","status":{status}}}"#);

        let (_, answer) = payout_under(&rule).await;

        let problem = answer.problem();
        assert_eq!((problem.status, problem.title.as_str()), (status, title));
    }
    let rule = r#"{"on":"create_payout","do":"answer","status":429,"retry_after_seconds":7}"#;
    let (_, busy) = payout_under(rule).await;
    assert_eq!(busy.header("Retry-After"), Some("7"));
}

#[tokio::test]
async fn a_remembered_error_is_the_answer_to_its_key_and_to_no_other() {
    let rule = r#"{"on":"create_payout","do":"remember","status":500,"when":"after","next":1}"#;
    let (house, first) = payout_under(rule).await;
    let body = house.paid_in().await.order();

    let again = Call::payout(&house, "key-1", &body).await.send(&house).await;
    let other = Call::payout(&house, "key-2", &body).await.send(&house).await;

    assert_eq!([first.status, again.status].map(|status| status.as_u16()), [500, 500]);
    assert_eq!(other.status, StatusCode::ACCEPTED);
    let report = report(&house).await;
    assert_eq!(report.calls.get("create_payout"), Some(&3));
    assert_eq!(report.rules.first().map(|tally| tally.injected), Some(2));
}

#[tokio::test]
async fn a_forgotten_payout_has_an_id_and_is_nowhere() {
    let (house, answer) = payout_under(r#"{"on":"create_payout","do":"forget"}"#).await;

    let id = answer.member("id").expect("it is answered");

    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert!(id.parse::<payout_domain::PayoutId>().is_ok(), "{id}");
    let token = house.token("acme").await;
    let shown = Call::get(&format!("/v3/payouts/{id}")).bearer(&token).send(&house).await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    assert_eq!(payouts(&house).await, 0);
}

#[tokio::test]
async fn two_payouts_get_one_id() {
    let rule = r#"{"on":"create_payout","do":"same_id","skip":1}"#;
    let (house, first) = payout_under(rule).await;
    let body = house.paid_in().await.order();

    let second = Call::payout(&house, "key-2", &body).await.send(&house).await;

    assert_eq!(first.member("id"), second.member("id"));
    assert_eq!(payouts(&house).await, 2);
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let (_, page) =
        payout_under(r#"{"on":"create_payout","do":"html","status":502,"when":"after"}"#).await;
    assert_eq!((page.status.as_u16(), page.body.contains("<html>")), (502, true));
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));

    let (_, nothing) = payout_under(r#"{"on":"create_payout","do":"empty","status":200}"#).await;
    assert_eq!((nothing.status.as_u16(), nothing.body.as_str()), (200, ""));

    let elsewhere = r#"{"on":"create_payout","do":"redirect","status":308,"location":"http://a"}"#;
    let (house, elsewhere) = payout_under(elsewhere).await;
    assert_eq!((elsewhere.status.as_u16(), elsewhere.header("Location")), (308, Some("http://a")));
    assert_eq!(payouts(&house).await, 0);

    let (house, half) = payout_under(r#"{"on":"create_payout","do":"truncate"}"#).await;
    assert_eq!((half.status.as_u16(), half.member("id")), (202, None));
    assert_eq!(payouts(&house).await, 1);

    let (_, long) = payout_under(r#"{"on":"create_payout","do":"oversize"}"#).await;
    assert!(long.body.len() > 16 * 1024 * 1024);
}

#[tokio::test]
async fn a_payout_is_shown_as_it_is_not() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let made = Call::payout(&house, "key-1", &body).await.send(&house).await;
    let (id, token) = (made.member("id").expect("it was"), house.token("acme").await);
    let shown = async || {
        let path = format!("/v3/payouts/{id}");
        Call::get(&path).bearer(&token).send(&house).await.body.into_bytes()
    };
    let truth = shown().await;

    set(&house, r#"{"on":"get_payout","do":"wrong_amount"}"#).await;
    let amount = shown().await;
    set(&house, r#"{"on":"get_payout","do":"wrong_currency"}"#).await;
    let currency = shown().await;
    Call::new("DELETE", "/sandbox/faults", "").send(&house).await;

    assert_eq!(amount, distort::wrong_amount(&truth));
    assert_eq!(currency, distort::wrong_currency(&truth));
    assert_ne!(amount, truth);
    assert_ne!(currency, truth);
    assert_eq!(shown().await, truth);
}

#[tokio::test]
async fn a_list_lags_and_is_shuffled() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    house.paid_in().await;
    house.work().await;
    let token = house.token("acme").await;
    let account = paid_in.merchant_account;
    let path = format!(
        "/v3/merchant-accounts/{account}/transactions?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"
    );
    let list = async || Call::get(&path).bearer(&token).send(&house).await.body;
    let truth = list().await;

    set(&house, r#"{"on":"transactions","do":"lag","milliseconds":3600000}"#).await;
    let lagging = list().await;
    set(&house, r#"{"on":"transactions","do":"shuffle"}"#).await;
    let mut shuffled = Vec::new();
    for _ in 0..8 {
        shuffled.push(list().await);
    }

    assert_eq!(truth.matches(r#""payment_id""#).count(), 2, "{truth}");
    assert_eq!(lagging.matches(r#""payment_id""#).count(), 0, "{lagging}");
    assert!(shuffled.iter().all(|page| page.matches(r#""payment_id""#).count() == 2));
    let first = |page: &String| {
        page.find("payment_id").and_then(|at| page.get(at..at + 60)).map(str::to_owned)
    };
    assert!(shuffled.iter().any(|page| first(page) != shuffled.first().and_then(first)));
}

#[tokio::test]
async fn a_key_set_has_no_keys() {
    let house = House::new();
    set(&house, r#"{"on":"jwks","do":"no_keys","next":1}"#).await;

    let rotated = Call::get("/.well-known/jwks").send_whatever_comes(&house).await;
    let after = Call::get("/.well-known/jwks").send(&house).await;

    assert_eq!(rotated.body, r#"{"keys":[]}"#);
    assert!(after.body.contains("\"kid\""), "{after:?}");
}

#[tokio::test]
async fn a_delayed_call_is_processed_in_the_end_and_a_held_one_is_never_answered() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await;
    set(&house, r#"{"on":"create_payout","do":"delay","milliseconds":100,"next":1}"#).await;
    let begun = tokio::time::Instant::now();

    let answer = call.send(&house).await;

    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert!(begun.elapsed() >= Duration::from_millis(100));

    set(&house, r#"{"on":"create_payout","do":"hold","when":"after"}"#).await;
    let call = Call::payout(&house, "key-2", &body).await;
    let held = tokio::time::timeout(Duration::from_millis(300), call.send(&house)).await;
    assert!(held.is_err(), "{held:?}");
    assert_eq!(payouts(&house).await, 2);
}

#[tokio::test]
async fn an_answer_is_cut_to_the_byte() {
    for bytes in [0, 1, 17, 60] {
        let house = House::new();
        let rule =
            format!(r#"{{"on":"jwks","do":"cut","when":"after","after_bytes":{bytes},"next":1}}"#);
        set(&house, &rule).await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("the machine has a port");
        let address = listener.local_addr().expect("it is bound");
        let server = tokio::spawn(serve(
            listener,
            house.router,
            Limits::default(),
            std::future::pending::<()>(),
        ));

        let mut cut = TcpStream::connect(address).await.expect("it listens");
        let request = b"GET /.well-known/jwks HTTP/1.1\r\nHost: a\r\n\r\n";
        cut.write_all(request).await.expect("it reads");
        let mut seen = Vec::new();
        let _it_may_be_reset = cut.read_to_end(&mut seen).await;
        let mut whole = TcpStream::connect(address).await.expect("it listens");
        whole.write_all(request).await.expect("it reads");
        let mut first = [0; 17];
        whole.read_exact(&mut first).await.expect("it answers");

        assert_eq!(seen.len(), bytes, "{}", String::from_utf8_lossy(&seen));
        assert_eq!(first.as_slice(), b"HTTP/1.1 200 OK\r\n");
        server.abort();
    }
}

#[tokio::test]
async fn rules_are_read_strictly_and_a_wrong_one_changes_nothing() {
    let house = House::new();
    set(&house, r#"{"on":"token","do":"hold","skip":9}"#).await;

    let wrong = set(&house, r#"{"on":"token","do":"hold","stauts":500}"#).await;

    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.sentences("rules[0].stauts").concat().contains("is not known"), "{wrong:?}");
    assert_eq!(report(&house).await.rules.len(), 1);
}
