//! What operators see and say, as it is read.

use payout_domain::{Payout, Resolution};
use payout_wire::operator::{
    DeadLetterPage, PauseBody, PauseOrder, PayoutFile, ResolveOrder, StandingPage, StandingPayout,
};

use crate::fixture::{self, at, of};

fn sentences(body: &str) -> Vec<(String, Vec<String>)> {
    let refused = ResolveOrder::parse(body.as_bytes()).expect_err(body);
    refused.into_errors().into_iter().collect()
}

#[test]
fn each_body_is_read_as_it_is_written() {
    let standing = StandingPage::new(
        [fixture::parked(), fixture::proposed(), fixture::returned()].iter(),
        Some(fixture::PAYOUT_ID.into()),
    );
    let decided = StandingPayout::from(&fixture::executed());
    let letters = DeadLetterPage { items: fixture::dead_letters(), next_cursor: Some("x".into()) };
    let paused = PauseBody::Paused {
        by: of("a.b@c-d_e"),
        because: "fire".into(),
        at: at("2026-03-02T09:14:07.412093Z"),
    };

    assert_eq!(StandingPage::parse(&standing.to_bytes()), Ok(standing));
    assert_eq!(StandingPayout::parse(&decided.to_bytes()), Ok(decided));
    assert_eq!(PayoutFile::parse(&fixture::file().to_bytes()), Ok(fixture::file()));
    assert_eq!(DeadLetterPage::parse(&letters.to_bytes()), Ok(letters));
    assert_eq!(PauseBody::parse(&paused.to_bytes()), Ok(paused));
    assert_eq!(PauseBody::parse(&PauseBody::Sending.to_bytes()), Ok(PauseBody::Sending));
}

#[test]
fn each_word_of_an_operator_is_read_as_it_is_written() {
    let executed = Resolution::Executed { at: at("2026-03-02T09:14:09.226871Z") };
    for outcome in [executed, Resolution::Failed, Resolution::NeverSubmitted] {
        let order = ResolveOrder { outcome, evidence: "call with the provider".into() };

        assert_eq!(ResolveOrder::parse(&order.to_bytes()), Ok(order));
    }
}

#[test]
fn an_execution_has_a_time_and_nothing_else_has() {
    let without = sentences(r#"{"as":"executed","evidence":"x"}"#);
    let with = sentences(r#"{"as":"failed","evidence":"x","executed_at":"2026-03-02T09:14:09Z"}"#);

    let path = "executed_at".to_owned();
    assert_eq!(
        without,
        [(path.clone(), vec!["is required for an execution; add when it was".into()])]
    );
    assert_eq!(with, [(path, vec!["belongs to an execution; leave it out".into()])]);
}

#[test]
fn a_word_without_evidence_is_none() {
    let long = "x".repeat(501);
    for evidence in ["", "   ", "a\nb", "\u{7}", "\u{85}", long.as_str()] {
        let body =
            format!(r#"{{"as":"failed","evidence":{evidence:?}}}"#).replace("\\u{85}", "\u{85}");
        let body = body.replace("\\u{7}", "\\u0007");

        let sentences = sentences(&body);

        let expected = "must be 1 to 500 characters without control characters";
        assert_eq!(sentences, [("evidence".to_owned(), vec![expected.to_owned()])], "{body}");
    }
    let cut = ResolveOrder::parse(br#"{"as":"failed","evidence":"  a b  "}"#);
    assert_eq!(cut.map(|order| order.evidence), Ok("a b".into()));
    assert!(PauseOrder::parse(br#"{"because":" "}"#).is_err());
    assert!(PauseOrder::parse(b"{}").is_err());
}

#[test]
fn what_nobody_can_find_out_is_refused() {
    for body in ["{}", r#"{"as":"paid","evidence":"x"}"#, r#"{"as":"Executed","evidence":"x"}"#] {
        assert!(ResolveOrder::parse(body.as_bytes()).is_err(), "{body}");
    }
    for body in ["{}", r#"{"sending":true}"#, r#"{"sending":"off"}"#, r#"{"sending":"paused"}"#] {
        assert!(PauseBody::parse(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn only_what_can_be_decided_is_offered() {
    let offered = |payout: &Payout| StandingPayout::from(payout).decisions;

    assert_eq!(offered(&fixture::pending()), ["cancel"]);
    assert_eq!(offered(&fixture::parked()), ["resolve"]);
    assert_eq!(offered(&fixture::authorized()), ["resolve"]);
    assert!(offered(&fixture::executed()).is_empty());
    assert!(offered(&fixture::failed()).is_empty());
}

#[test]
fn whoever_is_waited_for_is_somebody_else() {
    let next = StandingPayout::from(&fixture::proposed()).next;

    assert_eq!(
        next,
        "alice says that the provider never had it: another person must resolve it as the same"
    );
}
