//! What the provider's own client libraries do, and nobody else would.

use http::StatusCode;

use crate::call::Call;
use crate::house::{ACME_KEY, House};

#[tokio::test]
async fn a_get_may_carry_a_body_a_media_type_and_an_idempotency_key() {
    let house = House::new();
    let token = house.token("acme").await;

    let answer = Call::new("GET", "/v3/merchant-accounts", "[]")
        .bearer(&token)
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", "7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c")
        .header("TL-Agent", "truelayer-php/2.0.0 (PHP 8.3)")
        .header("tl-enable-pagination", "true")
        .send(&house)
        .await;

    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}

#[tokio::test]
async fn a_token_request_may_carry_an_idempotency_key_and_a_charset() {
    let house = House::new();
    let body = r#"{"grant_type":"client_credentials","client_id":"acme","client_secret":"secret of acme","scope":"payments"}"#;

    let answer = Call::new("POST", "/connect/token", body)
        .header("Content-Type", "application/json; charset=UTF-8")
        .header("Idempotency-Key", "7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c")
        .header("TL-Agent", "truelayer-java/17.6.0")
        .send(&house)
        .await;

    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}

#[tokio::test]
async fn a_write_may_name_a_charset_and_sign_more_headers_in_any_case() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let token = house.token("acme").await;
    let call = Call::new("POST", "/payouts", &body)
        .bearer(&token)
        .header("Content-Type", "application/json; charset=UTF-8")
        .header("Idempotency-Key", "test-idempotency-key")
        .header("TL-Agent", "truelayer-php/2.0.0");

    for covered in [
        &["idempotency-key"][..],
        &["Idempotency-Key"],
        &["TL-Agent", "Idempotency-Key", "content-type"],
    ] {
        let answer = call.clone().signed_over(&ACME_KEY, covered, None).send(&house).await;

        assert_eq!(answer.status, StatusCode::ACCEPTED, "{covered:?}: {answer:?}");
    }
}

#[tokio::test]
async fn every_way_in_which_a_client_writes_a_time_is_read() {
    let house = House::new();
    let account = house.paid_in().await.merchant_account;
    let token = house.token("acme").await;

    for (from, to) in [
        // Java
        ("2026-03-01T00:00:00%2B01:00", "2026-03-03T00:00:00%2B01:00"),
        ("2026-03-01T00:00:00+01:00", "2026-03-03T00:00:00+01:00"),
        // Rust
        ("2026-03-01T00:00:00.000Z", "2026-03-03T00:00:00.000Z"),
        // .NET, which writes the month where the minutes belong
        ("2026-03-01T00:03:00Z", "2026-03-03T00:03:00Z"),
        // PHP
        ("2026-03-01T00%3A00%3A00.000000Z", "2026-03-03T00%3A00%3A00.000000Z"),
    ] {
        let path =
            format!("/merchant-accounts/{account}/transactions?from={from}&to={to}&type=payment");
        let answer =
            Call::get(&path).bearer(&token).header("tl-use-pagination", "True").send(&house).await;

        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        assert!(answer.body.contains("merchant_account_payment"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn no_answer_holds_a_null() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let accepted = Call::payout(&house, "key-1", &paid_in.order()).await.send(&house).await;
    let id = accepted.member("id").expect("it was accepted");
    house.work().await;
    let token = house.token("acme").await;
    let account = &paid_in.merchant_account;

    for path in [
        "/v3/payouts".to_owned(),
        format!("/v3/payouts/{id}"),
        format!("/v3/payouts/{id}/history"),
        "/v3/merchant-accounts".to_owned(),
        format!(
            "/v3/merchant-accounts/{account}/transactions?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z"
        ),
        format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam"),
        format!("/v3/payments/{}", paid_in.payment),
        "/v3/payouts/no-id".to_owned(),
    ] {
        let answer = Call::get(&path).bearer(&token).send(&house).await;

        assert!(!answer.body.contains("null"), "{path}: {answer:?}");
        assert!(answer.body.len() > 2, "{path}: {answer:?}");
    }
}
