//! The forms in which the provider's own clients write what means the same.

use http::StatusCode;

use crate::call::{Answer, Call};
use crate::house::{ACME_KEY, House, PaidIn};
use crate::payments::{at_the_bank, log_in, merchant_account, order, read, write};

/// A payout, sent with one thing changed about its head.
async fn payout_with(house: &House, key: &str, body: &str, media_type: &str) -> Answer {
    let token = house.token("acme").await;
    Call::new("POST", "/payouts", body)
        .bearer(&token)
        .header("Content-Type", media_type)
        .header("Idempotency-Key", key)
        .signed(&ACME_KEY)
        .send(house)
        .await
}

/// Everything that a client reads, of a house in which there is one of each.
async fn every_read(house: &House, paid_in: &PaidIn) -> Vec<String> {
    let made = at_the_bank(house).await;
    log_in(house, &made, "test_executed").await;
    let refunds = format!("/v3/payments/{}/refunds", paid_in.payment);
    let refund = write(house, &refunds, "refund-1", r#"{"reference":"back"}"#).await;
    let payout = write(house, "/v3/payouts", "payout-1", &paid_in.order()).await;
    let [refund, payout] = [refund, payout].map(|answer| answer.member("id").expect("accepted"));
    let account = &paid_in.merchant_account;
    vec![
        "/v3/payouts".to_owned(),
        format!("/v3/payouts/{payout}"),
        "/v3/merchant-accounts".to_owned(),
        format!("/v3/merchant-accounts/{account}"),
        format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam"),
        format!(
            "/v3/merchant-accounts/{account}/transactions?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z"
        ),
        format!("/v3/payments/{}", paid_in.payment),
        format!("/v3/payments/{made}"),
        refunds.clone(),
        format!("{refunds}/{refund}"),
    ]
}

#[tokio::test]
async fn every_read_may_have_a_body_a_key_and_a_media_type_and_answers_the_same() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let token = house.token("acme").await;

    for path in every_read(&house, &paid_in).await {
        let plain = read(&house, &path).await;
        let laden = Call::new("GET", &path, "[]")
            .bearer(&token)
            .header("Content-Type", "application/json")
            .header("Content-Length", "2")
            .header("Idempotency-Key", "60ba7c42-9b3b-11ee-b9d1-0242ac120002")
            .header("TL-Agent", "truelayer-php/2.0.0")
            .send(&house)
            .await;

        assert_eq!(plain.status, StatusCode::OK, "{path}: {plain:?}");
        assert_eq!((laden.status, laden.body), (plain.status, plain.body), "{path}");
        assert!(laden.headers.contains_key("tl-trace-id"), "{path}");
    }
}

#[tokio::test]
async fn nothing_that_is_read_holds_a_null() {
    let house = House::new();
    let paid_in = house.paid_in().await;

    for path in every_read(&house, &paid_in).await {
        let answer = read(&house, &path).await;

        assert!(!answer.body.contains("null"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_media_type_may_name_its_charset_in_any_spelling() {
    let house = House::new();
    let paid_in = house.paid_in().await;

    for (number, media_type) in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json;charset=UTF-8",
        "Application/JSON; Charset=\"utf-8\"",
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("key-{number}");
        let answer = payout_with(&house, &key, &paid_in.order(), media_type).await;

        assert_eq!(answer.status, StatusCode::ACCEPTED, "{media_type}: {answer:?}");
    }
}

#[tokio::test]
async fn an_explicit_null_is_an_absent_member_wherever_one_may_be_absent() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let payout = paid_in.order().replace(
        r#""metadata":{"withdrawal_id":"20417"}"#,
        r#""metadata":null,"scheme_selection":null,"sub_merchants":null"#,
    );
    let payout = payout.replace(r#""reference""#, r#""account_identifier":null,"reference""#);
    let payment =
        order(&house).await.replace(r#""metadata":{"order":"991"}"#, r#""metadata":null"#);
    let payment = payment.replace(r#""name":"Sam Example""#, r#""name":null,"date_of_birth":null"#);
    let payment = payment.replace(
        r#""filter":{"provider_ids":["mock-payments-gb-redirect"]}"#,
        r#""filter":null,"scheme_selection":null"#,
    );

    let paid_out = write(&house, "/v3/payouts", "key-1", &payout).await;
    let made = write(&house, "/v3/payments", "key-2", &payment).await;
    let id = made.member("id").expect("it was made");
    let flow = r#"{"provider_selection":{},"redirect":{"return_uri":"https://shop.example","direct_return_uri":null},"consent":null,"form":null}"#;
    let begun =
        write(&house, &format!("/v3/payments/{id}/authorization-flow"), "key-3", flow).await;
    let refund = r#"{"amount_in_minor":null,"reference":"back","metadata":null}"#;
    let refunds = format!("/v3/payments/{}/refunds", paid_in.payment);
    let refunded = write(&house, &refunds, "key-4", refund).await;

    for (answer, status) in [(paid_out, 202), (made, 201), (begun, 200), (refunded, 202)] {
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
    }
}

#[tokio::test]
async fn a_token_request_may_have_nulls_a_key_and_a_charset() {
    let house = House::new();
    for (media_type, body) in [
        (
            "application/json; charset=utf-8",
            r#"{"grant_type":"client_credentials","client_id":"acme","client_secret":"secret of acme","scope":null}"#,
        ),
        (
            "application/x-www-form-urlencoded; charset=utf-8",
            "grant_type=client_credentials&client_id=acme&client_secret=secret+of+acme",
        ),
    ] {
        let answer = Call::new("POST", "/connect/token", body)
            .header("Content-Type", media_type)
            .header("Idempotency-Key", "60ba7c42-9b3b-11ee-b9d1-0242ac120002")
            .send(&house)
            .await;

        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert!(answer.body.contains(r#""token_type":"Bearer""#), "{answer:?}");
        assert!(!answer.body.contains("refresh_token"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_key_is_whatever_visible_text_its_client_makes() {
    let house = House::new();
    let paid_in = house.paid_in().await;

    for key in [
        "60ba7c42-9b3b-11ee-b9d1-0242ac120002",
        "018F3D5C-8C1E-7B60-9F12-0A1B2C3D4E5F",
        "idemp-2076717c-9005-4811-a321-9e0787fa0382",
        "test-idempotency-key",
        "1",
        "order:42/try#1,{\"a\"}",
        "withdrawal 7 of May",
        &"k".repeat(255),
    ] {
        let answer = payout_with(&house, key, &paid_in.order(), "application/json").await;

        assert_eq!(answer.status, StatusCode::ACCEPTED, "{key}: {answer:?}");
    }
}

#[tokio::test]
async fn a_slash_and_any_letter_may_be_escaped_and_mean_themselves() {
    let house = House::new();
    let account = merchant_account(&house).await;
    let order = |name: &str, reference: &str| {
        format!(
            r#"{{"merchant_account_id":"{account}","amount_in_minor":1,"currency":"GBP","beneficiary":{{"type":"external_account","account_holder_name":"{name}","account_identifier":{{"type":"iban","iban":"GB33BUKB20201555555555"}},"reference":"{reference}"}},"metadata":{{"url":"https:\/\/shop.example\/1"}}}}"#
        )
    };

    let body = order(r"Z\u006fe M\u00fcller", r"A\/B");
    let accepted = write(&house, "/v3/payouts", "key-1", &body).await;

    let id = accepted.member("id").expect("it was accepted");
    let shown = read(&house, &format!("/v3/payouts/{id}")).await;
    assert_eq!(shown.member("account_holder_name").as_deref(), Some("Zoe Müller"), "{shown:?}");
    assert_eq!(shown.member("reference").as_deref(), Some("A/B"), "{shown:?}");
    assert_eq!(shown.member("url").as_deref(), Some("https://shop.example/1"), "{shown:?}");
}

#[tokio::test]
async fn a_header_may_be_signed_under_a_name_in_lower_case_on_every_write() {
    let house = House::new();
    let id = at_the_bank(&house).await;
    let paid_in = house.paid_in().await;
    let token = house.token("acme").await;

    for (number, (path, body, status)) in [
        ("/payouts".to_owned(), paid_in.order(), 202),
        ("/payments".to_owned(), order(&house).await, 201),
        (format!("/payments/{}/refunds", paid_in.payment), r#"{"reference":"r"}"#.to_owned(), 202),
        (format!("/payments/{id}/actions/cancel"), String::new(), 202),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = Call::post(&path, &body)
            .bearer(&token)
            .header("Idempotency-Key", &format!("lower-{number}"))
            .signed_over(&ACME_KEY, &["idempotency-key"], None)
            .send(&house)
            .await;

        assert_eq!(answer.status.as_u16(), status, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_repetition_is_signed_anew_and_gets_the_first_answer() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let order = order(&house).await;
    let refunds = format!("/v3/payments/{}/refunds", paid_in.payment);

    for (path, body) in [
        ("/v3/payouts", paid_in.order()),
        ("/v3/payments", order),
        (refunds.as_str(), r#"{"amount_in_minor":1,"reference":"r"}"#.to_owned()),
    ] {
        let token = house.token("acme").await;
        let call = Call::post(path, &body).bearer(&token).header("Idempotency-Key", path);
        let (first, second) = (call.clone().signed(&ACME_KEY), call.signed(&ACME_KEY));
        assert_ne!(first.headers, second.headers, "no two signatures are the same");

        let (first, second) = (first.send(&house).await, second.send(&house).await);

        assert!(first.status.is_success(), "{first:?}");
        assert_eq!((first.status, first.body), (second.status, second.body), "{path}");
    }
}

#[tokio::test]
async fn times_are_read_with_every_offset_and_precision() {
    let house = House::new();
    let account = house.paid_in().await.merchant_account;

    for (from, to) in [
        ("2026-03-02T09:14:07Z", "2026-03-02T09:14:07Z"),
        ("2026-03-02T09:14:07.000000Z", "2026-03-02T09:14:07.000001Z"),
        ("2026-03-02T10:14:07%2B01:00", "2026-03-02T04:14:07-05:00"),
        ("2026-03-02T09:14:07.4120930%2B00:00", "2026-03-02T09:14:07.412093000Z"),
    ] {
        let path = format!("/merchant-accounts/{account}/transactions?from={from}&to={to}");
        let answer = read(&house, &path).await;

        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        assert!(answer.body.contains("settled_at"), "{path}: {answer:?}");
    }
}
