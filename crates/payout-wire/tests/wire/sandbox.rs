//! The controls of the sandbox, as they are read.

use std::time::Duration;

use payout_domain::FailureReason;
use payout_wire::sandbox::{
    ClockAdvance, ClockBody, Delays, Deposit, FailNext, Lifetimes, ReturnPayout, WebhookTarget,
};

use crate::fixture::{self, at, of};

#[test]
fn a_deposit_needs_a_user_and_an_amount() {
    let deposit = Deposit::parse(br#"{"user_id":"sam","amount_in_minor":2000,"currency":"GBP"}"#);

    let deposit = deposit.expect("the rest is chosen by the sandbox");
    assert_eq!((deposit.user_id, deposit.amount), (of("sam"), of("20.00 GBP")));

    let refused = Deposit::parse(
        br#"{"account_identifier":{"type":"iban","iban":"GB73"},"account_holder_name":""}"#,
    );
    let paths: Vec<_> = refused.expect_err("all is wrong").into_errors().into_keys().collect();
    assert_eq!(
        paths,
        [
            "account_holder_name",
            "account_identifier.iban",
            "amount_in_minor",
            "currency",
            "user_id"
        ]
    );
}

#[test]
fn a_deposit_comes_from_any_type_of_account() {
    for (identifier, electronic) in [
        (r#"{"type":"iban","iban":"GB72 CLRB 0406 6800 0044 17"}"#, "GB72CLRB04066800004417"),
        (
            r#"{"type":"sort_code_account_number","sort_code":"040668","account_number":"00004417"}"#,
            "04066800004417",
        ),
        (r#"{"type":"nrb","nrb":"61109010140000071219812874"}"#, "61109010140000071219812874"),
    ] {
        let body = format!(
            r#"{{"user_id":"sam","amount_in_minor":1,"currency":"GBP","account_identifier":{identifier}}}"#
        );

        let deposit = Deposit::parse(body.as_bytes()).expect("it is complete");

        let identifier = deposit.account_identifier.expect("it was given");
        assert_eq!(identifier.electronic(), electronic);
    }
    for identifier in [
        r#""GB72CLRB04066800004417""#,
        r#"{"iban":"GB72CLRB04066800004417"}"#,
        r#"{"type":"bban","bban":"1"}"#,
        r#"{"type":"nrb","nrb":"61109010140000071219812875"}"#,
        r#"{"type":"sort_code_account_number","sort_code":"04-06-68","account_number":"00004417"}"#,
        r#"{"type":"sort_code_account_number","sort_code":"040668"}"#,
    ] {
        let body = format!(
            r#"{{"user_id":"sam","amount_in_minor":1,"currency":"GBP","account_identifier":{identifier}}}"#
        );
        assert!(Deposit::parse(body.as_bytes()).is_err(), "{identifier}");
    }
}

#[test]
fn the_next_payout_fails_for_a_reason_that_can_be() {
    for reason in ["insufficient_funds", "blocked", "scheme_error", "unknown"] {
        let body = format!(r#"{{"fail_next":"{reason}"}}"#);

        let fail_next = FailNext::parse(body.as_bytes()).expect("it can be");

        assert_eq!(fail_next.reason, FailureReason::from(reason));
        assert_eq!(fail_next.to_bytes(), body.as_bytes());
    }
    for reason in ["returned", "rejected", "", "bad_luck"] {
        let refused = FailNext::parse(format!(r#"{{"fail_next":"{reason}"}}"#).as_bytes());
        let sentences = refused.expect_err("it cannot be").into_errors();
        assert_eq!(
            sentences["fail_next"],
            ["must be one of blocked, insufficient_funds, invalid_iban, invalid_scan, \
              scheme_error, server_error, unknown"]
        );
    }
}

#[test]
fn each_control_is_read_as_it_is_written() {
    let returned = ReturnPayout { payout_id: of(fixture::PAYOUT_ID) };
    let delays = Delays { execution: None, settlement: Some(Duration::from_millis(1)) };
    let both = Delays { execution: Some(Duration::ZERO), ..delays };
    let advance = ClockAdvance { by: Duration::from_hours(24) };
    let clock = ClockBody { now: at("2026-03-02T09:14:07.412093Z") };
    let target = WebhookTarget { url: "https://example.test/hooks?a=b".into() };

    assert_eq!(ReturnPayout::parse(&returned.to_bytes()), Ok(returned));
    assert_eq!(Delays::parse(&delays.to_bytes()), Ok(delays));
    assert_eq!(Delays::parse(&both.to_bytes()), Ok(both));
    assert_eq!(ClockAdvance::parse(&advance.to_bytes()), Ok(advance));
    assert_eq!(ClockBody::parse(&clock.to_bytes()), Ok(clock));
    assert_eq!(WebhookTarget::parse(&target.to_bytes()), Ok(target));
}

#[test]
fn a_control_that_says_nothing_or_nonsense_is_refused() {
    assert!(Delays::parse(b"{}").is_err());
    assert!(Delays::parse(br#"{"execution_delay":1}"#).is_err());
    assert!(Delays::parse(br#"{"execution_delay_ms":-1}"#).is_err());
    assert!(Delays::parse(br#"{"execution_delay_ms":"1"}"#).is_err());
    assert!(ClockAdvance::parse(br#"{"advance_seconds":-1}"#).is_err());
    assert!(ClockAdvance::parse(br#"{"advance_seconds":0.5}"#).is_err());
    assert!(ClockBody::parse(br#"{"now":"noon"}"#).is_err());
    assert!(ReturnPayout::parse(br#"{"return_payout":true}"#).is_err());
    for url in ["", "example.test", "ftp://example.test", "http://", "http://a b", "javascript:x"] {
        let body = format!(r#"{{"url":"{url}"}}"#);
        assert!(WebhookTarget::parse(body.as_bytes()).is_err(), "{url}");
    }
}

#[test]
fn lifetimes_say_at_least_one_thing_and_no_nothing() {
    let both = br#"{"token_life_seconds":20,"key_window_seconds":30}"#;

    let lifetimes = Lifetimes::parse(both).expect("both are said");
    let one = Lifetimes::parse(br#"{"key_window_seconds":30}"#).expect("one is enough");

    assert_eq!(lifetimes.to_bytes(), both);
    assert_eq!((one.token_life, one.key_window), (None, Some(Duration::from_secs(30))));
    for refused in [
        "{}",
        r#"{"token_life_seconds":0}"#,
        r#"{"key_window_seconds":"30s"}"#,
        r#"{"token_life":1}"#,
    ] {
        assert!(Lifetimes::parse(refused.as_bytes()).is_err(), "{refused}");
    }
}
