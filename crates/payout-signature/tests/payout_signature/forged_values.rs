//! Values of the header that are not one JOSE header and one signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use payout_signature::{SignatureError, TlSignature};

use crate::fixtures::{
    HEADER, PAYOUT, PAYOUT_PAYLOAD, encode, forge, put_together, sign_raw, take_apart, verify,
};

const FORM: &str = "malformed signature: not a header and a signature around `..`";
const HEADER_TEXT: &str = "malformed signature: the header is not base64url without padding";
const SIGNATURE_TEXT: &str = "malformed signature: the signature is not base64url without padding";
const HEADER_JSON: &str =
    "malformed signature: the header is not a JSON object of distinct members";
const LENGTH: &str = "malformed signature: the signature is not 132 bytes long";
const RANGE: &str = "malformed signature: the signature's integers are out of range";
const MISMATCH: &str = "the signature does not match the request";

/// Refuses and compares the text of the error.
fn assert_refused(forgeries: &[(&str, String, &str)]) {
    for (name, value, expected) in forgeries {
        let error = verify(value, &PAYOUT).expect_err(name);

        assert_eq!(error.to_string(), *expected, "{name}: {value}");
    }
}

#[test]
fn anything_but_two_parts_is_refused() {
    let valid = forge(HEADER.as_bytes(), PAYOUT_PAYLOAD);
    let (h, s) = valid.split_once("..").expect("it is a detached JWS");
    let p = encode(PAYOUT_PAYLOAD);

    assert_refused(&[
        ("nothing", String::new(), FORM),
        ("one dot", ".".to_owned(), FORM),
        ("the dots alone", "..".to_owned(), HEADER_JSON),
        ("the header alone", h.to_owned(), FORM),
        ("the header and dots", format!("{h}.."), LENGTH),
        ("dots and the signature", format!("..{s}"), HEADER_JSON),
        ("no dots", format!("{h}{s}"), FORM),
        ("two parts around one dot", format!("{h}.{s}"), FORM),
        ("three dots", format!("{h}...{s}"), SIGNATURE_TEXT),
        ("an attached payload", format!("{h}.{p}.{s}"), FORM),
        ("an attached payload and dots", format!("{h}.{p}.{s}.."), HEADER_TEXT),
        ("an attached payload and the detached form", format!("{h}.{p}.{s}..{s}"), HEADER_TEXT),
        ("a payload after the dots", format!("{h}..{p}.{s}"), SIGNATURE_TEXT),
        ("a trailing dot", format!("{h}..{s}."), SIGNATURE_TEXT),
        ("a leading dot", format!(".{h}..{s}"), HEADER_TEXT),
        ("two signatures", format!("{h}..{s}..{s}"), SIGNATURE_TEXT),
        ("two values joined as HTTP joins lines", format!("{valid}, {valid}"), SIGNATURE_TEXT),
        ("five parts, as if encrypted", format!("{h}.{p}.{p}.{p}.{s}"), FORM),
        ("the JSON form", format!(r#"{{"protected":"{h}","signature":"{s}"}}"#), FORM),
        ("the parts exchanged", format!("{s}..{h}"), HEADER_JSON),
    ]);
}

#[test]
fn every_spelling_of_base64_but_one_is_refused() {
    let valid = valid_with_both_special_characters();
    let (h, s) = valid.split_once("..").expect("it is a detached JWS");
    let standard = s.replace('-', "+").replace('_', "/");
    // One more byte, and the last character of the header carries bits that mean nothing.
    let long_header = forge(HEADER.replace('{', "{ ").as_bytes(), PAYOUT_PAYLOAD);
    let (long, long_s) = long_header.split_once("..").expect("it is a detached JWS");
    let stray_bits = format!("{}{}", &long[..long.len() - 1], next_character(long));

    assert_eq!(verify(&valid, &PAYOUT), Ok(()));
    assert_eq!(verify(&long_header, &PAYOUT), Ok(()));
    assert_refused(&[
        ("the standard alphabet", format!("{h}..{standard}"), SIGNATURE_TEXT),
        (
            "the standard alphabet with padding",
            format!("{h}..{}", STANDARD.encode([1; 131])),
            SIGNATURE_TEXT,
        ),
        ("padding of the signature", format!("{valid}="), SIGNATURE_TEXT),
        ("padding of the header", format!("{h}=..{s}"), HEADER_TEXT),
        ("more padding of the header", format!("{h}==..{s}"), HEADER_TEXT),
        ("stray bits in the header", format!("{stray_bits}..{long_s}"), HEADER_TEXT),
        ("a leading space", format!(" {valid}"), HEADER_TEXT),
        ("a trailing space", format!("{valid} "), SIGNATURE_TEXT),
        ("a trailing line break", format!("{valid}\n"), SIGNATURE_TEXT),
        ("a folded line", format!("{h}..{}\r\n {}", &s[..64], &s[64..]), SIGNATURE_TEXT),
        ("a tab", format!("{h}\t..{s}"), HEADER_TEXT),
        ("a NUL", format!("{h}..{s}\0"), SIGNATURE_TEXT),
        ("quotes", format!("\"{valid}\""), HEADER_TEXT),
        ("percent encoding", format!("{h}..{}", s.replace('-', "%2D")), SIGNATURE_TEXT),
        ("a look-alike letter", format!("{h}..{}", s.replacen('A', "А", 1)), SIGNATURE_TEXT),
        ("a scheme", format!("Signature {valid}"), HEADER_TEXT),
        ("three characters less", valid[..valid.len() - 3].to_owned(), SIGNATURE_TEXT),
        ("one character more", format!("{valid}A"), SIGNATURE_TEXT),
    ]);
}

#[test]
fn a_signature_of_another_length_or_encoding_is_refused() {
    let valid = forge(HEADER.as_bytes(), PAYOUT_PAYLOAD);
    let (h, s) = take_apart(&valid);
    let minimal: Vec<u8> = s.iter().copied().skip_while(|byte| *byte == 0).skip(1).collect();

    assert_refused(&[
        ("no bytes", put_together(&h, b""), LENGTH),
        ("one byte less", put_together(&h, &s[..131]), LENGTH),
        ("one byte more", put_together(&h, &[s.as_slice(), &[0]].concat()), LENGTH),
        ("a zero byte before", put_together(&h, &[&[0], s.as_slice()].concat()), LENGTH),
        ("without leading zeros", put_together(&h, &minimal), LENGTH),
        ("the length of ES256", put_together(&h, &s[..64]), LENGTH),
        ("the length of ES384", put_together(&h, &s[..96]), LENGTH),
        ("DER", put_together(&h, &der(&s)), LENGTH),
        ("DER, filled up", put_together(&h, &[der(&s), vec![0; 132]].concat()[..132]), RANGE),
        ("twice", put_together(&h, &[s.as_slice(), &s].concat()), LENGTH),
    ]);
}

#[test]
fn integers_out_of_range_are_refused() {
    let (h, s) = take_apart(&forge(HEADER.as_bytes(), PAYOUT_PAYLOAD));
    let (r, s) = s.split_at(66);
    let zero = [0; 66];
    let order = crate::malleability::ORDER;
    let just_below = crate::malleability::minus(&order, &crate::malleability::one());
    let value = |r: &[u8], s: &[u8]| put_together(&h, &[r, s].concat());

    assert_refused(&[
        ("r and s are zero", value(&zero, &zero), RANGE),
        ("r is zero", value(&zero, s), RANGE),
        ("s is zero", value(r, &zero), RANGE),
        ("r is n", value(&order, s), RANGE),
        ("s is n", value(r, &order), RANGE),
        ("r and s are n", value(&order, &order), RANGE),
        ("r is as large as can be", value(&[0xff; 66], s), RANGE),
        ("s is as large as can be", value(r, &[0xff; 66]), RANGE),
        (
            "r is r + n, which is the same modulo n",
            value(&crate::malleability::plus(r, &order), s),
            RANGE,
        ),
        (
            "s is s + n, which is the same modulo n",
            value(r, &crate::malleability::plus(s, &order)),
            RANGE,
        ),
        ("r is n - 1", value(&just_below, s), MISMATCH),
        ("s is n - 1", value(r, &just_below), MISMATCH),
        (
            "r and s are one",
            value(&crate::malleability::one(), &crate::malleability::one()),
            MISMATCH,
        ),
        ("r and s exchanged", value(s, r), MISMATCH),
        ("r twice", value(r, r), MISMATCH),
    ]);
}

#[test]
fn a_signature_over_something_else_is_a_mismatch() {
    let h = encode(HEADER.as_bytes());
    let p = encode(PAYOUT_PAYLOAD);
    let over = |message: &[u8]| put_together(&h, &sign_raw(message));
    let raw = [h.as_bytes(), b".", PAYOUT_PAYLOAD].concat();
    let other_header = take_apart(&forge(br#"{"alg":"ES512"}"#, PAYOUT_PAYLOAD)).1;

    assert_refused(&[
        ("nothing", over(b""), MISMATCH),
        ("the payload alone", over(PAYOUT_PAYLOAD), MISMATCH),
        ("the encoded payload alone", over(p.as_bytes()), MISMATCH),
        ("the payload without its encoding, as with b64", over(&raw), MISMATCH),
        ("an empty payload", over(format!("{h}.").as_bytes()), MISMATCH),
        ("header and payload without the dot", over(format!("{h}{p}").as_bytes()), MISMATCH),
        ("header and payload with two dots", over(format!("{h}..{p}").as_bytes()), MISMATCH),
        ("a payload with padding", over(format!("{h}.{p}==").as_bytes()), MISMATCH),
        (
            "the body alone, as in version 1",
            over(format!("{h}.{}", encode(PAYOUT.body)).as_bytes()),
            MISMATCH,
        ),
        ("another header", put_together(&h, &other_header), MISMATCH),
    ]);
}

#[test]
fn a_value_has_a_largest_size() {
    assert_eq!(
        TlSignature::parse(&"A".repeat(8 * 1024 + 1)).expect_err("it is huge"),
        SignatureError::TooLong
    );
    assert_eq!(
        TlSignature::parse(&"A".repeat(8 * 1024)).expect_err("it has no dots").to_string(),
        FORM
    );
    let jku = "a".repeat(6 * 1024);
    let header = HEADER.replace('}', &format!(r#","jku":"{jku}"}}"#));
    assert_eq!(
        verify(&forge(header.as_bytes(), PAYOUT_PAYLOAD), &PAYOUT),
        Err(SignatureError::TooLong)
    );
}

fn valid_with_both_special_characters() -> String {
    let mut values = std::iter::repeat_with(|| forge(HEADER.as_bytes(), PAYOUT_PAYLOAD));
    let is_special =
        |value: &String| value.contains('-') && value.contains('_') && value.contains("..A");
    values.find(is_special).expect("there is no end to them")
}

/// The next character of the alphabet: it differs in the lowest bit or so.
fn next_character(text: &str) -> char {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert_ne!(text.len() % 4, 0, "the last character carries no stray bits");
    let last = alphabet.find(|character| text.ends_with(character)).expect("it is base64url");
    alphabet.chars().nth(last + 1).expect("stray bits are zero, so it is not the last one")
}

/// A `SEQUENCE` of two `INTEGER`s, as other protocols encode a signature.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| [&[0x02, 66], bytes].concat();
    let (r, s) = signature.split_at(66);
    [vec![0x30, 0x81, 136], integer(r), integer(s)].concat()
}
