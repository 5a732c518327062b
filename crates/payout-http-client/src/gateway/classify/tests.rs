use std::time::Duration;

use http::StatusCode;

use super::*;

const ID: &str = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";

/// What an outcome is, without what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Accepted,
    Rejected,
    NotProcessed,
    InProgress,
    KeyReused,
    Unknown,
}

fn class(outcome: &SubmitOutcome) -> Class {
    match outcome {
        SubmitOutcome::Accepted(_) => Class::Accepted,
        SubmitOutcome::Rejected { .. } => Class::Rejected,
        SubmitOutcome::NotProcessed { .. } => Class::NotProcessed,
        SubmitOutcome::InProgress => Class::InProgress,
        SubmitOutcome::KeyReused => Class::KeyReused,
        SubmitOutcome::Unknown { .. } => Class::Unknown,
    }
}

fn answer(status: u16, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("it is a status"),
        content_type: content_type.map(str::to_owned),
        retry_after: None,
        date: None,
        trace_id: None,
        body: body.into(),
    }
}

/// The classes of an answer of this status to the bodies of [`bodies`].
fn classes(status: u16) -> Vec<(String, Class)> {
    let classified = |(name, content_type, body): (String, Option<&'static str>, Vec<u8>)| {
        (name, class(&classify(&answer(status, content_type, body))))
    };
    bodies().into_iter().map(classified).collect()
}

/// Everything that a server, or something between us and it, might say under any status.
fn bodies() -> Vec<(String, Option<&'static str>, Vec<u8>)> {
    let created = || format!(r#"{{"id":"{ID}"}}"#).into_bytes();
    let json = Some("application/json");
    let mut bodies = vec![
        ("created".to_owned(), json, created()),
        ("created, utf-8".to_owned(), Some("application/json; charset=UTF-8"), created()),
        ("created, no type".to_owned(), None, created()),
        ("created, html".to_owned(), Some("text/html"), created()),
        ("created, truncated".to_owned(), json, format!(r#"{{"id":"{ID}"#).into_bytes()),
        ("created, twice".to_owned(), json, [created(), created()].concat()),
        ("another id".to_owned(), json, br#"{"id":"po_123"}"#.to_vec()),
        ("a number".to_owned(), json, br#"{"id":5}"#.to_vec()),
        (
            "to be authorised".to_owned(),
            json,
            format!(r#"{{"id":"{ID}","status":"authorization_required"}}"#).into_bytes(),
        ),
        ("empty".to_owned(), json, Vec::new()),
        ("empty object".to_owned(), json, b"{}".to_vec()),
        ("a page".to_owned(), Some("text/html"), b"<html>welcome</html>".to_vec()),
        ("a page that lies".to_owned(), json, b"<html>welcome</html>".to_vec()),
    ];
    for kind in ProblemKind::ALL {
        let problem = Problem::new(kind, kind.detail(), "0").to_bytes();
        let name = |suffix: &str| format!("{}{suffix}", kind.title());
        bodies.push((name(""), Some("application/problem+json"), problem.clone()));
        bodies.push((name(", json"), json, problem.clone()));
        bodies.push((name(", html"), Some("text/html"), problem));
    }
    bodies
}

/// The names of what has another class than `usual` under this status.
fn exceptions(status: u16, usual: Class) -> Vec<(String, Class)> {
    classes(status).into_iter().filter(|(_, class)| *class != usual).collect()
}

fn named<const N: usize>(names: [&str; N], class: Class) -> Vec<(String, Class)> {
    names.into_iter().map(|name| (name.to_owned(), class)).collect()
}

#[test]
fn a_payout_is_accepted_only_by_its_id_in_json() {
    for status in [200, 202] {
        assert_eq!(
            exceptions(status, Class::Unknown),
            named(["created", "created, utf-8"], Class::Accepted),
            "{status}",
        );
    }
}

#[test]
fn whoever_is_turned_away_at_the_door_was_not_processed_whatever_is_said() {
    for status in [401, 403, 429] {
        assert_eq!(exceptions(status, Class::NotProcessed), [], "{status}");
    }
}

#[test]
fn a_payout_is_rejected_only_by_a_problem_that_the_provider_is_known_to_have() {
    assert_eq!(
        exceptions(400, Class::Unknown),
        named(
            [
                "Invalid Parameters",
                "Invalid Parameters, json",
                "Invalid State",
                "Invalid State, json",
            ],
            Class::Rejected,
        ),
    );
    assert_eq!(
        exceptions(404, Class::Unknown),
        named(["Not Found", "Not Found, json"], Class::Rejected),
    );
}

#[test]
fn a_conflict_is_in_progress_only_where_it_is_about_the_key() {
    assert_eq!(
        exceptions(409, Class::Unknown),
        named(
            ["Idempotency-Key Concurrency Conflict", "Idempotency-Key Concurrency Conflict, json"],
            Class::InProgress,
        ),
    );
}

#[test]
fn a_reused_key_is_never_taken_for_a_rejection() {
    assert_eq!(
        exceptions(422, Class::Unknown),
        named(["Idempotency-Key Reuse", "Idempotency-Key Reuse, json"], Class::KeyReused),
    );
    // The title alone, and the type alone.
    for problem in [
        r#"{"type":"about:blank","title":"Idempotency-Key Reuse","status":422}"#,
        r#"{"type":"https://x#idempotency-key-reuse","title":"Key was reused","status":422}"#,
        r#"{"type":"https://x#invalid-parameters","title":"Idempotency-Key Reuse","status":422}"#,
    ] {
        let outcome = classify(&answer(422, Some("application/problem+json"), problem));

        assert_eq!(class(&outcome), Class::KeyReused, "{problem}");
    }
}

#[test]
fn under_every_other_status_nothing_is_certain() {
    let decided = [200, 202, 400, 401, 403, 404, 409, 422, 429];
    for status in (100..=599).filter(|status| !decided.contains(status)) {
        assert_eq!(exceptions(status, Class::Unknown), [], "{status}");
    }
}

#[test]
fn a_problem_that_contradicts_the_status_is_none() {
    let problem = Problem::new(ProblemKind::InvalidParameters, "no", "0").to_bytes();

    let outcome = classify(&answer(422, Some("application/problem+json"), problem));

    assert_eq!(class(&outcome), Class::Unknown);
}

#[test]
fn a_rejection_says_all_that_is_wrong_on_one_line() {
    let problem = br#"{"type":"https://docs.truelayer.com/docs/error-types#invalid-parameters",
        "title":"Invalid Parameters","status":400,"detail":"The request body was invalid.","trace_id":"0",
        "errors":{"currency":["must be\nGBP"],"beneficiary.reference":["is too long","is odd"]}}"#;

    let outcome = classify(&answer(400, Some("application/problem+json"), problem));

    let detail = "The request body was invalid. beneficiary.reference: is too long; is odd. \
                  currency: must be GBP";
    assert_eq!(outcome, SubmitOutcome::Rejected { detail: detail.to_owned() });
}

#[test]
fn what_a_provider_says_is_kept_only_up_to_a_limit() {
    let detail = "x".repeat(10_000);
    let problem = Problem::new(ProblemKind::InvalidParameters, detail, "0").to_bytes();

    let outcome = classify(&answer(400, Some("application/problem+json"), problem));

    assert_eq!(outcome, SubmitOutcome::Rejected { detail: "x".repeat(DETAIL_MAX) });
}

#[test]
fn whoever_has_too_many_requests_says_how_long_to_wait() {
    let wait = Some(Duration::from_secs(7));
    let busy = Answer { retry_after: wait, ..answer(429, None, "") };

    let outcome = classify(&busy);
    let SubmitOutcome::NotProcessed { retry_after, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(retry_after, wait);
}
