//! Payouts that are no closed loop: a sandbox makes some, a service none.

use std::time::Duration;

use http::StatusCode;

use crate::house::House;
use crate::payments::{merchant_account, pass, read, told, write};

#[tokio::test]
async fn a_payout_to_any_account_is_made_by_a_sandbox_and_by_nothing_else() {
    let house = House::new();
    let account = merchant_account(&house).await;
    let order = format!(
        r#"{{"merchant_account_id":"{account}","amount_in_minor":1250,"currency":"GBP","beneficiary":{{"type":"external_account","account_holder_name":"Kim Example","account_identifier":{{"type":"iban","iban":"GB33BUKB20201555555555"}},"reference":"Test reference","date_of_birth":"1990-01-31","address":null}},"metadata":{{"a":"b"}}}}"#
    );

    let accepted = write(&house, "/payouts", "out-1", &order).await;
    let again = write(&house, "/payouts", "out-1", &order).await;
    let service = House::with(|api| api.sandbox = None);
    let refused = write(&service, "/payouts", "out-1", &order).await;

    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
    assert_eq!(accepted.body, again.body);
    assert!(refused.sentences("beneficiary.type").concat().contains("closed loop"), "{refused:?}");
    pass(&house, Duration::from_secs(1)).await;
    let id = accepted.member("id").expect("it was accepted");
    let shown = read(&house, &format!("/v3/payouts/{id}")).await;
    assert_eq!(shown.member("status").as_deref(), Some("executed"), "{shown:?}");
    for part in [
        r#""account_identifier":{"type":"iban","iban":"GB33BUKB20201555555555"}"#,
        r#""account_identifiers":[{"type":"sort_code_account_number","#,
        r#""beneficiary":{"type":"external_account","reference":"Test reference""#,
        r#""scheme_id":"faster_payments_service""#,
        "authorized_at",
        "executed_at",
    ] {
        assert!(shown.body.contains(part), "{part}: {shown:?}");
    }
    let accounts = read(&house, "/v3/merchant-accounts").await;
    assert!(accounts.body.contains(r#""current_balance_in_minor":99998750"#), "{accounts:?}");
    assert_eq!(told(&house).await.len(), 1);
}

#[tokio::test]
async fn other_beneficiaries_are_refused_everywhere() {
    for house in [House::new(), House::with(|api| api.sandbox = None)] {
        let paid_in = house.paid_in().await;
        for kind in ["business_account", "user_determined"] {
            let order = paid_in.order().replace("payment_source\",", &format!("{kind}\","));

            let answer = write(&house, "/v3/payouts", "out-1", &order).await;

            let said = answer.sentences("beneficiary.type").concat();
            assert!(said.contains("closed loop"), "{kind}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_key_serves_one_payout_of_either_kind() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    let open = format!(
        r#"{{"merchant_account_id":"{}","amount_in_minor":1,"currency":"GBP","beneficiary":{{"type":"external_account","account_holder_name":"Kim","account_identifier":{{"type":"sort_code_account_number","sort_code":"040668","account_number":"00004417"}},"reference":"r"}}}}"#,
        paid_in.merchant_account
    );

    write(&house, "/v3/payouts", "open", &open).await;
    let closed = write(&house, "/v3/payouts", "open", &paid_in.order()).await;
    write(&house, "/v3/payouts", "closed", &paid_in.order()).await;
    let opened = write(&house, "/v3/payouts", "closed", &open).await;

    assert_eq!(closed.problem().title, "Idempotency-Key Reuse", "{closed:?}");
    assert_eq!(opened.problem().title, "Idempotency-Key Reuse", "{opened:?}");
}
