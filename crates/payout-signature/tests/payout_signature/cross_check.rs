//! The provider's own library and we take each other's signatures.

use payout_signature::{Jwks, Request, SigningKey, TlSignature, sign};
use truelayer_signing::Method;

use crate::fixtures::{KID, PAYOUT, PRIVATE_PEM, PUBLIC_PEM, signing_key, verifying_key};

const JKU: &str = "https://webhooks.truelayer.com/.well-known/jwks";

/// Requests as our clients and the provider send them, and the names that are signed.
const CASES: &[(Request<'static>, &[&str])] = &[
    (PAYOUT, &["Idempotency-Key"]),
    (PAYOUT, &["idempotency-key"]),
    (PAYOUT, &["Content-Type", "Idempotency-Key"]),
    (PAYOUT, &["Host", "idempotency-key", "CONTENT-TYPE"]),
    (PAYOUT, &[]),
    (Request { path: "/v3/payouts/", ..PAYOUT }, &["Idempotency-Key"]),
    (Request { path: "/", ..PAYOUT }, &["Idempotency-Key"]),
    (Request { path: "/v3/p%20youts/%C3%A9", ..PAYOUT }, &["Idempotency-Key"]),
    (Request { method: "DELETE", body: b"", ..PAYOUT }, &["Idempotency-Key"]),
    (Request { method: "PUT", ..PAYOUT }, &["Idempotency-Key"]),
    (Request { method: "PATCH", ..PAYOUT }, &["Idempotency-Key"]),
    (Request { method: "GET", body: b"", headers: &[], ..PAYOUT }, &[]),
    (Request { body: br#"{"name":"Foo???","other":">>>~~~"}"#, ..PAYOUT }, &["Idempotency-Key"]),
    (Request { body: &[0, 255, 10, 13], ..PAYOUT }, &["Idempotency-Key"]),
    (Request { headers: &[("Idempotency-Key", b"caf\xc3\xa9")], ..PAYOUT }, &["Idempotency-Key"]),
    (Request { headers: &[("x-empty", b"")], ..PAYOUT }, &["x-empty"]),
    (
        Request {
            path: "/tl-webhook",
            headers: &[("x-tl-webhook-timestamp", b"2021-11-29T11:42:55Z")],
            body: br#"{"type":"payout_executed"}"#,
            ..PAYOUT
        },
        &["X-Tl-Webhook-Timestamp"],
    ),
];

#[test]
fn the_provider_signs_and_we_verify() {
    for (request, names) in CASES {
        let value = provider_signs(request, names, None);

        let signature = TlSignature::parse(&value).expect("the provider wrote it");

        assert!(signature.signed_headers().eq(names.iter().copied()));
        assert_eq!(signature.jku(), None);
        signature.verify_exact(&verifying_key(), request).expect("the provider signed it");
    }
}

#[test]
fn we_sign_and_the_provider_verifies() {
    for (request, names) in CASES {
        let value = sign(&signing_key(), request, names, None).expect("the request is well-formed");

        provider_verifies(request, names, &value).expect("we signed it");
    }
}

#[test]
fn the_provider_sends_webhooks_and_we_verify() {
    for (request, names) in CASES {
        let value = provider_signs(request, names, Some(JKU));

        let signature = TlSignature::parse(&value).expect("the provider wrote it");

        assert_eq!(signature.jku(), Some(JKU));
        signature.verify(&verifying_key(), request).expect("the provider signed it");
    }
}

#[test]
fn we_send_webhooks_and_the_provider_verifies_them_with_our_key_set() {
    let jwks = Jwks::render(&[&verifying_key()]);
    for (request, names) in CASES {
        let value =
            sign(&signing_key(), request, names, Some(JKU)).expect("the request is well-formed");

        let header = truelayer_signing::extract_jws_header(&value).expect("we wrote it");
        assert_eq!(header.jku.as_deref(), Some(JKU));
        assert_eq!(header.tl_headers.as_deref(), Some(names.join(",").as_str()));
        truelayer_signing::verify_with_jwks(jwks.as_bytes())
            .method(method(request))
            .path(request.path)
            .headers(request.headers.iter().copied())
            .body(request.body)
            .build_verifier()
            .verify(&value)
            .expect("we signed it");
    }
}

#[test]
fn the_provider_reads_the_keys_that_we_generate() {
    for _ in 0..20 {
        let (key, private_pem) = SigningKey::generate(KID).expect("there is entropy");
        let public_pem = key.public_key_pem();

        let theirs = truelayer_signing::sign_with_pem(KID, private_pem.as_bytes())
            .method(Method::Post)
            .path(PAYOUT.path)
            .body(PAYOUT.body)
            .build_signer()
            .sign()
            .expect("openssl reads it");
        let ours = sign(&key, &PAYOUT, &[], None).expect("the request is well-formed");

        let signature = TlSignature::parse(&theirs).expect("the provider wrote it");
        signature.verify(key.verifying_key(), &PAYOUT).expect("the provider signed it");
        truelayer_signing::verify_with_pem(public_pem.as_bytes())
            .method(Method::Post)
            .path(PAYOUT.path)
            .body(PAYOUT.body)
            .build_verifier()
            .verify(&ours)
            .expect("we signed it");
    }
}

#[test]
fn both_take_one_trailing_slash_more_or_less_and_no_two() {
    for (signed, received, expected) in [
        ("/tl-webhook", "/tl-webhook/", true),
        ("/tl-webhook/", "/tl-webhook", true),
        ("/a//", "/a/", false),
        ("/a", "/a//", false),
        ("/a//", "/a", false),
        ("/a/b", "/a//b", false),
        ("/", "//", true),
        ("/", "/a", false),
    ] {
        let sent = Request { path: signed, ..PAYOUT };
        let received = Request { path: received, ..PAYOUT };
        let value = sign(&signing_key(), &sent, &["Idempotency-Key"], None)
            .expect("the request is well-formed");
        let signature = TlSignature::parse(&value).expect("we wrote it");

        let ours = signature.verify(&verifying_key(), &received);
        let theirs = provider_verifies(&received, &["Idempotency-Key"], &value);

        assert_eq!(ours.is_ok(), expected, "{sent:?} {received:?}");
        assert_eq!(theirs.is_ok(), expected, "{sent:?} {received:?}");
        assert!(signature.verify_exact(&verifying_key(), &received).is_err());
    }
}

fn provider_signs(request: &Request<'_>, names: &[&str], jku: Option<&str>) -> String {
    let headers: Vec<(&str, &[u8])> =
        names.iter().map(|name| (*name, value_of(request, name))).collect();
    let mut builder = truelayer_signing::sign_with_pem(KID, PRIVATE_PEM)
        .method(method(request))
        .path(request.path)
        .headers(headers)
        .body(request.body);
    if let Some(jku) = jku {
        builder = builder.jku(jku);
    }
    builder.build_signer().sign().expect("the request is well-formed")
}

fn provider_verifies(
    request: &Request<'_>,
    required: &[&str],
    value: &str,
) -> Result<(), truelayer_signing::Error> {
    let mut builder = truelayer_signing::verify_with_pem(PUBLIC_PEM)
        .method(method(request))
        .path(request.path)
        .headers(request.headers.iter().copied())
        .body(request.body);
    for name in required {
        builder = builder.require_header(name);
    }
    builder.build_verifier().verify(value)
}

fn value_of<'a>(request: &Request<'a>, name: &str) -> &'a [u8] {
    let found = request.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    found.expect("the case has all headers that it signs").1
}

fn method(request: &Request<'_>) -> Method {
    match request.method {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => unreachable!("no case has the method {other}"),
    }
}
