//! The signing input tells every two requests apart.

use proptest::prelude::*;
use proptest::sample::select;

use super::Request;
use crate::base64url;

/// A request and the names that are signed, made of parts that are easily mistaken for each other.
#[derive(Clone, Debug, PartialEq)]
struct Parts {
    method: &'static str,
    path: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
}

impl Parts {
    fn signing_input(&self) -> String {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        let request = Request {
            method: self.method,
            path: self.path,
            headers: &headers,
            body: self.body.as_bytes(),
        };
        let request = request.check().expect("the parts are well-formed");
        let lines = request.header_lines(names.iter().copied()).expect("every name has a value");
        // The names are in the JOSE header, which is signed as well.
        let protected = base64url::encode(names.join(",").as_bytes());
        request.signing_input(&protected, self.path, &lines)
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let method = select(vec!["P", "PO", "POST"]);
    let path = select(vec!["/", "/a", "/a/", "/a:", "/OST/a"]);
    let values = prop::collection::vec(select(vec!["", " ", ": ", "1", "a: 1", "b: "]), 2);
    let names = select(vec![vec![], vec!["a"], vec!["b"], vec!["a", "b"], vec!["b", "a"]]);
    let body = select(vec!["", "\n", "a: 1\n", "b: \n", "a: 1\nb: \n", "1", "1\n"]);
    (method, path, names, values, body).prop_map(|(method, path, names, values, body)| Parts {
        method,
        path,
        headers: names.into_iter().zip(values).collect(),
        body,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn two_different_requests_never_have_the_same_signing_input(one in parts(), other in parts()) {
        prop_assert_eq!(one == other, one.signing_input() == other.signing_input());
    }
}

#[test]
fn debug_shows_neither_header_values_nor_the_body() {
    let request = Request {
        method: "POST",
        path: "/v3/payouts",
        headers: &[("Authorization", b"Bearer s3cret")],
        body: b"s3cret too",
    };

    let shown = format!("{request:?}");

    assert!(shown.contains("Authorization"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
