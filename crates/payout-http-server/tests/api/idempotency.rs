//! The same request always gets the same answer.

use std::time::Duration;

use http::StatusCode;
use payout_domain::FailureReason;
use payout_ports::MovableClock;

use crate::call::Call;
use crate::house::{ACME_KEY, BETS_KEY, House};

#[tokio::test]
async fn the_same_request_gets_the_same_payout_under_a_new_signature_and_a_new_token() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let first = Call::payout(&house, "key-1", &body).await.send(&house).await;
    house.clock.advance(Duration::from_mins(10));

    let again = Call::payout(&house, "key-1", &body).await.send(&house).await;

    assert_eq!(first.status, StatusCode::ACCEPTED, "{first:?}");
    assert_eq!((again.status, again.body), (first.status, first.body));
}

#[tokio::test]
async fn both_spellings_of_a_path_are_one_request() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await;
    let first = call.clone().send(&house).await;

    for path in ["/payouts", "/payouts/", "/v3/payouts/"] {
        let again = call.clone().path(path).signed(&ACME_KEY).send(&house).await;

        assert_eq!(again.body, first.body, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_at_once_are_one_payout() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (call, router) = (call.clone().signed(&ACME_KEY), house.router.clone());
            tokio::spawn(async move { call.send_to(&router).await })
        })
        .collect();

    let mut bodies = Vec::new();
    for call in calls {
        let answer = call.await.expect("no call panics");
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        bodies.push(answer.body);
    }

    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let token = house.token("acme").await;
    let list = Call::get("/v3/payouts").bearer(&token).send(&house).await;
    assert_eq!(list.body.matches(r#""status":"#).count(), 1, "{list:?}");
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused_in_the_words_that_a_client_compares() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let call = Call::payout(&house, "key-1", &paid_in.order()).await;
    let first = call.clone().send(&house).await;

    for other in [paid_in.order_of(1251, "GBP", "WD-20417"), "{}".to_owned(), String::new()] {
        let answer = call.clone().body(&other).signed(&ACME_KEY).send(&house).await;

        let problem = answer.problem();
        assert_eq!((problem.status, problem.title.as_str()), (422, "Idempotency-Key Reuse"));
        assert_eq!(
            problem.type_uri,
            "https://docs.truelayer.com/docs/error-types#idempotency-key-reuse"
        );
        assert_eq!(
            problem.detail,
            "The Idempotency-Key value has already been used for a different request."
        );
        assert_eq!(answer.header("tl-should-retry"), Some("false"));
    }
    assert_eq!(call.send(&house).await.body, first.body);
}

#[tokio::test]
async fn a_request_that_was_accepted_is_answered_the_same_after_its_payout_has_failed() {
    let house = House::new();
    let body = house.paid_in().await.order();
    house.fail_next(FailureReason::Blocked).await;
    let first = Call::payout(&house, "key-1", &body).await.send(&house).await;
    let id = first.member("id").expect("it was accepted");
    house.work().await;
    let token = house.token("acme").await;
    let shown = Call::get(&format!("/v3/payouts/{id}")).bearer(&token).send(&house).await;

    let again = Call::payout(&house, "key-1", &body).await.send(&house).await;

    assert_eq!(shown.member("failure_reason").as_deref(), Some("blocked"), "{shown:?}");
    assert_eq!((again.status, again.body), (StatusCode::ACCEPTED, first.body));
}

#[tokio::test]
async fn a_refusal_does_not_use_the_key_up() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let refused = Call::payout(&house, "key-1", &paid_in.order_of(1250, "EUR", "WD")).await;
    assert_eq!(refused.send(&house).await.status, StatusCode::BAD_REQUEST);

    let accepted = Call::payout(&house, "key-1", &paid_in.order()).await.send(&house).await;

    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
}

#[tokio::test]
async fn two_clients_use_the_same_key_for_two_payouts() {
    let house = House::new();
    let of_acme = Call::payout(&house, "key-1", &house.paid_in().await.order()).await;
    let euros = house.paid_in_to_bets().await.order_of(1250, "EUR", "WD-20417");
    let token = house.token("bets").await;
    let of_bets = Call::post("/v3/payouts", &euros)
        .bearer(&token)
        .header("Idempotency-Key", "key-1")
        .signed(&BETS_KEY);

    let (first, second) = (of_acme.send(&house).await, of_bets.send(&house).await);

    assert_eq!((first.status, second.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_ne!(first.body, second.body);
}
