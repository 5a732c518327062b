//! What `sign` refuses, and the texts of its errors.

use payout_signature::{Request, RequestError, SignError, sign};

use crate::fixtures::{HEADER, PAYOUT, encode, signing_key, take_apart};

#[test]
fn the_header_has_the_members_of_the_rules_and_no_more() {
    let value = sign(&signing_key(), &PAYOUT, &["Idempotency-Key"], None)
        .expect("the request is well-formed");

    assert_eq!(take_apart(&value).0, encode(HEADER.as_bytes()));
}

#[test]
fn names_that_are_not_header_names_are_not_signed() {
    let names = |names: &[&str]| {
        sign(&signing_key(), &PAYOUT, names, None).expect_err("the names are wrong")
    };

    for name in
        ["", " Idempotency-Key", "Idempotency-Key,Host", "Idempotency-Key:", "a\nb", "schlüssel"]
    {
        assert_eq!(names(&[name]), SignError::InvalidHeaderName(name.to_owned()));
    }
    assert_eq!(names(&["Host", "hOST"]), SignError::RepeatedHeaderName("Host".to_owned()));
    assert_eq!(names(&["Host"; 33]), SignError::TooManyHeaders);
    assert_ne!(names(&["Host"; 32]), SignError::TooManyHeaders);
    assert_eq!(
        names(&["X-Absent"]),
        SignError::Request(RequestError::MissingSignedHeader("X-Absent".to_owned()))
    );
}

#[test]
fn values_that_would_change_on_the_way_are_not_signed() {
    for value in [" a", "a ", "\ta", "a\t", " "] {
        let request = Request { headers: &[("X", value.as_bytes())], ..PAYOUT };

        let error =
            sign(&signing_key(), &request, &["x"], None).expect_err("the value would be trimmed");

        assert_eq!(error, SignError::UntrimmedHeaderValue("X".to_owned()));
    }
}

#[test]
fn values_with_line_breaks_are_not_signed() {
    for value in ["a\rb", "a\nb", "a\0b", "\n", "\x7f", "\x1b[2J"] {
        let request = Request { headers: &[("X", value.as_bytes())], ..PAYOUT };

        let error = sign(&signing_key(), &request, &["X"], None)
            .expect_err("the value has a control character");

        assert_eq!(
            error,
            SignError::Request(RequestError::InvalidHeaderValue("X".to_owned())),
            "{value:?}"
        );
    }
}

#[test]
fn a_value_that_is_not_signed_may_be_anything() {
    let request = Request { headers: &[("X", b" \n "), ("X", b"twice")], ..PAYOUT };

    sign(&signing_key(), &request, &[], None).expect("the header is not covered");
}

#[test]
fn methods_and_paths_that_are_not_canonical_are_not_signed() {
    for method in ["", "post", "Post", "PO ST", "POST ", "POST\n", "P0ST", "ABCDEFGHIJKLMNOPQ"] {
        let request = Request { method, ..PAYOUT };

        let error = sign(&signing_key(), &request, &[], None).expect_err("the method is wrong");

        assert_eq!(error, SignError::Request(RequestError::InvalidMethod), "{method:?}");
    }
    for path in ["", "v3", "*", "https://a/b", "/a?b", "/a#b", "/a b", "/a\nb", "/é", "/a\0"] {
        let request = Request { path, ..PAYOUT };

        let error = sign(&signing_key(), &request, &[], None).expect_err("the path is wrong");

        assert_eq!(error, SignError::Request(RequestError::InvalidPath), "{path:?}");
    }
}
