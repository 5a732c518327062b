//! Key sets, as published by us and by others.

use payout_signature::{Jwks, JwksError, SigningKey, TlSignature, VerifyingKey, sign};

use crate::fixtures::{KID, PAYOUT, encode, verifying_key};

const SHORT_X: &[u8] = include_bytes!("../vectors/jwks.json");
const SHORT_Y: &[u8] = include_bytes!("../vectors/missing-zero-padding-test-jwks.json");
const LEADING_ZERO_X: &[u8] = include_bytes!("../keys/leading-zero-x.TEST-ONLY.pem");
const LEADING_ZERO_Y: &[u8] = include_bytes!("../keys/leading-zero-y.TEST-ONLY.pem");

const X: &str =
    "AKC7luJxaqFLkfHexVbFKCOtpYm2HUJVhrS0rZ6nbnS2Pdm0NK2uXmQG5Lp6xk0ffsPZq-KNhLcm-qQu2Advtt1j";
const Y: &str =
    "AX1cjkGMiltikPrkX49qwuJDdcETaTsj-kyFP8jsF9W5XAB3Z4tBiQtc72DQnJYeKyAV_T6qZTtFKFr-Tp4iu-j7";

#[test]
fn a_coordinate_without_its_leading_zero_is_the_same_coordinate() {
    let jwks = Jwks::parse(SHORT_X).expect("it is published");

    let key = jwks.key(KID).expect("it is in the set");

    assert_eq!(key.public_key_pem(), verifying_key().public_key_pem());
}

#[test]
fn keys_of_other_types_are_skipped() {
    for set in [SHORT_X, SHORT_Y] {
        let jwks = Jwks::parse(set).expect("it is published");

        assert_eq!(jwks.keys().count(), 1, "the other one is RSA");
    }
}

#[test]
fn what_we_publish_has_full_width_and_is_read_back() {
    for pem in [LEADING_ZERO_X, LEADING_ZERO_Y] {
        let key = SigningKey::from_pem("mine", pem).expect("openssl made it");

        let published = Jwks::render(&[key.verifying_key(), &verifying_key()]);

        let json: serde_json::Value = serde_json::from_str(&published).expect("it is JSON");
        for coordinate in ["x", "y"] {
            assert_eq!(json["keys"][0][coordinate].as_str().map(str::len), Some(88));
        }
        assert_eq!(json["keys"][0]["use"], "sig");
        assert_eq!(json["keys"][0].to_string(), sorted(&key.jwk_json()));
        let jwks = Jwks::parse(published.as_bytes()).expect("we wrote it");
        assert_eq!(jwks.keys().count(), 2);
        let value =
            sign(&key, &PAYOUT, &["Idempotency-Key"], None).expect("the request is well-formed");
        let signature = TlSignature::parse(&value).expect("we wrote it");
        signature
            .verify(jwks.key("mine").expect("we put it in"), &PAYOUT)
            .expect("it is the same key");
    }
}

#[test]
fn an_empty_set_has_no_keys() {
    let jwks = Jwks::parse(br#"{"keys":[]}"#).expect("it is a set");

    assert!(jwks.key(KID).is_none());
    assert_eq!(Jwks::render(&[]), r#"{"keys":[]}"#);
}

#[test]
fn keys_for_other_purposes_are_skipped() {
    for members in [
        r#""use":"enc""#,
        r#""alg":"ECDH-ES""#,
        r#""alg":"ES256""#,
        r#""key_ops":["deriveBits"]"#,
        r#""key_ops":[]"#,
    ] {
        let set = set_of(&[&jwk(KID, X, Y, members)]);

        let jwks = Jwks::parse(set.as_bytes()).expect("the rest of the set is fine");

        assert!(jwks.key(KID).is_none(), "{members}");
    }
}

#[test]
fn keys_of_other_shapes_are_skipped() {
    for key in [
        r#"{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}"#,
        r#"{"kty":"EC","crv":"secp521r1","kid":"a"}"#,
        r#"{"kty":"OKP","crv":"P-521","kid":"a","x":"AA"}"#,
        r#"{"kty":"oct","kid":"a","k":"AA"}"#,
        r#"{"kty":"ec","crv":"P-521","kid":"a"}"#,
        r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#,
        r#"{"kty":"QUANTUM","kid":"a","q":[1,{"deep":true}]}"#,
    ] {
        let jwks = Jwks::parse(set_of(&[key]).as_bytes()).expect("others are none of our business");

        assert_eq!(jwks.keys().count(), 0, "{key}");
    }
}

#[test]
fn members_that_agree_with_our_use_are_taken() {
    for members in
        [r#""use":"sig""#, r#""alg":"ES512""#, r#""key_ops":["verify"]"#, r#""x5t":"whatever""#]
    {
        let set = set_of(&[&jwk(KID, X, Y, members)]);

        assert!(
            Jwks::parse(set.as_bytes()).expect("the key is fine").key(KID).is_some(),
            "{members}"
        );
    }
}

#[test]
fn a_key_that_is_not_one_spoils_the_set() {
    let long_x = encode(&[[0].as_slice(), &decode(X)].concat());
    let off_curve = encode(&[1; 66]);
    for (x, y) in [
        (long_x.as_str(), Y),
        (off_curve.as_str(), Y),
        (Y, X),
        ("", Y),
        (X, ""),
        (&X.replace('-', "+"), Y),
        (&format!("{X}=="), Y),
        (&format!(" {X}"), Y),
        (&X[..87], Y),
        ("AAAA", "AAAA"),
        (&"A".repeat(10_000), Y),
    ] {
        let set = set_of(&[&jwk(KID, x, y, r#""use":"sig""#)]);

        let error = Jwks::parse(set.as_bytes()).expect_err("the key is no point");

        assert!(matches!(error, JwksError::InvalidKey(kid) if kid == KID), "{x} {y}");
    }
}

#[test]
fn two_keys_of_one_id_are_refused_in_whatever_order() {
    let (other, _pem) = SigningKey::generate(KID).expect("there is entropy");
    let published = jwk(KID, X, Y, r#""use":"sig""#);

    for keys in [
        [published.as_str(), &other.jwk_json()],
        [&other.jwk_json(), &published],
        [&published, &published],
    ] {
        let error = Jwks::parse(set_of(&keys).as_bytes()).expect_err("the id occurs twice");

        assert!(matches!(error, JwksError::DuplicateKid(kid) if kid == KID));
    }
}

#[test]
fn one_member_twice_in_a_key_is_refused() {
    let set = set_of(&[&jwk(KID, X, Y, r#""kid":"another""#)]);

    assert!(matches!(Jwks::parse(set.as_bytes()), Err(JwksError::Malformed(_))));
}

#[test]
fn a_published_private_key_is_refused() {
    let set = set_of(&[&jwk(KID, X, Y, r#""d":"AAAA""#)]);

    assert!(matches!(Jwks::parse(set.as_bytes()), Err(JwksError::PrivateKey(kid)) if kid == KID));
}

#[test]
fn an_id_that_cannot_be_looked_up_is_refused() {
    for kid in ["", "with space", &"k".repeat(129)] {
        let set = set_of(&[&jwk(kid, X, Y, r#""use":"sig""#)]);

        assert!(matches!(Jwks::parse(set.as_bytes()), Err(JwksError::InvalidKid)), "{kid:?}");
    }
}

#[test]
fn a_set_has_a_largest_size_in_bytes_and_in_keys() {
    let padded = format!("{}{}", set_of(&[]), " ".repeat(64 * 1024));
    assert!(matches!(Jwks::parse(padded.as_bytes()), Err(JwksError::TooLong)));
    assert!(Jwks::parse(&padded.as_bytes()[..64 * 1024]).is_ok());

    let keys: Vec<String> =
        (0..65).map(|number| jwk(&number.to_string(), X, Y, r#""use":"sig""#)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    assert!(matches!(Jwks::parse(set_of(&keys).as_bytes()), Err(JwksError::TooManyKeys)));
    assert!(Jwks::parse(set_of(&keys[1..]).as_bytes()).is_ok());
}

#[test]
fn what_is_not_a_set_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        r#"{"keys":{}}"#,
        r#"{"keys":[1]}"#,
        r#"{"keys":[{}]}"#,
        r#"{"keys":[]}x"#,
    ] {
        assert!(matches!(Jwks::parse(text.as_bytes()), Err(JwksError::Malformed(_))), "{text}");
    }
    assert!(matches!(
        Jwks::parse(b"{\"keys\":[{\"kty\":\"\xff\"}]}"),
        Err(JwksError::Malformed(_))
    ));
}

#[test]
fn a_key_is_found_by_its_exact_id_only() {
    let jwks = Jwks::parse(SHORT_X).expect("it is published");

    for kid in
        ["", "45FC75CF-5649-4134-84B3-192C2C78E990", "../45fc75cf", "__proto__", "' or 1=1 --"]
    {
        assert!(jwks.key(kid).is_none(), "{kid}");
    }
}

fn jwk(kid: &str, x: &str, y: &str, members: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"P-521","kid":"{kid}","x":"{x}","y":"{y}",{members}}}"#)
}

fn set_of(keys: &[&str]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn decode(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("it is base64url")
}

fn sorted(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json).expect("it is JSON").to_string()
}

/// The id is the caller's when a key comes from PEM, and the set's when it comes from a set.
#[test]
fn one_key_under_two_ids_has_one_thumbprint() {
    let renamed =
        VerifyingKey::from_public_pem("renamed", verifying_key().public_key_pem().as_bytes());

    assert_eq!(renamed.expect("we wrote it").thumbprint(), verifying_key().thumbprint());
}
