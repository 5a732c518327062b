//! The exchange of a secret for a token.

use std::time::Duration;

use payout_wire::token::{OAuthError, OAuthErrorCode, TokenRequest, TokenResponse};
use proptest::prelude::*;

#[test]
fn a_form_and_json_ask_the_same() {
    let json = br#"{"grant_type":"client_credentials","client_id":"acme","client_secret":"s3cret&","scope":"payments"}"#;
    let form =
        b"grant_type=client_credentials&client_id=acme&client_secret=s3cret%26&scope=payments";

    let asked = TokenRequest::parse_json(json).expect("it is complete");

    assert_eq!(TokenRequest::parse_form(form), Ok(asked.clone()));
    assert_eq!((asked.client_id(), asked.client_secret()), ("acme", "s3cret&"));
    assert_eq!(asked.scopes(), Some(vec!["payments"]));
}

#[test]
fn without_a_scope_everything_is_asked_for() {
    for json in [
        r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}"#,
        r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b","scope":null}"#,
        r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b","scope":""}"#,
    ] {
        let asked = TokenRequest::parse_json(json.as_bytes()).expect("a scope is optional");
        assert_eq!(asked.scopes(), None);
    }
    let form = b"grant_type=client_credentials&client_id=a&client_secret=b&scope=&x=y&";
    let two = b"scope=payments+paydirect&grant_type=client_credentials&client_id=a&client_secret=b";

    assert_eq!(TokenRequest::parse_form(form).expect("fine").scopes(), None);
    let two = TokenRequest::parse_form(two).expect("fine");
    assert_eq!(two.scopes(), Some(vec!["payments", "paydirect"]));
}

#[test]
fn what_is_no_token_request_is_refused_as_oauth_has_it() {
    let json = |text: &str| TokenRequest::parse_json(text.as_bytes()).expect_err(text);
    let form = |text: &str| TokenRequest::parse_form(text.as_bytes()).expect_err(text);

    for error in [
        json(""),
        json("[]"),
        json(r#"{"client_id":"a","client_secret":"b"}"#),
        json(r#"{"grant_type":"client_credentials","client_id":"a"}"#),
        json(r#"{"grant_type":"client_credentials","client_id":"","client_secret":"b"}"#),
        json(r#"{"grant_type":"client_credentials","client_id":1,"client_secret":"b"}"#),
        json(
            r#"{"grant_type":"client_credentials","client_id":"a","client_id":"a","client_secret":"b"}"#,
        ),
        form(""),
        form("grant_type=client_credentials&client_id=a&client_id=b&client_secret=c"),
        form("grant_type=client_credentials&client_id=a&client_secret=%zz"),
        form(r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}"#),
    ] {
        assert_eq!(error.code(), &OAuthErrorCode::InvalidRequest, "{error}");
    }
    for error in [
        json(r#"{"grant_type":"password","client_id":"a","client_secret":"b"}"#),
        form("grant_type=refresh_token&client_id=a&client_secret=b"),
    ] {
        assert_eq!(error.code(), &OAuthErrorCode::UnsupportedGrantType, "{error}");
    }
}

#[test]
fn a_token_is_read_with_and_without_its_scope() {
    let full =
        br#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"payments"}"#;
    let bare = br#"{"expires_in":60,"token_type":"bearer","access_token":"t","refresh_token":"r","scope":["payments"]}"#;

    let full = TokenResponse::parse(full).expect("it is complete");
    let bare = TokenResponse::parse(bare).expect("it is complete");

    assert_eq!((full.access_token(), full.scope()), ("t", Some("payments")));
    assert_eq!(full.expires_in(), Duration::from_hours(1));
    assert_eq!((bare.access_token(), bare.scope()), ("t", None));
    assert_eq!(bare.expires_in(), Duration::from_mins(1));
}

#[test]
fn a_token_of_unknown_life_or_kind_is_none() {
    for body in [
        "{}",
        r#"{"access_token":"t","token_type":"Bearer"}"#,
        r#"{"access_token":"t","expires_in":"3600","token_type":"Bearer"}"#,
        r#"{"access_token":"t","expires_in":-1,"token_type":"Bearer"}"#,
        r#"{"access_token":"t","expires_in":3600}"#,
        r#"{"access_token":"t","expires_in":3600,"token_type":"mac"}"#,
        r#"{"access_token":"","expires_in":3600,"token_type":"Bearer"}"#,
        r#"{"expires_in":3600,"token_type":"Bearer"}"#,
    ] {
        assert!(TokenResponse::parse(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn an_error_of_the_token_endpoint_is_read_with_whatever_stands_beside_it() {
    let named = OAuthError::parse(
        br#"{"error":"invalid_client","error_description":"who?","error_details":{"reason":"x"}}"#,
    )
    .expect("it has a code");
    let added = OAuthError::parse(br#"{"error":"slow_down"}"#).expect("it has a code");

    assert_eq!(named.code(), &OAuthErrorCode::InvalidClient);
    assert_eq!(named.description(), Some("who?"));
    assert_eq!(added.code(), &OAuthErrorCode::Other("slow_down".into()));
    assert_eq!(OAuthError::parse(&added.to_bytes()), Ok(added));
    assert!(OAuthError::parse(b"{}").is_err());
}

proptest! {
    #[test]
    fn a_secret_arrives_as_it_was_whichever_way_it_was_sent(
        id in "[^\0]{1,20}",
        secret in "[^\0]{1,40}",
        scope in proptest::option::of("[a-z:_]{1,10}( [a-z:_]{1,10}){0,3}"),
    ) {
        let request = TokenRequest::new(id.clone(), secret.clone(), scope.clone());
        let escaped = |text: &str| {
            text.bytes().fold(String::new(), |escaped, byte| escaped + &format!("%{byte:02x}"))
        };
        let scope = scope.map(|scope| format!("&scope={}", escaped(&scope))).unwrap_or_default();
        let (id, secret) = (escaped(&id), escaped(&secret));
        let form = format!(
            "client_secret={secret}&client_id={id}&grant_type=client_credentials{scope}"
        );

        prop_assert_eq!(TokenRequest::parse_json(&request.to_bytes()), Ok(request.clone()));
        prop_assert_eq!(TokenRequest::parse_form(form.as_bytes()), Ok(request));
    }
}
