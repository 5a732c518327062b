//! Tokens that we have not issued, and tokens that we should not have issued.

use payout_signature::access_token::{Leeway, TokenError};
use payout_signature::digest::hmac_sha256;

use crate::fixtures::{PUBLIC_PEM, encode};
use crate::tokens::{NOW, SECRET, claims, keys};

const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt","kid":"2026-09"}"#;

fn verdict(token: &str) -> Result<(), TokenError> {
    keys().verify(token, NOW, Leeway::NONE).map(|_| ())
}

/// Signs any header and any claims with a secret.
fn forge(header: &str, claims: &str, secret: &[u8]) -> String {
    let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
    format!("{signed}.{}", encode(&hmac_sha256(secret, signed.as_bytes())))
}

fn claims_json() -> String {
    serde_json::to_string(&claims()).expect("strings and integers are JSON")
}

#[test]
fn every_header_but_our_own_is_refused_even_with_the_right_secret() {
    assert_eq!(verdict(&forge(HEADER, &claims_json(), SECRET)), Ok(()), "the forger forges well");
    for header in [
        r#"{"alg":"none","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"None","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"hs256","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"HS384","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"RS256","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"ES512","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"HS256","typ":"JWT","kid":"2026-09"}"#,
        r#"{"alg":"HS256","typ":"application/at+jwt","kid":"2026-09"}"#,
        r#"{"alg":"HS256","typ":"AT+JWT","kid":"2026-09"}"#,
        r#"{"alg":"HS256","kid":"2026-09"}"#,
        r#"{"alg":"HS256","typ":"at+jwt"}"#,
        r#"{"alg":"HS256","typ":"at+jwt","kid":"2026-08"}"#,
        r#"{"alg":"HS256","typ":"at+jwt","kid":""}"#,
        r#"{"alg":"HS256","typ":"at+jwt","kid":"../../dev/null"}"#,
        r#"{"alg":"HS256","typ":"at+jwt","kid":"2026-09","crit":["x"]}"#,
        r#"{"alg":"HS256","typ":"at+jwt","kid":"2026-09","jku":"https://evil.example"}"#,
        r#"{"alg":"HS256","alg":"none","typ":"at+jwt","kid":"2026-09"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","kid":"2026-09"}"#,
        r#"{"alg": "HS256","typ":"at+jwt","kid":"2026-09"}"#,
        "{}",
        "",
    ] {
        assert_eq!(
            verdict(&forge(header, &claims_json(), SECRET)),
            Err(TokenError::ForeignHeader),
            "{header}"
        );
    }
}

#[test]
fn a_token_of_another_form_is_refused() {
    let token = keys().issue(&claims());
    let (signed, tag) = token.rsplit_once('.').expect("it has three parts");
    let (header, payload) = signed.split_once('.').expect("it has three parts");

    for (forged, expected) in [
        (String::new(), TokenError::Malformed),
        ("token".to_owned(), TokenError::Malformed),
        (signed.to_owned(), TokenError::Malformed),
        (format!("{header}.{tag}"), TokenError::Malformed),
        (format!("{header}..{tag}"), TokenError::WrongSignature),
        (format!("{token}."), TokenError::Malformed),
        (format!("{token}.{tag}"), TokenError::Malformed),
        (format!(".{token}"), TokenError::ForeignHeader),
        (format!("Bearer {token}"), TokenError::ForeignHeader),
        (format!(" {token}"), TokenError::ForeignHeader),
        (format!("{token} "), TokenError::Malformed),
        (format!("{token}="), TokenError::Malformed),
        (format!("{header}.{payload}=.{tag}"), TokenError::Malformed),
        (format!("{header}=.{payload}.{tag}"), TokenError::ForeignHeader),
        ("a.".repeat(3_000), TokenError::TooLong),
        (format!("{header}.{}.{tag}", "A".repeat(4_096)), TokenError::TooLong),
    ] {
        assert_eq!(verdict(&forged), Err(expected), "{forged}");
    }
}

#[test]
fn a_token_with_another_signature_is_refused() {
    let token = keys().issue(&claims());
    let (signed, _) = token.rsplit_once('.').expect("it has three parts");
    let richer = claims_json().replace("acme", "evil");
    let tag = hmac_sha256(SECRET, signed.as_bytes());
    let spliced =
        format!("{}.{}.{}", encode(HEADER.as_bytes()), encode(richer.as_bytes()), encode(&tag));

    for forged in [
        forge(HEADER, &claims_json(), b"another secret, also of 32 bytes"),
        forge(HEADER, &claims_json(), b""),
        forge(HEADER, &claims_json(), &[0; 32]),
        forge(HEADER, &claims_json(), PUBLIC_PEM),
        forge(HEADER, &claims_json(), &SECRET[..31]),
        format!("{signed}."),
        format!("{signed}.{}", encode(&[0; 32])),
        format!("{signed}.{}", encode(&tag[..16])),
        format!("{signed}.{}", encode(&tag[..31])),
        format!("{signed}.{}", encode(&[tag.as_slice(), &[0]].concat())),
        format!("{signed}.{}", encode(&hmac_sha256(SECRET, &tag))),
        spliced,
    ] {
        assert_eq!(verdict(&forged), Err(TokenError::WrongSignature), "{forged}");
    }
}

#[test]
fn claims_of_another_shape_are_refused_even_with_the_right_signature() {
    let exp = format!("\"exp\":{}", NOW + 3_600);
    let replaced = |from: &str, to: &str| {
        let claims = claims_json();
        assert!(claims.contains(from), "{from}");
        claims.replace(from, to)
    };
    let mut forgeries =
        vec![String::new(), "null".to_owned(), "[]".to_owned(), "{}".to_owned(), "\"\"".to_owned()];
    for value in [
        "\"1790003600\"",
        "1790003600.0",
        "1.79e9",
        "null",
        "true",
        "[1790003600]",
        "1e400",
        "-1e3",
        "9223372036854775808",
        "99999999999999999999999999",
        "\"never\"",
    ] {
        forgeries.push(replaced(&exp, &format!("\"exp\":{value}")));
    }
    for claim in ["iss", "aud", "client_id", "scope", "iat", "nbf", "exp", "jti"] {
        let renamed = replaced(&format!("\"{claim}\":"), &format!("\"{}\":", claim.to_uppercase()));
        let mut without: serde_json::Value =
            serde_json::from_str(&claims_json()).expect("it is JSON");
        without.as_object_mut().expect("it is an object").remove(claim);
        let twice = replaced("{", &format!("{{{}", member_of(claim)));
        forgeries.extend([renamed, without.to_string(), twice]);
    }
    forgeries.push(replaced(r#"["payments"]"#, r#""payments""#));
    forgeries.push(replaced(r#"["payments"]"#, "[1]"));
    forgeries.push(replaced(r#""payments_api""#, r#"["payments_api"]"#));
    forgeries.push(replaced(r#""acme""#, "7"));
    forgeries.push(replaced("{", r#"{"admin":true,"#));
    forgeries.push(format!("{}{{}}", claims_json()));

    for forged in forgeries {
        assert_eq!(
            verdict(&forge(HEADER, &forged, SECRET)),
            Err(TokenError::InvalidClaims),
            "{forged}"
        );
    }
}

#[test]
fn times_at_the_edge_of_64_bits_do_not_overflow() {
    for (claim, value, expected) in [
        ("exp", i64::MAX, Ok(())),
        ("exp", i64::MIN, Err(TokenError::Expired)),
        ("exp", 0, Err(TokenError::Expired)),
        ("exp", -1, Err(TokenError::Expired)),
        ("nbf", i64::MAX, Err(TokenError::NotYetValid)),
        ("nbf", i64::MIN, Ok(())),
        ("iat", i64::MAX, Err(TokenError::NotYetValid)),
        ("iat", NOW + 1, Err(TokenError::NotYetValid)),
        ("iat", i64::MIN, Ok(())),
    ] {
        let mut forged: serde_json::Value =
            serde_json::from_str(&claims_json()).expect("it is JSON");
        forged[claim] = value.into();

        assert_eq!(
            verdict(&forge(HEADER, &forged.to_string(), SECRET)),
            expected,
            "{claim} {value}"
        );
    }
}

/// One member of the claims, with a comma after it.
fn member_of(claim: &str) -> String {
    let claims: serde_json::Value = serde_json::from_str(&claims_json()).expect("it is JSON");
    format!("\"{claim}\":{},", claims[claim])
}
