//! The provider's published test key, a request, and a way to sign what `sign` would refuse.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use payout_signature::{Request, SignatureError, SigningKey, TlSignature, VerifyingKey};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

pub(crate) const KID: &str = "45fc75cf-5649-4134-84b3-192c2c78e990";
pub(crate) const PRIVATE_PEM: &[u8] = include_bytes!("../vectors/ec512-private.pem");
pub(crate) const PUBLIC_PEM: &[u8] = include_bytes!("../vectors/ec512-public.pem");

pub(crate) const PAYOUT: Request<'static> = Request {
    method: "POST",
    path: "/v3/payouts",
    headers: &[
        ("Host", b"api.example.com"),
        ("Idempotency-Key", b"7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c"),
        ("Content-Type", b"application/json"),
    ],
    body: br#"{"merchant_account_id":"3d1f0c52","amount_in_minor":1250,"currency":"GBP"}"#,
};

/// What is signed of [`PAYOUT`] when `Idempotency-Key` is covered.
pub(crate) const PAYOUT_PAYLOAD: &[u8] = concat!(
    "POST /v3/payouts\n",
    "Idempotency-Key: 7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c\n",
    r#"{"merchant_account_id":"3d1f0c52","amount_in_minor":1250,"currency":"GBP"}"#,
)
.as_bytes();

pub(crate) const HEADER: &str = r#"{"alg":"ES512","kid":"45fc75cf-5649-4134-84b3-192c2c78e990","tl_version":"2","tl_headers":"Idempotency-Key"}"#;

pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_pem(KID, PRIVATE_PEM).expect("the published key is valid")
}

pub(crate) fn verifying_key() -> VerifyingKey {
    VerifyingKey::from_public_pem(KID, PUBLIC_PEM).expect("the published key is valid")
}

/// Parses and verifies with the published key.
pub(crate) fn verify(value: &str, request: &Request<'_>) -> Result<(), SignatureError> {
    TlSignature::parse(value)?.verify(&verifying_key(), request)
}

/// Signs any header over any payload with the published key, as a careless signer might.
pub(crate) fn forge(header: &[u8], payload: &[u8]) -> String {
    let protected = encode(header);
    let signature = sign_raw(format!("{protected}.{}", encode(payload)).as_bytes());
    format!("{protected}..{}", encode(&signature))
}

pub(crate) fn sign_raw(message: &[u8]) -> Vec<u8> {
    let der = PrivateKeyDer::from_pem_slice(PRIVATE_PEM).expect("the published key is PEM");
    let pair =
        EcdsaKeyPair::from_private_key_der(&ECDSA_P521_SHA512_FIXED_SIGNING, der.secret_der())
            .expect("the published key is on P-521");
    pair.sign(&SystemRandom::new(), message).expect("there is entropy").as_ref().to_vec()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The JOSE header's text and the signature's bytes of a value.
pub(crate) fn take_apart(value: &str) -> (String, Vec<u8>) {
    let (protected, signature) = value.split_once("..").expect("it is a detached JWS");
    (protected.to_owned(), URL_SAFE_NO_PAD.decode(signature).expect("it is base64url"))
}

pub(crate) fn put_together(protected: &str, signature: &[u8]) -> String {
    format!("{protected}..{}", encode(signature))
}
