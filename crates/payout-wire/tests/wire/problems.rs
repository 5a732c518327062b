//! Problem documents, as they are read.

use std::collections::BTreeMap;

use payout_wire::InvalidBody;
use payout_wire::problem::{Problem, ProblemKind};

const TRACE_ID: &str = "5f1c0e9d7b3a4826a1d4c7e8f90b2a63";

#[test]
fn a_problem_that_we_write_is_read_back_with_its_kind() {
    for kind in ProblemKind::ALL {
        let problem = Problem::new(kind, kind.detail(), TRACE_ID);

        let read = Problem::parse(&problem.to_bytes()).expect("it is what we write");

        assert_eq!(read, problem);
        assert_eq!(read.kind(), Some(kind));
    }
}

#[test]
fn the_errors_of_a_body_travel_with_the_problem() {
    let invalid: InvalidBody = payout_wire::payout::CreatePayout::parse(b"{}").expect_err("empty");
    let problem = Problem::invalid_body(invalid.clone(), TRACE_ID);

    let read = Problem::parse(&problem.to_bytes()).expect("it is what we write");

    assert_eq!((read.status, read.errors.as_ref()), (400, Some(invalid.errors())));
}

#[test]
fn no_errors_are_no_member() {
    let problem = Problem::new(ProblemKind::NotFound, "Payout could not be found.", TRACE_ID);

    assert_eq!(problem.with_errors(BTreeMap::default()).errors, None);
}

#[test]
fn only_what_may_succeed_later_is_worth_another_try() {
    let worth: Vec<u16> = ProblemKind::ALL
        .into_iter()
        .filter(|kind| kind.should_retry())
        .map(ProblemKind::status)
        .collect();

    assert_eq!(worth, [409, 429, 500, 502, 503]);
    assert!(!ProblemKind::ConcurrencyConflict.should_retry());
}

#[test]
fn another_servers_problem_is_read_as_far_as_it_goes() {
    let read = |text: &str| Problem::parse(text.as_bytes());

    let short = read(r#"{"title":"Conflict","status":409,"instance":"/x","errors":[],"detail":7}"#)
        .expect("a title and a status are enough");
    let older = read(
        r#"{"type":"https://docs.truelayer.com/docs/error-types#conflict","title":"Conflict","status":409,"errors":{"a":["x",1],"b":"y"}}"#,
    )
    .expect("the older title");

    assert_eq!((short.type_uri.as_str(), short.detail.as_str()), ("about:blank", ""));
    assert_eq!((short.errors.as_ref(), short.kind()), (None, None));
    assert_eq!(older.kind(), Some(ProblemKind::ConcurrencyConflict));
    assert_eq!(older.errors.expect("it is a map")["a"], ["x"]);
}

#[test]
fn a_type_counts_only_with_its_own_status() {
    let mut problem = Problem::new(ProblemKind::IdempotencyKeyReuse, "", TRACE_ID);
    problem.status = 409;

    assert_eq!(problem.kind(), None);
}

#[test]
fn what_is_no_problem_document_is_not_taken_for_one() {
    for body in [
        "",
        "{}",
        "[]",
        "<html><body>502 Bad Gateway</body></html>",
        r#"{"message":"Internal server error"}"#,
        r#"{"title":"x","status":"409"}"#,
        r#"{"title":"x","status":99}"#,
        r#"{"title":"x","status":65945}"#,
        r#"{"title":null,"status":409}"#,
        r#"{"title":"x","status":409,"status":422}"#,
    ] {
        assert!(Problem::parse(body.as_bytes()).is_err(), "{body}");
    }
}
