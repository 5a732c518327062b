//! Refunds of payments in a sandbox.

use std::time::Duration;

use http::StatusCode;
use payout_domain::FailureReason;
use payout_ports::SandboxBank as _;
use payout_service::SandboxDelays;
use proptest::prelude::*;

use crate::house::House;
use crate::payments::{at_the_bank, log_in, merchant_account, pass, read, told, write};

#[tokio::test]
async fn a_refund_takes_from_what_is_left_of_its_payment_and_is_told() {
    let house = House::new();
    let id = at_the_bank(&house).await;
    log_in(&house, &id, "test_executed").await;
    pass(&house, Duration::ZERO).await;
    let path = format!("/v3/payments/{id}/refunds");
    let before = read(&house, "/v3/merchant-accounts").await;

    let part = write(
        &house,
        &path,
        "r-1",
        r#"{"amount_in_minor":500,"reference":"part","metadata":{"a":"b"}}"#,
    )
    .await;
    let too_much =
        write(&house, &path, "r-2", r#"{"amount_in_minor":1501,"reference":"much"}"#).await;
    let rest = write(&house, &path, "r-3", r#"{"reference":"rest"}"#).await;
    let nothing = write(&house, &path, "r-4", r#"{"reference":"none"}"#).await;

    pass(&house, Duration::from_secs(1)).await;
    assert_eq!(part.status, StatusCode::ACCEPTED, "{part:?}");
    assert!(too_much.sentences("amount_in_minor").concat().contains("15.00 GBP"), "{too_much:?}");
    assert!(nothing.sentences("amount_in_minor").concat().contains("refunded already"));
    let part = part.member("id").expect("it was accepted");
    let shown = read(&house, &format!("{path}/{part}")).await;
    assert_eq!(shown.member("status").as_deref(), Some("executed"), "{shown:?}");
    assert!(shown.body.contains(
        r#""amount_in_minor":500,"currency":"GBP","reference":"part","metadata":{"a":"b"}"#
    ));
    let listed = read(&house, &path).await;
    let rest = rest.member("id").expect("it was accepted");
    assert!(listed.body.contains(&part) && listed.body.contains(&rest), "{listed:?}");
    let after = read(&house, "/v3/merchant-accounts").await;
    assert!(before.body.contains(r#""current_balance_in_minor":100002000"#), "{before:?}");
    assert!(
        after.body.contains(
            r#""available_balance_in_minor":100000000,"current_balance_in_minor":100000000"#
        ),
        "{after:?}"
    );
    assert_eq!(told(&house).await.len(), 3, "one payment, two refunds");
    let account = merchant_account(&house).await;
    let movements = read(&house, &format!("/v3/merchant-accounts/{account}/transactions?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z")).await;
    assert_eq!(movements.body.matches(r#""type":"refund""#).count(), 2, "{movements:?}");
    assert!(
        movements.body.contains(&format!(r#""refund_id":"{part}","payment_id":"{id}""#)),
        "{movements:?}"
    );
}

#[tokio::test]
async fn a_refund_waits_for_the_money_and_fails_if_it_never_comes() {
    for (login, status) in [("test_executed", "executed"), ("test_execution_rejected", "failed")] {
        let house = House::new();
        let delays =
            SandboxDelays { settlement: Duration::from_secs(10), ..SandboxDelays::default() };
        house.bank.set_delays(delays).await.expect("memory does not fail");
        let id = at_the_bank(&house).await;
        let path = format!("/v3/payments/{id}/refunds");
        let early = write(&house, &path, "r-0", r#"{"reference":"early"}"#).await;
        log_in(&house, &id, login).await;

        let refund = write(&house, &path, "r-1", r#"{"reference":"back"}"#).await;

        assert_eq!(early.problem().title, "Invalid State", "{early:?}");
        let refund = refund.member("id").expect("it was accepted");
        let one = format!("{path}/{refund}");
        assert_eq!(read(&house, &one).await.member("status").as_deref(), Some("pending"));
        pass(&house, Duration::from_secs(10)).await;
        pass(&house, Duration::from_secs(1)).await;
        let shown = read(&house, &one).await;
        assert_eq!(shown.member("status").as_deref(), Some(status), "{shown:?}");
    }
}

#[tokio::test]
async fn a_planned_failure_fails_a_refund_and_gives_the_money_back() {
    let house = House::new();
    let paid_in = house.paid_in().await;
    house.fail_next(FailureReason::SchemeError).await;

    let path = format!("/v3/payments/{}/refunds", paid_in.payment);
    let refund = write(&house, &path, "r-1", r#"{"reference":"back"}"#).await;

    pass(&house, Duration::from_secs(1)).await;
    let refund = refund.member("id").expect("it was accepted");
    let shown = read(&house, &format!("{path}/{refund}")).await;
    assert_eq!(shown.member("failure_reason").as_deref(), Some("scheme_error"), "{shown:?}");
    let account = read(&house, "/v3/merchant-accounts").await;
    assert!(account.body.contains(r#""available_balance_in_minor":100002000"#), "{account:?}");
    let again = write(&house, &path, "r-2", r#"{"reference":"back"}"#).await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "a refund that failed takes nothing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is refunded, of what has not failed there is never more than the payment, and the
    /// merchant account has lost exactly that.
    #[test]
    fn refunds_are_together_never_more_than_their_payment(parts in proptest::collection::vec(1_u64..1200, 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("the test runs alone").block_on(async {
            let house = House::new();
            let paid_in = house.paid_in().await;
            let path = format!("/v3/payments/{}/refunds", paid_in.payment);
            let mut left = 2000_u64;
            for (number, part) in parts.iter().enumerate() {
                let body = format!(r#"{{"amount_in_minor":{part},"reference":"back"}}"#);

                let answer = write(&house, &path, &format!("r-{number}"), &body).await;

                assert_eq!(answer.status == StatusCode::ACCEPTED, *part <= left, "{left}: {answer:?}");
                if *part <= left {
                    left = left.saturating_sub(*part);
                }
            }
            pass(&house, Duration::from_secs(1)).await;
            let balance = 100_000_000_u64.saturating_add(left);
            let accounts = read(&house, "/v3/merchant-accounts").await;
            let shown = format!(r#""available_balance_in_minor":{balance},"current_balance_in_minor":{balance}"#);
            assert!(accounts.body.contains(&shown), "{shown}: {accounts:?}");
        });
    }
}
