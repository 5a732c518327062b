//! What a provider tells us, strict where money is concerned and patient everywhere else.

use payout_domain::{Evidence, FailureReason, ProviderStatus, Scheme};
use payout_wire::InvalidBody;
use payout_wire::merchant_account::{MerchantAccountBody, MerchantAccountList};
use payout_wire::payment::{PaymentBody, ReceivedPayment};
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::payout::{Beneficiary, CreatedPayout, PayoutBody, ReceivedPayout};
use payout_wire::transaction::{ReturnFor, Transaction, TransactionPage};

use crate::fixture::{self, at, of};
use crate::golden;

fn body(name: &str) -> String {
    let bytes = golden::all().remove(name).expect("it is one of the bodies");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// The body with one part changed; the part must be there.
fn changed(name: &str, part: &str, into: &str) -> String {
    let body = body(name);
    assert!(body.contains(part), "{part} is not in {name}");
    body.replace(part, into)
}

fn payout(text: &str) -> Result<ReceivedPayout, InvalidBody> {
    ReceivedPayout::parse(text.as_bytes())
}

fn paths(refused: &InvalidBody) -> Vec<&str> {
    refused.errors().keys().map(String::as_str).collect()
}

#[test]
fn each_status_becomes_what_the_provider_said() {
    let executed_at = at("2026-03-02T09:14:09.226871Z");
    let authorized_at = Some(at("2026-03-02T09:14:07.980114Z"));
    let scheme = Some(Scheme::FasterPaymentsService);
    let reason = FailureReason::InsufficientFunds;

    for (name, status) in [
        ("payout_pending", ProviderStatus::Pending),
        ("payout_authorized", ProviderStatus::Authorized { at: authorized_at }),
        ("payout_executed", ProviderStatus::Executed { at: executed_at, scheme }),
        ("payout_failed", ProviderStatus::Failed { at: at("2026-03-02T09:20:00.734001Z"), reason }),
    ] {
        let received = payout(&body(name)).expect("it is what we write");

        assert_eq!(received.status, status, "{name}");
    }
}

#[test]
fn a_return_also_tells_of_the_execution_before_it() {
    let received = payout(&body("payout_returned")).expect("it is what we write");

    let reported =
        |status| Evidence::Reported { gateway_payout_id: of(fixture::PAYOUT_ID), status };
    let executed_at = at("2026-03-02T09:14:09.226871Z");
    let scheme = Some(Scheme::FasterPaymentsService);
    let failed_at = at("2026-03-03T07:40:00.000311Z");
    assert_eq!(
        received.evidence(),
        [
            reported(ProviderStatus::Executed { at: executed_at, scheme }),
            reported(ProviderStatus::Failed { at: failed_at, reason: FailureReason::Returned }),
        ]
    );
}

#[test]
fn a_status_that_we_do_not_know_is_an_error() {
    for status in ["authorization_required", "authorizing", "settled", "PENDING", "", "exec uted"] {
        let text = changed("payout_executed", "\"executed\"", &format!("\"{status}\""));

        assert_eq!(paths(&payout(&text).expect_err(status)), ["status"]);
    }
}

#[test]
fn what_decides_about_money_must_be_there_and_right() {
    for (part, into, path) in [
        (r#""amount_in_minor":1250"#, r#""amount_in_minor":"1250""#, "amount_in_minor"),
        (r#""amount_in_minor":1250"#, r#""amount_in_minor":1250.0"#, "amount_in_minor"),
        (r#""amount_in_minor":1250"#, r#""amount_in_minor":9007199254740992"#, "amount_in_minor"),
        (r#""amount_in_minor":1250"#, r#""amount":1250"#, "amount_in_minor"),
        (
            r#""amount_in_minor":1250"#,
            r#""amount_in_minor":1250,"amount_in_minor":1"#,
            "amount_in_minor",
        ),
        (r#""currency":"GBP""#, r#""currency":"pounds""#, "currency"),
        (r#""currency":"GBP""#, r#""c":0"#, "currency"),
        (r#""status":"executed""#, r#""s":0"#, "status"),
        (r#""executed_at":"#, r#""executed":"#, "executed_at"),
        (r#""executed_at":"2026-03-02T09:14:09.226871Z""#, r#""executed_at":7"#, "executed_at"),
        (r#""created_at":"2026-03-02T09:14:07.412093Z""#, r#""created_at":"today""#, "created_at"),
        (r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4""#, r#"{"id":"p-1""#, "id"),
        (r#""merchant_account_id":"#, r#""account":"#, "merchant_account_id"),
        (r#""metadata":{"withdrawal_id":"20417"}"#, r#""metadata":{"a":1}"#, "metadata.a"),
        (r#""beneficiary":{"#, r#""b":{"#, "beneficiary"),
        (r#""type":"payment_source""#, r#""t":0"#, "beneficiary.type"),
        (r#""user_id":"#, r#""user":"#, "beneficiary.user_id"),
    ] {
        let refused = payout(&changed("payout_executed", part, into)).expect_err(into);

        assert_eq!(paths(&refused), [path], "{into}");
    }
}

#[test]
fn what_does_not_decide_about_money_may_be_missing_or_strange() {
    for (part, into) in [
        (r#""scheme_id":"faster_payments_service","#, ""),
        (r#""scheme_id":"faster_payments_service","#, r#""scheme_id":null,"#),
        (r#""account_holder_name":"SAM EXAMPLE","#, ""),
        (r#""account_holder_name":"SAM EXAMPLE","#, r#""account_holder_name":7,"#),
        (r#","account_identifiers":["#, r#","identifiers":["#),
        (r#""type":"iban""#, r#""type":"bban""#),
        (r#""iban":"GB72"#, r#""iban":"GB73"#),
        (r#""authorized_at":"2026-03-02T09:14:07.980114Z","#, ""),
        (r#""status":"executed""#, r#""status":"executed","user":{"id":"x"},"new":[{"a":null}]"#),
    ] {
        let received = payout(&changed("payout_executed", part, into)).expect("it can be read");

        assert_eq!(received.amount, of("12.50 GBP"));
    }
    let other_scheme = changed("payout_executed", "faster_payments_service", "chaps");
    assert_eq!(payout(&other_scheme).expect("it can be read").scheme, Some(Scheme::Unknown));
}

#[test]
fn a_failure_without_a_reason_is_still_a_failure() {
    let text = changed("payout_failed", r#","failure_reason":"insufficient_funds""#, "");
    let added = changed("payout_failed", "insufficient_funds", "scan_conversion");

    let reason = |text: &str| match payout(text).expect("it can be read").status {
        ProviderStatus::Failed { reason, .. } => Some(reason),
        ProviderStatus::Pending
        | ProviderStatus::Authorized { .. }
        | ProviderStatus::Executed { .. } => None,
    };

    assert_eq!(reason(&text), Some(FailureReason::Unknown));
    assert_eq!(reason(&added), Some(FailureReason::InvalidScan));
}

#[test]
fn a_payout_to_somebody_else_can_be_read() {
    let text =
        changed("payout_executed", r#""type":"payment_source""#, r#""type":"external_account""#);

    let received = payout(&text).expect("it can be read");

    assert_eq!(received.beneficiary, Beneficiary::Other("external_account".into()));
}

#[test]
fn what_a_proxy_says_is_not_a_payout() {
    for text in [
        "",
        "OK",
        "<html></html>",
        "{}",
        "[]",
        "null",
        r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"}"#,
        &body("payout_executed")[..200],
    ] {
        assert!(payout(text).is_err(), "{text}");
    }
    for text in [
        "",
        "{}",
        "\"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4\"",
        r#"{"id":null}"#,
        r#"{"id":"5A0E4C1D-9B72-4F86-8A3E-61C2D7F0B9A4"}"#,
        r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","status":"authorization_required"}"#,
        r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","id":"e7c3b1f2-54a9-4d06-93be-8f20a1c6d7e5"}"#,
    ] {
        assert!(CreatedPayout::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn only_a_settled_payment_into_a_merchant_account_opens_the_loop() {
    let parse = |text: &str| ReceivedPayment::parse(text.as_bytes());
    let settled = Box::new(fixture::payment());

    let mut read = match parse(&body("payment_settled")) {
        Ok(ReceivedPayment::Settled(payment)) => payment,
        other => panic!("it has settled: {other:?}"),
    };
    read.account_identifiers.retain(|identifier| settled.account_identifiers.contains(identifier));
    assert_eq!(read, settled);

    for status in ["authorization_required", "authorizing", "authorized", "executed", "failed", "x"]
    {
        let text = format!(r#"{{"status":"{status}"}}"#);
        assert_eq!(parse(&text), Ok(ReceivedPayment::NotSettled { status: status.into() }));
    }
}

#[test]
fn a_settled_payment_says_who_whence_whither_and_when() {
    for (part, into, path) in [
        (r#""payment_source":{"id":"#, r#""payment_source":{"i":"#, "payment_source.id"),
        (r#""payment_source":{"#, r#""source":{"#, "payment_source"),
        (r#""user":{"id":"#, r#""user":{"name":"#, "user.id"),
        (r#""settled_at":"#, r#""at":"#, "settled_at"),
        (r#""merchant_account_id":"#, r#""id":"#, "payment_method.beneficiary.merchant_account_id"),
        (
            r#""type":"merchant_account""#,
            r#""type":"external_account""#,
            "payment_method.beneficiary.type",
        ),
        (r#""amount_in_minor":2000"#, r#""amount_in_minor":2e3"#, "amount_in_minor"),
        (
            r#""account_holder_name""#,
            r#""user_id":"eve","account_holder_name""#,
            "payment_source.user_id",
        ),
    ] {
        let text = changed("payment_settled", part, into);
        let refused = ReceivedPayment::parse(text.as_bytes()).expect_err(into);

        assert_eq!(paths(&refused), [path]);
    }
}

#[test]
fn a_payment_was_executed_at_the_latest_when_it_settled() {
    let executed_at = |text: &str| match ReceivedPayment::parse(text.as_bytes()) {
        Ok(ReceivedPayment::Settled(payment)) => payment.executed_at,
        other => panic!("it has settled: {other:?}"),
    };

    let older = changed("payment_settled", "executed_at", "succeeded_at");
    let without = changed("payment_settled", "executed_at", "x");

    assert_eq!(executed_at(&older), fixture::payment().executed_at);
    assert_eq!(executed_at(&without), fixture::payment().settled_at);
}

#[test]
fn a_payment_is_told_with_its_microseconds() {
    let text = PaymentBody::from(&fixture::payment()).to_bytes();

    assert!(
        String::from_utf8_lossy(&text).contains(r#""settled_at":"2026-03-01T18:02:11.310227Z""#)
    );
}

#[test]
fn a_list_of_payment_sources_may_say_little_of_each() {
    let bare = format!(r#"{{"items":[{{"id":"{}"}}]}}"#, fixture::PAYMENT_SOURCE_ID);

    let sources = PaymentSourceList::parse(bare.as_bytes()).expect("an id is enough");

    assert_eq!(sources.len(), 1);
    assert_eq!((&sources[0].user_id, sources[0].account_identifiers.len()), (&None, 0));
    assert_eq!(PaymentSourceList::parse(br#"{"items":[]}"#), Ok(vec![]));
    for text in ["{}", r#"{"items":null}"#, r#"{"items":{}}"#, r#"{"items":[{}]}"#] {
        assert!(PaymentSourceList::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn a_merchant_account_has_all_six_members() {
    let text = body("merchant_account");
    let mut expected = fixture::merchant_account();
    expected.account_identifiers.insert(0, of("040668 00008812"));

    assert_eq!(MerchantAccountBody::parse(text.as_bytes()), Ok(expected));
    for member in [
        "id",
        "currency",
        "account_identifiers",
        "available_balance_in_minor",
        "current_balance_in_minor",
        "account_holder_name",
    ] {
        let text = text.replace(&format!("\"{member}\""), "\"x\"");
        let refused = MerchantAccountBody::parse(text.as_bytes()).expect_err(member);
        assert_eq!(paths(&refused), [member]);
    }
    let negative = text.replace("184200", "-1");
    assert!(MerchantAccountBody::parse(negative.as_bytes()).is_err());
}

#[test]
fn a_wrong_item_is_named_by_its_place() {
    let list = changed("merchant_account_list", r#""currency":"EUR""#, r#""currency":"eur""#);

    let refused = MerchantAccountList::parse(list.as_bytes()).expect_err("of the second account");

    assert_eq!(paths(&refused), ["items[1].currency"]);
}

#[test]
fn transactions_of_other_types_are_passed_over_and_counted() {
    let text = body("transaction_page")
        .replace(r#"{"items":["#, r#"{"items":[{"type":"refund","id":1},{"type":"fee"},"#);

    let page = TransactionPage::parse(text.as_bytes()).expect("the rest can be read");

    assert_eq!(page.items.len(), 4);
    assert_eq!(page.passed_over, ["refund", "fee"]);
}

#[test]
fn a_statement_with_a_hole_is_none() {
    for (part, into, path) in [
        (r#""status":"pending""#, r#""status":"failed""#, "items[3].status"),
        (r#""status":"settled""#, r#""status":"pending""#, "items[0].status"),
        (r#""type":"identified""#, r#""type":"guessed""#, "items[1].return_for.type"),
        (r#""returned_id":"#, r#""id":"#, "items[1].return_for.returned_id"),
        (r#""returned_by":"91f5"#, r#""returned_by":"x91f5"#, "items[2].returned_by"),
    ] {
        let text = changed("transaction_page", part, into);
        let refused = TransactionPage::parse(text.as_bytes()).expect_err(into);

        assert!(paths(&refused).contains(&path), "{refused}");
    }
    assert!(TransactionPage::parse(br#"{"items":[{}]}"#).is_err());
}

#[test]
fn a_return_may_be_of_nobody_knows_what() {
    let text = changed(
        "transaction_page",
        r#""return_for":{"type":"identified","returned_id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"}"#,
        r#""return_for":{"type":"unknown"}"#,
    );

    let page = TransactionPage::parse(text.as_bytes()).expect("it can be read");

    let returns: Vec<_> = page
        .items
        .iter()
        .filter_map(|transaction| match transaction {
            Transaction::ExternalPayment(payment) => payment.return_for,
            Transaction::MerchantAccountPayment(_)
            | Transaction::Payout(_)
            | Transaction::Transfer(_) => None,
        })
        .collect();
    assert_eq!(returns, [ReturnFor::Unknown]);
}

#[test]
fn an_account_is_read_by_either_spelling() {
    let singular = r#"{"items":[{"type":"external_payment","id":"91f5e2b7-6c0d-4d38-8e4a-5b7c2a90d1f6",
        "currency":"GBP","amount_in_minor":1,"status":"settled","settled_at":"2026-03-03T07:40:00Z",
        "remitter":{"account_identifier":{"type":"sort_code_account_number","sort_code":"040668",
        "account_number":"00004417"}}}]}"#;
    let plural = singular
        .replace(r#""account_identifier":{"#, r#""account_identifiers":[{"#)
        .replace("}}}]}", "}]}}]}");

    let singular = TransactionPage::parse(singular.as_bytes()).expect("it can be read");

    assert_eq!(TransactionPage::parse(plural.as_bytes()), Ok(singular.clone()));
    match &singular.items[..] {
        [Transaction::ExternalPayment(payment)] => {
            let remitter = payment.remitter.as_ref().expect("it is there");
            assert_eq!(remitter.account_identifiers, [of("040668 00004417")]);
        }
        other => panic!("it is one external payment: {other:?}"),
    }
}

#[test]
fn the_executed_payout_is_read_as_it_was_written() {
    let executed = fixture::executed();

    let received = ReceivedPayout::parse(&PayoutBody::from(&executed).to_bytes());
    let received = received.expect("it is what we write");

    assert_eq!(received.merchant_account_id, of(fixture::MERCHANT_ACCOUNT_ID));
    assert_eq!(received.metadata, fixture::order().metadata);
    assert_eq!(received.created_at, executed.created_at());
    assert_eq!(received.executed_at, executed.progress().executed_at);
    assert_eq!(received.authorized_at, executed.progress().authorized_at);
}
