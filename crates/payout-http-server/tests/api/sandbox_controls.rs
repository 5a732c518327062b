//! The controls of a sandbox, and who may use them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use payout_http_server::Api;

use crate::call::Call;
use crate::house::House;

/// Every control, with a body that it takes.
fn controls() -> Vec<Call> {
    vec![
        deposit(),
        Call::post("/sandbox/faults", r#"{"fail_next":"blocked"}"#),
        Call::post(
            "/sandbox/returns",
            r#"{"return_payout":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"}"#,
        ),
        Call::post("/sandbox/delays", r#"{"execution_delay_ms":5}"#),
        Call::post("/sandbox/lifetimes", r#"{"key_window_seconds":5}"#),
        Call::post("/sandbox/clock", r#"{"advance_seconds":5}"#),
        Call::post("/sandbox/webhook", r#"{"url":"http://127.0.0.1:9/webhooks"}"#),
        Call::get("/sandbox/clock"),
        Call::get("/sandbox/faults"),
        Call::new("DELETE", "/sandbox/faults", ""),
        Call::new("PUT", "/sandbox/faults", r#"{"rules":[]}"#)
            .header("Content-Type", "application/json"),
    ]
}

fn deposit() -> Call {
    let body = r#"{"user_id":"sam","amount_in_minor":2000,"currency":"GBP"}"#;
    Call::post("/sandbox/deposits", body)
}

#[tokio::test]
async fn a_deposit_can_be_paid_back() {
    let house = House::new();

    let deposit = deposit().send(&house).await;

    assert_eq!(deposit.status, StatusCode::CREATED, "{deposit:?}");
    let [account, source] = ["merchant_account_id", "payment_source_id"]
        .map(|name| deposit.member(name).expect("it is told"));
    let body = format!(
        r#"{{"merchant_account_id":"{account}","amount_in_minor":1,"currency":"GBP","beneficiary":{{"type":"payment_source","payment_source_id":"{source}","user_id":"sam","reference":"WD-1"}}}}"#
    );
    let payout = Call::payout(&house, "key-1", &body).await.send(&house).await;
    assert_eq!(payout.status, StatusCode::ACCEPTED, "{payout:?}");
}

#[tokio::test]
async fn a_planned_fault_fails_the_next_payout() {
    let house = House::new();
    let body = house.paid_in().await.order();

    let planned =
        Call::post("/sandbox/faults", r#"{"fail_next":"scheme_error"}"#).send(&house).await;

    assert_eq!((planned.status, planned.body.as_str()), (StatusCode::OK, "{}"));
    let accepted = Call::payout(&house, "key-1", &body).await.send(&house).await;
    house.work().await;
    let (id, token) = (accepted.member("id").expect("it was"), house.token("acme").await);
    let shown = Call::get(&format!("/v3/payouts/{id}")).bearer(&token).send(&house).await;
    assert_eq!(shown.member("failure_reason").as_deref(), Some("scheme_error"), "{shown:?}");
}

#[tokio::test]
async fn only_an_executed_payout_comes_back_and_only_once() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let accepted = Call::payout(&house, "key-1", &body).await.send(&house).await;
    let id = accepted.member("id").expect("it was accepted");
    let back = Call::post("/sandbox/returns", &format!(r#"{{"return_payout":"{id}"}}"#));

    let too_early = back.clone().send(&house).await;
    house.work().await;
    let in_time = back.clone().send(&house).await;
    let again = back.send(&house).await;

    assert_eq!(too_early.problem().title, "Invalid State");
    assert_eq!(in_time.status, StatusCode::OK, "{in_time:?}");
    assert_eq!(again.problem().title, "Invalid State");
    let token = house.token("acme").await;
    let shown = Call::get(&format!("/v3/payouts/{id}")).bearer(&token).send(&house).await;
    assert_eq!(shown.member("failure_reason").as_deref(), Some("returned"), "{shown:?}");
    assert!(shown.member("executed_at").is_some(), "{shown:?}");
}

#[tokio::test]
async fn a_delay_that_is_not_said_stays_as_it_was() {
    let house = House::new();

    Call::post("/sandbox/delays", r#"{"settlement_delay_ms":7000}"#).send(&house).await;
    Call::post("/sandbox/delays", r#"{"execution_delay_ms":9000}"#).send(&house).await;

    let delays = house.bank.delays();
    assert_eq!(delays.settlement.as_millis(), 7000);
    assert_eq!((delays.authorization + delays.execution).as_millis(), 9000);
}

#[tokio::test]
async fn a_token_lives_as_long_as_was_said_when_it_was_issued() {
    let house = House::new();
    let early = house.token("acme").await;

    let set = Call::post("/sandbox/lifetimes", r#"{"token_life_seconds":20}"#).send(&house).await;
    let late = house.token("acme").await;
    Call::post("/sandbox/clock", r#"{"advance_seconds":20}"#).send(&house).await;

    assert_eq!((set.status, set.body.as_str()), (StatusCode::OK, "{}"));
    let list = async |token: &str| Call::get("/v3/payouts").bearer(token).send(&house).await;
    assert_eq!(list(&early).await.status, StatusCode::OK);
    let expired = list(&late).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    assert!(expired.body.contains("ExpiredSignature"), "{expired:?}");
}

#[tokio::test]
async fn a_key_is_forgotten_after_the_window_that_was_said() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let first = Call::payout(&house, "key-1", &body).await.send(&house).await;

    Call::post("/sandbox/lifetimes", r#"{"key_window_seconds":30}"#).send(&house).await;
    Call::post("/sandbox/lifetimes", r#"{"token_life_seconds":3600}"#).send(&house).await;
    Call::post("/sandbox/clock", r#"{"advance_seconds":29}"#).send(&house).await;
    let within = Call::payout(&house, "key-1", &body).await.send(&house).await;
    Call::post("/sandbox/clock", r#"{"advance_seconds":2}"#).send(&house).await;
    let after = Call::payout(&house, "key-1", &body).await.send(&house).await;

    assert_eq!(within.member("id"), first.member("id"));
    assert_eq!(after.status, StatusCode::ACCEPTED, "{after:?}");
    assert_ne!(
        after.member("id"),
        first.member("id"),
        "it is another payout: the key is forgotten"
    );
}

#[tokio::test]
async fn the_clock_tells_and_moves() {
    let house = House::new();

    let before = Call::get("/sandbox/clock").send(&house).await;
    let moved = Call::post("/sandbox/clock", r#"{"advance_seconds":3600}"#).send(&house).await;
    let after = Call::get("/sandbox/clock").send(&house).await;
    let too_far =
        Call::post("/sandbox/clock", r#"{"advance_seconds":31622401}"#).send(&house).await;

    assert_eq!(before.body, r#"{"now":"2026-03-02T09:14:07.412093Z"}"#);
    assert_eq!(moved.body, r#"{"now":"2026-03-02T10:14:07.412093Z"}"#);
    assert_eq!(after.body, moved.body);
    assert_eq!(too_far.sentences("advance_seconds").len(), 1);
}

#[tokio::test]
async fn webhooks_go_where_they_are_pointed() {
    let pointed: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&pointed);
    let house = House::with(|api: &mut Api| {
        let sandbox = api.sandbox.as_mut().expect("the house is a sandbox");
        sandbox.point_webhooks = Some(Arc::new(move |url: &str| {
            if url.ends_with("/bad") {
                return Err("leads nowhere".to_owned());
            }
            seen.lock().expect("no test panics here").push(url.to_owned());
            Ok(())
        }));
    });

    let good = Call::post("/sandbox/webhook", r#"{"url":"http://127.0.0.1:9/good"}"#);
    let bad = Call::post("/sandbox/webhook", r#"{"url":"http://127.0.0.1:9/bad"}"#);

    assert_eq!(good.send(&house).await.status, StatusCode::OK);
    assert_eq!(bad.send(&house).await.sentences("url"), ["leads nowhere"]);
    assert_eq!(*pointed.lock().expect("no test panics here"), ["http://127.0.0.1:9/good"]);
}

#[tokio::test]
async fn a_deposit_that_cannot_be_made_names_its_place() {
    let house = House::new();
    let pounds = house.paid_in().await.merchant_account;
    let nobody = "00000000-0000-4000-8000-000000000001";
    let start = r#"{"user_id":"sam","amount_in_minor":"#;

    for (body, path) in [
        (format!(r#"{start}0,"currency":"GBP"}}"#), "amount_in_minor"),
        (format!(r#"{start}1,"currency":"PLN"}}"#), "currency"),
        (format!(r#"{start}1,"currency":"EUR","merchant_account_id":"{pounds}"}}"#), "currency"),
        (
            format!(r#"{start}1,"currency":"GBP","merchant_account_id":"{nobody}"}}"#),
            "merchant_account_id",
        ),
        (
            format!(
                r#"{start}1,"currency":"EUR","account_identifier":{{"type":"sort_code_account_number","sort_code":"040668","account_number":"00004417"}}}}"#
            ),
            "account_identifier",
        ),
    ] {
        let answer = Call::post("/sandbox/deposits", &body).send(&house).await;

        assert_eq!(answer.problem().status, 400, "{body}");
        assert_eq!(answer.sentences(path).len(), 1, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn another_machine_steers_nothing() {
    let house = House::new();
    let strangers: [Option<SocketAddr>; 4] = [
        None,
        Some(([192, 168, 1, 7], 40_000).into()),
        Some(([0, 0, 0, 0], 40_000).into()),
        Some("[::ffff:10.0.0.1]:40000".parse().expect("it is an address")),
    ];

    for control in controls() {
        for stranger in strangers {
            let answer = control.clone().sent_by(stranger).send(&house).await;

            assert_eq!(answer.problem().title, "Forbidden", "{} {stranger:?}", control.path);
        }
    }
    let clock = Call::get("/sandbox/clock").send(&house).await;
    assert_eq!(clock.body, r#"{"now":"2026-03-02T09:14:07.412093Z"}"#);
}

#[tokio::test]
async fn this_machine_steers_by_every_address_that_it_has() {
    let house = House::new();

    for peer in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        let peer = peer.parse().expect("it is an address");
        let answer = Call::get("/sandbox/clock").sent_by(Some(peer)).send(&house).await;

        assert_eq!(answer.status, StatusCode::OK, "{peer}");
    }
}

#[tokio::test]
async fn no_web_page_and_no_proxy_steers_anything() {
    let house = House::new();

    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:9080"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1"),
        ("Via", "1.1 proxy"),
    ] {
        for control in controls() {
            let answer = control.clone().header(name, value).send(&house).await;

            assert_eq!(answer.problem().title, "Forbidden", "{} {name}: {value}", control.path);
        }
    }
    let typed = Call::get("/sandbox/clock").header("Sec-Fetch-Site", "none").send(&house).await;
    assert_eq!(typed.status, StatusCode::OK);
}

#[tokio::test]
async fn a_control_takes_json_only_so_that_no_form_of_a_web_page_fits() {
    let house = House::new();

    for control in controls().into_iter().filter(|control| control.method == "POST") {
        let plain = control.clone().without("Content-Type").header("Content-Type", "text/plain");

        assert_eq!(plain.send(&house).await.problem().status, 415, "{}", control.path);
    }
}

#[tokio::test]
async fn a_service_has_no_controls() {
    let house = House::with(|api: &mut Api| api.sandbox = None);

    for control in controls() {
        assert_eq!(control.clone().send(&house).await.problem().status, 404, "{}", control.path);
    }
}
