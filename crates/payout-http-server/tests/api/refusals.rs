//! What is wrong with an order, with the place to change.

use http::StatusCode;
use payout_domain::{Money, PayoutRules};
use payout_http_server::Api;

use crate::call::{Answer, Call};
use crate::house::House;

async fn refused(house: &House, body: &str) -> Answer {
    let answer = Call::payout(house, "key-1", body).await.send(house).await;
    assert_eq!(answer.problem().title, "Invalid Parameters", "{body}");
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    answer
}

#[tokio::test]
async fn each_refusal_names_its_place_in_the_body() {
    let house = House::with(|api: &mut Api| {
        api.request_payout.rules = PayoutRules {
            limits: vec!["50.00 GBP".parse::<Money>().expect("it is an amount")],
            strict_references: true,
            ..PayoutRules::default()
        };
    });
    let paid_in = house.paid_in().await;
    let good = paid_in.order();
    let nobody = "00000000-0000-4000-8000-000000000001";

    for (body, path, words) in [
        (good.replace("1250", "0"), "amount_in_minor", "at least 1 minor unit"),
        (good.replace("1250", "5001"), "amount_in_minor", "above the limit of 50.00 GBP"),
        (good.replace("GBP", "EUR"), "currency", "EUR cannot be paid from a merchant account"),
        (
            good.replace(&paid_in.merchant_account, nobody),
            "merchant_account_id",
            "no merchant account of yours has this id",
        ),
        (
            good.replace(&paid_in.payment_source, nobody),
            "beneficiary.payment_source_id",
            "this user has no payment source with this id",
        ),
        (
            good.replace(r#""user_id":"sam""#, r#""user_id":"eve""#),
            "beneficiary.payment_source_id",
            "this user has no payment source with this id",
        ),
        (
            good.replace("WD-20417", "more than eighteen characters"),
            "beneficiary.reference",
            "18",
        ),
        (
            good.replace(
                r#","metadata""#,
                r#","scheme_selection":{"type":"preselected","scheme_id":"sepa_credit_transfer"},"metadata""#,
            ),
            "scheme_selection",
            "does not reach this account",
        ),
    ] {
        let answer = refused(&house, &body).await;

        let sentences = answer.sentences(path);
        assert!(sentences.iter().any(|s| s.contains(words)), "{path} {words}: {answer:?}");
    }
}

#[tokio::test]
async fn an_account_that_has_paid_in_elsewhere_is_not_paid_from_here() {
    let house = House::new();
    let pounds = house.paid_in().await;
    let euros = house.deposit("sam", "20.00 EUR", None).await;
    let body = pounds.order().replace(&pounds.merchant_account, &euros.merchant_account);

    let answer = refused(&house, &body).await;

    let sentences = answer.sentences("beneficiary.payment_source_id");
    assert!(sentences.iter().any(|s| s.contains("has paid in")), "{answer:?}");
    assert!(!answer.sentences("currency").is_empty(), "{answer:?}");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_names_every_place() {
    let house = House::new();
    let good = house.paid_in().await.order();

    for (body, path) in [
        (String::new(), "body"),
        ("[]".to_owned(), "body"),
        ("{".to_owned(), "body"),
        (good.replace("payment_source\"", "business_account\""), "beneficiary.type"),
        (good.replace("payment_source\"", "external_account\""), "beneficiary.payment_source_id"),
        (good.replace("1250", "12.5"), "amount_in_minor"),
        (good.replace("1250", "\"1250\""), "amount_in_minor"),
        (good.replace("1250", "-1"), "amount_in_minor"),
        (good.replace("\"currency\"", "\"amount_in_minor\":1,\"currency\""), "amount_in_minor"),
        (good.replace("GBP", "XAU"), "currency"),
    ] {
        let answer = refused(&house, &body).await;

        assert!(!answer.sentences(path).is_empty(), "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_not_read() {
    let house = House::new();
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await;

    let text = call.clone().without("Content-Type").header("Content-Type", "text/plain");
    let nothing = call.without("Content-Type");

    assert_eq!(text.send(&house).await.problem().status, 415);
    assert_eq!(nothing.send(&house).await.problem().status, 415);
}
