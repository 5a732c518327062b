//! The provider's published signatures, and what we say of them.

use std::fs;
use std::path::{Path, PathBuf};

use payout_signature::{Jwks, Request, TlSignature, VerifyingKey};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    keys: String,
    signature: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
    verdict: String,
}

#[test]
fn every_published_vector_gets_the_expected_verdict() {
    let vectors: Vec<Vector> =
        serde_json::from_str(&read("verdicts.json")).expect("the table is JSON");
    assert_eq!(vectors.len(), 32);

    for vector in vectors {
        assert_eq!(verdict(&vector), vector.verdict, "{}", vector.name);
    }
}

#[test]
fn the_jose_header_of_a_webhook_is_read() {
    let signature =
        TlSignature::parse(read("webhook-signature.txt").trim()).expect("it is published");

    assert_eq!(signature.kid(), "45fc75cf-5649-4134-84b3-192c2c78e990");
    assert_eq!(signature.jku(), Some("https://webhooks.truelayer.com/.well-known/jwks"));
    let names: Vec<&str> = signature.signed_headers().collect();
    assert_eq!(names, ["X-Tl-Webhook-Timestamp", "Content-Type"]);
    assert!(signature.covers("x-TL-webhook-timestamp"));
    assert!(!signature.covers("Idempotency-Key"));
}

fn verdict(vector: &Vector) -> String {
    let headers: Vec<(&str, &[u8])> =
        vector.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: &vector.method,
        path: &vector.path,
        headers: &headers,
        body: vector.body.as_bytes(),
    };
    let value = match vector.signature.strip_prefix("file:") {
        Some(file) => read(file).trim().to_owned(),
        None => vector.signature.clone(),
    };
    let signature = match TlSignature::parse(&value) {
        Ok(signature) => signature,
        Err(error) => return error.to_string(),
    };
    match published_key(&vector.keys, signature.kid()).map(|key| signature.verify(&key, &request)) {
        None => "no key".to_owned(),
        Some(Ok(())) => "ok".to_owned(),
        Some(Err(error)) => error.to_string(),
    }
}

fn published_key(file: &str, kid: &str) -> Option<VerifyingKey> {
    if file.contains("jwks") {
        let jwks = Jwks::parse(read(file).as_bytes()).expect("it is published");
        return jwks.key(kid).cloned();
    }
    Some(VerifyingKey::from_public_pem(kid, read(file).as_bytes()).expect("it is published"))
}

fn read(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    fs::read_to_string(path).expect("the file is part of the repository")
}
