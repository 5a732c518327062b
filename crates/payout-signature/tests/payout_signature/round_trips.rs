//! What we sign, we verify.

use payout_signature::{Request, SigningKey, TlSignature, sign};
use proptest::prelude::*;

use crate::fixtures::{PAYOUT, signing_key, take_apart, verifying_key};

/// About half of all `r` and half of all `s` start with a zero byte.
#[test]
fn two_thousand_signatures_verify_whatever_their_leading_bits() {
    let key = signing_key();
    let mut leading_zeros = 0;
    for number in 0_u32..2_000 {
        let body = number.to_be_bytes();
        let request = Request { body: &body, ..PAYOUT };

        let value =
            sign(&key, &request, &["Idempotency-Key"], None).expect("the request is well-formed");

        let signature = TlSignature::parse(&value).expect("we wrote it");
        signature.verify_exact(key.verifying_key(), &request).expect("we signed it");
        let (_, bytes) = take_apart(&value);
        leading_zeros += u32::from(bytes[0] == 0) + u32::from(bytes[66] == 0);
    }
    assert!((1_500..2_500).contains(&leading_zeros), "{leading_zeros} of 4,000");
}

#[test]
fn one_hundred_generated_keys_sign_and_verify() {
    for _ in 0..100 {
        let (key, _pem) = SigningKey::generate("any").expect("there is entropy");

        let value =
            sign(&key, &PAYOUT, &["Idempotency-Key"], None).expect("the request is well-formed");

        let signature = TlSignature::parse(&value).expect("we wrote it");
        signature.verify_exact(key.verifying_key(), &PAYOUT).expect("we signed it");
    }
}

proptest! {
    #[test]
    fn any_request_that_we_sign_verifies(
        method in "[A-Z]{1,16}",
        path in "/[!-\"$->@-~]{0,60}",
        names in prop::collection::btree_set("[a-z0-9-]{1,20}", 0..6),
        value in "[!-~]([ -~]{0,30}[!-~])?",
        body in prop::collection::vec(any::<u8>(), 0..300),
        jku in prop::option::of(".{0,40}"),
    ) {
        let headers: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), value.as_bytes())).collect();
        let signed: Vec<String> = names.iter().rev().map(|name| name.to_uppercase()).collect();
        let signed: Vec<&str> = signed.iter().map(String::as_str).collect();
        let request = Request { method: &method, path: &path, headers: &headers, body: &body };

        let value = sign(&signing_key(), &request, &signed, jku.as_deref()).expect("the request is well-formed");

        let signature = TlSignature::parse(&value).expect("we wrote it");
        prop_assert_eq!(signature.verify(&verifying_key(), &request), Ok(()));
        prop_assert_eq!(signature.verify_exact(&verifying_key(), &request), Ok(()));
        prop_assert_eq!(signature.jku(), jku.as_deref());
        prop_assert!(signature.signed_headers().eq(signed.iter().copied()));
    }
}
