//! No byte of what is signed can be changed.

use payout_signature::{Request, TlSignature, sign};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::fixtures::{PAYOUT, signing_key, verify};

const NAMES: &[&str] = &["Idempotency-Key", "Content-Type"];

/// Adds one of 1 to 255 to one byte.
fn change(bytes: &[u8], index: Index, difference: u8) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let byte = index.get_mut(&mut changed);
    *byte = byte.wrapping_add(difference);
    changed
}

/// Changes one character of ASCII into another one.
fn change_text(text: &str, index: Index, difference: u8) -> String {
    change(text.as_bytes(), index, difference)
        .into_iter()
        .map(|byte| char::from(byte & 127))
        .collect()
}

fn signed() -> String {
    sign(&signing_key(), &PAYOUT, NAMES, None).expect("the request is well-formed")
}

proptest! {
    #[test]
    fn a_changed_byte_of_the_body_is_refused(index: Index, difference in 1_u8..) {
        let body = change(PAYOUT.body, index, difference);
        let request = Request { body: &body, ..PAYOUT };

        prop_assert!(verify(&signed(), &request).is_err());
    }

    #[test]
    fn a_changed_byte_of_the_method_is_refused(index: Index, difference in 1_u8..128) {
        let method = change_text(PAYOUT.method, index, difference);
        let request = Request { method: &method, ..PAYOUT };

        prop_assert!(verify(&signed(), &request).is_err());
    }

    #[test]
    fn a_changed_byte_of_the_path_is_refused(index: Index, difference in 1_u8..128) {
        let path = change_text(PAYOUT.path, index, difference);
        let request = Request { path: &path, ..PAYOUT };

        prop_assert!(verify(&signed(), &request).is_err());
    }

    #[test]
    fn a_changed_byte_of_a_covered_value_is_refused(which in 1_usize..3, index: Index, difference in 1_u8..) {
        let mut headers = PAYOUT.headers.to_vec();
        let value = change(headers[which].1, index, difference);
        headers[which].1 = &value;
        let request = Request { headers: &headers, ..PAYOUT };

        prop_assert!(verify(&signed(), &request).is_err());
    }

    #[test]
    fn a_changed_byte_of_a_covered_name_is_refused_unless_only_its_case_changed(
        which in 1_usize..3,
        index: Index,
        difference in 1_u8..128,
    ) {
        let mut headers = PAYOUT.headers.to_vec();
        let name = change_text(headers[which].0, index, difference);
        let is_same = name.eq_ignore_ascii_case(headers[which].0);
        headers[which].0 = &name;

        prop_assert_eq!(verify(&signed(), &Request { headers: &headers, ..PAYOUT }).is_ok(), is_same);
    }

    #[test]
    fn a_changed_byte_of_a_header_that_is_not_covered_does_not_matter(index: Index, difference in 1_u8..) {
        let mut headers = PAYOUT.headers.to_vec();
        let value = change(headers[0].1, index, difference);
        headers[0].1 = &value;

        prop_assert_eq!(verify(&signed(), &Request { headers: &headers, ..PAYOUT }), Ok(()));
    }

    #[test]
    fn a_changed_character_of_the_signature_is_refused(index: Index, difference in 1_u8..128) {
        let value = signed();
        let changed = change_text(&value, index, difference);

        prop_assert!(verify(&changed, &PAYOUT).is_err());
    }

    #[test]
    fn no_text_at_all_makes_the_parser_panic(text in ".{0,200}", header in ".{0,100}") {
        let _ = TlSignature::parse(&text);
        let _ = TlSignature::parse(&format!("{}..{}", crate::fixtures::encode(header.as_bytes()), text));
    }
}

#[test]
fn a_byte_more_or_less_anywhere_is_refused() {
    let value = signed();
    for index in 0..PAYOUT.body.len() {
        let mut shorter = PAYOUT.body.to_vec();
        shorter.remove(index);
        let mut longer = PAYOUT.body.to_vec();
        longer.insert(index, b' ');

        assert!(verify(&value, &Request { body: &shorter, ..PAYOUT }).is_err());
        assert!(verify(&value, &Request { body: &longer, ..PAYOUT }).is_err());
    }
}
