//! Signatures, tokens and keys.

use std::sync::LazyLock;

use payout_signature::access_token::{Claims, Leeway, TokenKey, TokenKeys};
use payout_signature::{Jwks, SigningKey, TlSignature, VerifyingKey};
use serde_json::Value;

use crate::Heard;
use crate::again::text;

/// The head of a signature: another reader of JSON sees what we see.
pub(crate) fn tl_signature(bytes: &[u8]) -> Heard {
    let Some(Ok(signature)) = text(bytes).map(TlSignature::parse) else { return Heard::Refused };
    assert!(signature.kid().bytes().all(|byte| byte.is_ascii_graphic()), "{signature:?}");
    for name in signature.signed_headers() {
        assert!(signature.covers(&name.to_ascii_uppercase()), "{name}");
    }
    let head = bytes.split(|byte| *byte == b'.').next().unwrap_or_default();
    let head = decoded(head).expect("what was taken is base64url");
    let head: Value = serde_json::from_slice(&head).expect("what was taken is JSON");
    let said = |name: &str| head.get(name).and_then(Value::as_str);
    assert_eq!((said("alg"), said("tl_version")), (Some("ES512"), Some("2")));
    assert_eq!((said("kid"), said("jku")), (Some(signature.kid()), signature.jku()));
    let names = said("tl_headers").expect("what was taken names its headers").split(',');
    let names: Vec<_> = names.map(str::trim).filter(|name| !name.is_empty()).collect();
    assert_eq!(signature.signed_headers().collect::<Vec<_>>(), names);
    Heard::Taken
}

/// Within the lifetime of the token that was issued.
const NOW_SECONDS: i64 = 1_772_442_900;

/// A key, and the one token that was issued under it.
static ISSUED: LazyLock<(TokenKeys, String)> = LazyLock::new(|| {
    let key = TokenKey::new("fuzz-1", &[7; 32]).expect("the secret is long enough");
    let keys = TokenKeys::new(key);
    let token = keys.issue(&Claims {
        iss: "payout".into(),
        aud: "payout".into(),
        client_id: "shop".into(),
        scope: vec!["payments".into()],
        iat: NOW_SECONDS,
        nbf: NOW_SECONDS,
        exp: NOW_SECONDS.saturating_add(3600),
        jti: "1".into(),
    });
    (keys, token)
});

/// A token: none is taken but the one that was issued.
pub(crate) fn access_token(bytes: &[u8]) -> Heard {
    let (keys, issued) = &*ISSUED;
    let leeway = Leeway::from_seconds(0).expect("no leeway is allowed");
    let Some(token) = text(bytes) else { return Heard::Refused };
    if keys.verify(token, NOW_SECONDS, leeway).is_err() {
        return Heard::Refused;
    }
    assert_eq!(token, issued, "nobody has issued it");
    Heard::Taken
}

/// A set of keys: what is published of it is the same set.
pub(crate) fn key_set(bytes: &[u8]) -> Heard {
    let Ok(keys) = Jwks::parse(bytes) else { return Heard::Refused };
    let all: Vec<_> = keys.keys().collect();
    let again = Jwks::parse(Jwks::render(&all).as_bytes()).expect("what we publish can be read");
    assert_eq!(jwks(again.keys()), jwks(all.iter().copied()));
    for key in all {
        assert_eq!(keys.key(key.kid()).map(VerifyingKey::jwk_json), Some(key.jwk_json()));
    }
    Heard::Taken
}

/// A key as PEM, private or public: its public half is read again when it is written.
pub(crate) fn key_pem(bytes: &[u8]) -> Heard {
    let public = VerifyingKey::from_public_pem("fuzz", bytes);
    let private = SigningKey::from_pem("fuzz", bytes);
    let derived = private.as_ref().map(SigningKey::verifying_key);
    let mut heard = Heard::Refused;
    for key in public.iter().chain(derived) {
        let pem = key.public_key_pem();
        let again = VerifyingKey::from_public_pem("fuzz", pem.as_bytes());
        assert_eq!(again.map(|key| key.jwk_json()).ok(), Some(key.jwk_json()));
        heard = Heard::Taken;
    }
    heard
}

fn jwks<'a>(keys: impl Iterator<Item = &'a VerifyingKey>) -> Vec<String> {
    keys.map(VerifyingKey::jwk_json).collect()
}

/// Base64url without padding (RFC 4648, section 5), bit by bit: the library is on trial here.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in text {
        let value = ALPHABET.iter().position(|known| known == letter)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
        bits &= 0xff;
    }
    let is_whole = held < 6 && bits.trailing_zeros() >= held;
    is_whole.then_some(bytes)
}
