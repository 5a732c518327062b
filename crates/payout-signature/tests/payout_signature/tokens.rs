//! Access tokens that are issued, verified and rotated.

use payout_signature::access_token::{
    Claims, Leeway, TokenError, TokenKey, TokenKeyError, TokenKeys,
};
use proptest::prelude::*;

pub(crate) const SECRET: &[u8; 32] = b"a secret for tests, of 32 bytes.";
pub(crate) const NOW: i64 = 1_790_000_000;

pub(crate) fn keys() -> TokenKeys {
    TokenKeys::new(key("2026-09"))
}

pub(crate) fn key(kid: &str) -> TokenKey {
    TokenKey::new(kid, SECRET).expect("the secret is long enough")
}

pub(crate) fn claims() -> Claims {
    Claims {
        iss: "https://auth.example.com".to_owned(),
        aud: "payments_api".to_owned(),
        client_id: "acme".to_owned(),
        scope: vec!["payments".to_owned()],
        iat: NOW,
        nbf: NOW,
        exp: NOW + 3_600,
        jti: "5f0d1e2a".to_owned(),
    }
}

#[test]
fn a_token_that_we_issue_verifies_and_says_what_was_claimed() {
    let token = keys().issue(&claims());

    assert_eq!(keys().verify(&token, NOW, Leeway::NONE), Ok(claims()));
}

#[test]
fn the_header_and_the_claims_are_those_of_an_access_token() {
    let token = keys().issue(&claims());

    let parts: Vec<String> = token.split('.').take(2).map(decode).collect();

    assert_eq!(parts[0], r#"{"alg":"HS256","typ":"at+jwt","kid":"2026-09"}"#);
    assert_eq!(
        parts[1],
        concat!(
            r#"{"iss":"https://auth.example.com","aud":"payments_api","client_id":"acme","scope":["payments"],"#,
            r#""iat":1790000000,"nbf":1790000000,"exp":1790003600,"jti":"5f0d1e2a"}"#
        )
    );
}

#[test]
fn a_token_lives_from_nbf_until_just_before_exp() {
    let token = keys().issue(&claims());
    let at = |seconds, leeway| keys().verify(&token, seconds, leeway).map(|_| ());
    let leeway = Leeway::from_seconds(30).expect("it is the largest");

    for (seconds, strict, lenient) in [
        (NOW - 31, Err(TokenError::NotYetValid), Err(TokenError::NotYetValid)),
        (NOW - 30, Err(TokenError::NotYetValid), Ok(())),
        (NOW - 1, Err(TokenError::NotYetValid), Ok(())),
        (NOW, Ok(()), Ok(())),
        (NOW + 3_599, Ok(()), Ok(())),
        (NOW + 3_600, Err(TokenError::Expired), Ok(())),
        (NOW + 3_629, Err(TokenError::Expired), Ok(())),
        (NOW + 3_630, Err(TokenError::Expired), Err(TokenError::Expired)),
        (i64::MAX, Err(TokenError::Expired), Err(TokenError::Expired)),
        (i64::MIN, Err(TokenError::NotYetValid), Err(TokenError::NotYetValid)),
    ] {
        assert_eq!(at(seconds, Leeway::NONE), strict, "{seconds}");
        assert_eq!(at(seconds, leeway), lenient, "{seconds}");
    }
}

#[test]
fn a_leeway_is_at_most_half_a_minute() {
    assert_eq!(Leeway::from_seconds(0), Some(Leeway::NONE));
    assert!(Leeway::from_seconds(30).is_some());
    assert_eq!(Leeway::from_seconds(31), None);
    assert_eq!(Leeway::from_seconds(255), None);
}

#[test]
fn issuer_and_audience_have_errors_of_their_own() {
    assert_eq!(claims().check_issuer("https://auth.example.com"), Ok(()));
    assert_eq!(claims().check_issuer("https://auth.example.com/"), Err(TokenError::WrongIssuer));
    assert_eq!(claims().check_audience("payments_api"), Ok(()));
    assert_eq!(claims().check_audience("https://auth.example.com"), Err(TokenError::WrongAudience));
    assert!(claims().has_scope("payments"));
    assert!(!claims().has_scope("payment"));
    assert!(!claims().has_scope(""));
}

#[test]
fn a_rotated_key_verifies_until_it_is_dropped_and_issues_no_more() {
    let old_token = keys().issue(&claims());
    let new = || TokenKey::new("2026-10", &[9; 64]).expect("the secret is long enough");

    let rotated = TokenKeys::new(new()).with_previous(key("2026-09")).expect("the ids differ");
    let dropped = TokenKeys::new(new());

    assert_eq!(rotated.verify(&old_token, NOW, Leeway::NONE), Ok(claims()));
    assert_eq!(dropped.verify(&old_token, NOW, Leeway::NONE), Err(TokenError::ForeignHeader));
    let new_token = rotated.issue(&claims());
    assert_eq!(dropped.verify(&new_token, NOW, Leeway::NONE), Ok(claims()));
    assert_eq!(keys().verify(&new_token, NOW, Leeway::NONE), Err(TokenError::ForeignHeader));
}

#[test]
fn two_keys_of_one_id_are_refused() {
    let twice = keys().with_previous(key("2026-09")).map(|_| ());

    assert_eq!(twice, Err(TokenKeyError::DuplicateKid));
}

#[test]
fn a_short_secret_or_a_bad_id_makes_no_key() {
    let error = |kid, secret| TokenKey::new(kid, secret).map(|_| ());

    assert_eq!(error("a", &[1; 31]), Err(TokenKeyError::SecretTooShort));
    assert_eq!(error("a", b""), Err(TokenKeyError::SecretTooShort));
    assert_eq!(error("", &[1; 32]), Err(TokenKeyError::InvalidKid));
    assert_eq!(error("a b", &[1; 32]), Err(TokenKeyError::InvalidKid));
    assert_eq!(error(r#""quoted"\"#, &[1; 32]), Ok(()));
}

#[test]
fn debug_shows_the_id_of_a_key_only() {
    let shown = format!("{:?}", keys());

    assert_eq!(shown, r#"TokenKeys { current: TokenKey { kid: "2026-09", .. }, previous: [] }"#);
}

proptest! {
    #[test]
    fn any_claims_make_a_round_trip(iss in ".{0,20}", scope in prop::collection::vec(".{0,9}", 0..4), life in 1_i64..9_999) {
        let claims = Claims { iss, scope, exp: NOW + life, ..claims() };

        let token = keys().issue(&claims);

        prop_assert_eq!(keys().verify(&token, NOW, Leeway::NONE), Ok(claims));
    }

    #[test]
    fn a_changed_character_of_a_token_is_refused(index: prop::sample::Index, difference in 1_u8..128) {
        let mut token = keys().issue(&claims()).into_bytes();
        let byte = index.get_mut(&mut token);
        *byte = byte.wrapping_add(difference) & 127;
        let token = String::from_utf8(token).expect("it is ASCII");

        prop_assert!(keys().verify(&token, NOW, Leeway::NONE).is_err());
    }
}

fn decode(part: &str) -> String {
    use base64::Engine;
    let bytes =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("it is base64url");
    String::from_utf8(bytes).expect("it is text")
}

#[test]
fn a_token_has_a_largest_size() {
    let of = |length: usize| keys().verify(&"a".repeat(length), NOW, Leeway::NONE);

    assert_eq!(of(4 * 1024 + 1), Err(TokenError::TooLong));
    assert_eq!(of(4 * 1024), Err(TokenError::Malformed));
}
