//! Whole exchanges, to be read.

use expect_test::expect_file;
use payout_domain::FailureReason;

use crate::call::Call;
use crate::house::{ACME_KEY, House};

/// Sends a call and writes both sides down.
async fn record(house: &House, call: Call, text: &mut String) -> crate::call::Answer {
    let asked = call.as_text();
    let answer = call.send(house).await;
    if !text.is_empty() {
        text.push_str("\n================\n\n");
    }
    text.push_str(&asked);
    text.push_str("\n----------------\n\n");
    text.push_str(&answer.as_text());
    answer
}

#[tokio::test]
async fn golden_the_life_of_a_payout() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let mut text = String::new();
    let ask = r#"{"grant_type":"client_credentials","client_id":"acme","client_secret":"secret of acme","scope":"payments"}"#;
    let token = record(&house, Call::post("/connect/token", ask), &mut text).await;
    let token = token.member("access_token").expect("it was granted");
    let get = |path: String| Call::get(&path).bearer(&token);
    let account = &paid_in.merchant_account;

    record(&house, get("/v3/merchant-accounts".to_owned()), &mut text).await;
    let sources = format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam");
    record(&house, get(sources), &mut text).await;
    record(&house, get(format!("/v3/payments/{}", paid_in.payment)), &mut text).await;
    let create = Call::post("/v3/payouts", &paid_in.order())
        .bearer(&token)
        .header("Idempotency-Key", "7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c")
        .signed(&ACME_KEY);
    let created = record(&house, create, &mut text).await;
    let id = created.member("id").expect("it was accepted");
    record(&house, get(format!("/v3/payouts/{id}")), &mut text).await;
    house.work().await;
    record(&house, get(format!("/v3/payouts/{id}")), &mut text).await;
    record(&house, get(format!("/v3/payouts/{id}/history")), &mut text).await;
    let times = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";
    let transactions = format!("/v3/merchant-accounts/{account}/transactions?{times}");
    record(&house, get(transactions), &mut text).await;

    expect_file!["golden/life_of_a_payout.txt"].assert_eq(&text);
}

#[tokio::test]
async fn golden_a_payout_that_failed_and_one_that_came_back() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let token = house.token("acme").await;
    let mut text = String::new();
    house.fail_next(FailureReason::InsufficientFunds).await;
    let failed = Call::payout(&house, "key-1", &paid_in.order()).await.send(&house).await;
    house.work().await;
    let returned = Call::payout(&house, "key-2", &paid_in.order()).await.send(&house).await;
    house.work().await;
    let [failed, returned] =
        [failed, returned].map(|answer| answer.member("id").expect("it was accepted"));
    let back = format!(r#"{{"return_payout":"{returned}"}}"#);

    let failed = Call::get(&format!("/v3/payouts/{failed}")).bearer(&token);
    record(&house, failed, &mut text).await;
    record(&house, Call::post("/sandbox/returns", &back), &mut text).await;
    let returned = Call::get(&format!("/v3/payouts/{returned}")).bearer(&token);
    record(&house, returned, &mut text).await;

    expect_file!["golden/failed_and_returned.txt"].assert_eq(&text);
}

#[tokio::test]
async fn golden_what_is_refused() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let mut text = String::new();
    let good = Call::payout(&house, "key-1", &paid_in.order()).await;
    good.clone().send(&house).await;
    let token = house.token("watcher").await;

    record(&house, good.clone().without("Authorization"), &mut text).await;
    let other_audience = good.clone().without("Authorization").bearer(&token);
    record(&house, other_audience, &mut text).await;
    record(&house, good.clone().without("Tl-Signature"), &mut text).await;
    record(&house, good.clone().without("Idempotency-Key"), &mut text).await;
    let reused = good.clone().body(&paid_in.order_of(1251, "GBP", "WD-20417")).signed(&ACME_KEY);
    record(&house, reused, &mut text).await;
    let euros = paid_in.order_of(0, "EUR", "WD-20417 for the second time");
    record(&house, Call::payout(&house, "key-2", &euros).await, &mut text).await;
    let euros = paid_in.order_of(1250, "EUR", "WD-20417 for the second time");
    record(&house, Call::payout(&house, "key-3", &euros).await, &mut text).await;
    record(&house, Call::new("DELETE", "/v3/payouts", ""), &mut text).await;

    expect_file!["golden/refused.txt"].assert_eq(&text);
}
