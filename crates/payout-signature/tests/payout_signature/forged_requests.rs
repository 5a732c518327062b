//! A valid signature on a request that it was not made for.

use payout_signature::{Request, SignatureError, SigningKey, TlSignature, VerifyingKey, sign};

use crate::fixtures::{
    HEADER, KID, PAYOUT, PAYOUT_PAYLOAD, PUBLIC_PEM, encode, forge, put_together, sign_raw,
    signing_key, take_apart, verify, verifying_key,
};

const METHOD: &str = "the method is not in upper-case letters";
const PATH: &str = "the path is not an absolute, percent-encoded path without query and fragment";
const MISSING: &str = "the signed header `Idempotency-Key` is missing";
const TWICE: &str = "the signed header `Idempotency-Key` occurs more than once";
const CONTROL: &str = "the signed header `Idempotency-Key` has a control character in its value";
const MISMATCH: &str = "the signature does not match the request";

fn assert_refused(forgeries: &[(&str, Request<'_>, &str)]) {
    let value = forge(HEADER.as_bytes(), PAYOUT_PAYLOAD);
    assert_eq!(verify(&value, &PAYOUT), Ok(()));
    for (name, request, expected) in forgeries {
        let error = verify(&value, request).expect_err(name);
        assert_eq!(error.to_string(), *expected, "{name}");

        let signature = TlSignature::parse(&value).expect("it is well-formed");
        assert_eq!(signature.verify_exact(&verifying_key(), request), Err(error), "{name}");
    }
}

#[test]
fn another_method_is_refused() {
    let with = |method| Request { method, ..PAYOUT };

    assert_refused(&[
        ("another", with("PUT"), MISMATCH),
        ("one without effect", with("GET"), MISMATCH),
        ("lower case", with("post"), METHOD),
        ("mixed case", with("Post"), METHOD),
        ("none", with(""), METHOD),
        ("with the path", with("POST /v3"), METHOD),
        ("with a space", with("POST "), METHOD),
        ("with a line break", with("POST\n"), METHOD),
        ("a longer one", with("POSTS"), MISMATCH),
        ("one that is not a word", with("ALONGERMETHODTHANANY"), METHOD),
    ]);
}

#[test]
fn another_path_is_refused_however_alike() {
    let with = |path| Request { path, ..PAYOUT };

    assert_refused(&[
        ("another", with("/v3/refunds"), MISMATCH),
        ("a part of it", with("/v3"), MISMATCH),
        ("one below it", with("/v3/payouts/1"), MISMATCH),
        ("the root", with("/"), MISMATCH),
        ("two trailing slashes", with("/v3/payouts//"), MISMATCH),
        ("a double slash", with("/v3//payouts"), MISMATCH),
        ("a double slash in front", with("//v3/payouts"), MISMATCH),
        ("a dot segment", with("/v3/./payouts"), MISMATCH),
        ("two dots", with("/v3/x/../payouts"), MISMATCH),
        ("encoded dots", with("/v3/%2e/payouts"), MISMATCH),
        ("an encoded letter", with("/v3/p%61youts"), MISMATCH),
        ("an encoded slash", with("/v3%2Fpayouts"), MISMATCH),
        ("an encoded slash at the end", with("/v3/payouts%2F"), MISMATCH),
        ("an encoded query", with("/v3/payouts%3Fa=b"), MISMATCH),
        ("a parameter", with("/v3/payouts;a=b"), MISMATCH),
        ("another case", with("/V3/payouts"), MISMATCH),
        ("a backslash", with("\\v3\\payouts"), PATH),
        ("a query", with("/v3/payouts?a=b"), PATH),
        ("an empty query", with("/v3/payouts?"), PATH),
        ("a fragment", with("/v3/payouts#a"), PATH),
        ("none", with(""), PATH),
        ("the asterisk", with("*"), PATH),
        ("a relative one", with("v3/payouts"), PATH),
        ("a whole address", with("https://api.example.com/v3/payouts"), PATH),
        ("a space", with("/v3/payouts "), PATH),
        ("a line break", with("/v3/payouts\n"), PATH),
        ("a NUL", with("/v3/payouts\0"), PATH),
        ("a letter that is not ASCII", with("/v3/pаyouts"), PATH),
    ]);
}

#[test]
fn a_covered_header_that_is_not_the_signed_one_is_refused() {
    const KEY: &[u8] = b"7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c";
    let line = [KEY, b"\nX: y"].concat();
    let with = |headers| Request { headers, ..PAYOUT };

    assert_refused(&[
        ("none at all", with(&[]), MISSING),
        ("others only", with(&[("Host", b"api.example.com")]), MISSING),
        ("another name", with(&[("Idempotency_Key", KEY)]), MISSING),
        ("a name with a space", with(&[("Idempotency-Key ", KEY)]), MISSING),
        ("the same line twice", with(&[("Idempotency-Key", KEY), ("Idempotency-Key", KEY)]), TWICE),
        (
            "a second line with another value",
            with(&[("Idempotency-Key", KEY), ("Idempotency-Key", b"2")]),
            TWICE,
        ),
        (
            "a first line with another value",
            with(&[("Idempotency-Key", b"2"), ("Idempotency-Key", KEY)]),
            TWICE,
        ),
        (
            "a second line in another case",
            with(&[("Idempotency-Key", KEY), ("idempotency-key", KEY)]),
            TWICE,
        ),
        (
            "another value",
            with(&[("Idempotency-Key", b"7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4d")]),
            MISMATCH,
        ),
        (
            "the value in upper case",
            with(&[("Idempotency-Key", b"7B6F2C1E-3D0A-4A55-9C8E-5F0D1E2A3B4C")]),
            MISMATCH,
        ),
        ("an empty value", with(&[("Idempotency-Key", b"")]), MISMATCH),
        ("a space before", with(&[("Idempotency-Key", &[b" ", KEY].concat())]), MISMATCH),
        ("a space after", with(&[("Idempotency-Key", &[KEY, b" "].concat())]), MISMATCH),
        (
            "two values in one line",
            with(&[("Idempotency-Key", &[KEY, b", ", KEY].concat())]),
            MISMATCH,
        ),
        ("another header in its value", with(&[("Idempotency-Key", &line)]), CONTROL),
        ("a carriage return", with(&[("Idempotency-Key", &[KEY, b"\r"].concat())]), CONTROL),
        ("a NUL", with(&[("Idempotency-Key", &[KEY, b"\0"].concat())]), CONTROL),
        ("a delete character", with(&[("Idempotency-Key", &[KEY, b"\x7f"].concat())]), CONTROL),
    ]);
}

#[test]
fn another_body_is_refused() {
    let with = |body| Request { body, ..PAYOUT };
    let payout = PAYOUT.body;

    assert_refused(&[
        ("none", with(b""), MISMATCH),
        (
            "a larger amount",
            with(br#"{"merchant_account_id":"3d1f0c52","amount_in_minor":9250,"currency":"GBP"}"#),
            MISMATCH,
        ),
        ("a byte less", with(&payout[..payout.len() - 1]), MISMATCH),
        ("a line break after it", with(&[payout, b"\n"].concat()), MISMATCH),
        ("a line break before it", with(&[b"\n", payout].concat()), MISMATCH),
        ("a space in it", with(&[b"{ ", &payout[1..]].concat()), MISMATCH),
        ("a byte order mark", with(&[b"\xef\xbb\xbf", payout].concat()), MISMATCH),
        ("twice", with(&[payout, payout].concat()), MISMATCH),
        ("its encoding", with(encode(payout).as_bytes()), MISMATCH),
        ("its digest", with(&payout_signature::digest::sha256(&[payout])), MISMATCH),
    ]);
}

#[test]
fn a_body_cannot_pose_as_a_signed_header() {
    let key_line = b"Idempotency-Key: 7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c\n";
    let posing = Request { body: &[key_line, PAYOUT.body].concat(), ..PAYOUT };
    let value = sign(&signing_key(), &posing, &[], None).expect("the request is well-formed");

    assert_eq!(verify(&value, &PAYOUT), Err(SignatureError::Mismatch), "no header is covered");
    let (_, signature) = take_apart(&value);
    let renamed = put_together(&encode(HEADER.as_bytes()), &signature);
    assert_eq!(verify(&renamed, &PAYOUT), Err(SignatureError::Mismatch), "the list is signed too");
}

#[test]
fn a_signature_that_covers_no_header_says_so() {
    let value = sign(&signing_key(), &PAYOUT, &[], None).expect("the request is well-formed");

    let signature = TlSignature::parse(&value).expect("we wrote it");

    assert_eq!(signature.verify(&verifying_key(), &PAYOUT), Ok(()));
    assert_eq!(signature.signed_headers().count(), 0);
    assert!(!signature.covers("Idempotency-Key"), "the caller has to refuse it");
    assert!(!signature.covers(""));
}

#[test]
fn version_and_list_are_never_taken_from_http_headers() {
    let header = format!(r#"{{"alg":"ES512","kid":"{KID}"}}"#);
    let names = "Idempotency-Key,Tl-Signature-Version,Tl-Signature-Headers";
    let payload = b"POST /\nIdempotency-Key: 1\nTl-Signature-Version: 2\nTl-Signature-Headers: ";
    let value = forge(header.as_bytes(), &[payload.as_slice(), names.as_bytes(), b"\n"].concat());
    let request = Request {
        path: "/",
        headers: &[
            ("Idempotency-Key", b"1"),
            ("Tl-Signature-Version", b"2"),
            ("Tl-Signature-Headers", names.as_bytes()),
        ],
        body: b"",
        ..PAYOUT
    };

    assert_eq!(verify(&value, &request), Err(SignatureError::UnsupportedVersion));
}

#[test]
fn a_key_of_another_id_is_not_tried() {
    let value = forge(HEADER.as_bytes(), PAYOUT_PAYLOAD);
    let same_key_other_id =
        VerifyingKey::from_public_pem("another", PUBLIC_PEM).expect("it is published");

    let error =
        TlSignature::parse(&value).expect("it is well-formed").verify(&same_key_other_id, &PAYOUT);

    assert_eq!(error, Err(SignatureError::WrongKey { expected: KID.to_owned() }));
}

#[test]
fn another_key_of_the_same_id_is_a_mismatch() {
    let (thief, _pem) = SigningKey::generate(KID).expect("there is entropy");
    let value =
        sign(&thief, &PAYOUT, &["Idempotency-Key"], None).expect("the request is well-formed");

    assert_eq!(verify(&value, &PAYOUT), Err(SignatureError::Mismatch));
}

#[test]
fn a_key_that_the_signature_brings_along_is_not_used() {
    let (thief, _pem) = SigningKey::generate(KID).expect("there is entropy");
    let header = HEADER.replace('}', &format!(r#","jwk":{}}}"#, thief.jwk_json()));
    let stolen =
        take_apart(&sign(&thief, &PAYOUT, &["Idempotency-Key"], None).expect("it is well-formed"))
            .1;

    assert_eq!(
        verify(&put_together(&encode(header.as_bytes()), &stolen), &PAYOUT),
        Err(SignatureError::Mismatch)
    );
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let header = HEADER.replace("ES512", "HS512");
    let input = format!("{}.{}", encode(header.as_bytes()), encode(PAYOUT_PAYLOAD));
    let tag = payout_signature::digest::hmac_sha256(PUBLIC_PEM, input.as_bytes());

    let error = verify(&put_together(&encode(header.as_bytes()), &tag), &PAYOUT);

    assert_eq!(error, Err(SignatureError::UnsupportedAlgorithm));
}

#[test]
fn a_slash_that_was_never_signed_does_not_help_the_root() {
    let no_path = format!("{}.{}", encode(HEADER.as_bytes()), encode(&without_path()));
    let value = put_together(&encode(HEADER.as_bytes()), &sign_raw(no_path.as_bytes()));

    assert_eq!(verify(&value, &Request { path: "/", ..PAYOUT }), Err(SignatureError::Mismatch));
}

fn without_path() -> Vec<u8> {
    let payload = String::from_utf8(PAYOUT_PAYLOAD.to_vec()).expect("it is text");
    payload.replace("POST /v3/payouts", "POST ").into_bytes()
}
