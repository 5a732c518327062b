//! Signing what no honest signer signs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use payout_signature::digest::hmac_sha256;

use crate::call::Call;
use crate::house::ACME_PEM;

/// The head of every signature of `acme`.
pub(super) const HEAD: &str =
    r#"{"alg":"ES512","kid":"acme-key","tl_version":"2","tl_headers":"Idempotency-Key"}"#;

/// The head of every token of the house.
pub(super) const TOKEN_HEAD: &str = r#"{"alg":"HS256","typ":"at+jwt","kid":"token-key"}"#;

/// The secret that tokens of the house are signed with.
pub(super) const TOKEN_SECRET: [u8; 32] = [7; 32];

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("it is base64url")
}

/// What is signed of a call when `Idempotency-Key` is covered.
pub(super) fn payload(call: &Call) -> Vec<u8> {
    let key = call.headers.iter().find(|(name, _)| name == "Idempotency-Key");
    let (_, key) = key.expect("the call has a key");
    let head = format!("{} {}\nIdempotency-Key: {key}\n", call.method, call.path);
    [head.as_bytes(), &call.body].concat()
}

/// Signs any head over any payload with the key of `acme`.
pub(super) fn forge(head: impl AsRef<[u8]>, payload: &[u8]) -> String {
    let input = format!("{}.{}", encode(&head), encode(payload));
    format!("{}..{}", encode(&head), encode(sign(input.as_bytes())))
}

/// The bytes of a signature by the key of `acme`.
pub(super) fn sign(message: &[u8]) -> Vec<u8> {
    let der: String = ACME_PEM.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(der).expect("PEM is base64");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, &der);
    signed_by(&pair.expect("it was generated"), message)
}

/// The bytes of a signature by a key on the other curve.
pub(super) fn sign_on_p256(message: &[u8]) -> Vec<u8> {
    signed_by(&generated(&ECDSA_P256_SHA256_FIXED_SIGNING), message)
}

/// A token of any head and any claims, signed with any secret.
pub(super) fn token(head: &str, claims: &str, secret: &[u8]) -> String {
    let signed = format!("{}.{}", encode(head), encode(claims));
    format!("{signed}.{}", encode(hmac_sha256(secret, signed.as_bytes())))
}

fn generated(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::generate(algorithm).expect("there is entropy")
}

fn signed_by(pair: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    pair.sign(&SystemRandom::new(), message).expect("there is entropy").as_ref().to_vec()
}
