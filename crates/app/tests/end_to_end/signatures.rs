//! Signatures, ours and those of the provider's own crate.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use truelayer_signing::Method;

use crate::http::{pay_out, post_payout, signature, token};
use crate::stage::Stage;
use crate::world::World;

const BODY: &str = r#"{"amount_in_minor":1000}"#;
const HEADER: &str = "Idempotency-Key: withdrawal-20417";
const REQUEST: [&str; 6] = ["--kid", "key-1", "--path", "/v3/payouts", "--header", HEADER];

/// A home with a key pair and a body.
fn with_keys() -> Stage {
    let stage = Stage::new();
    let new =
        ["key", "new", "--kid", "key-1", "--out", "private.pem", "--public-out", "public.pem"];
    stage.run(&new).ended_with(0);
    stage.write("body.json", BODY);
    stage
}

fn sign(stage: &Stage) -> String {
    let sign = ["sign", "--key", "private.pem", "--body-file", "body.json"];
    stage.run(&[&sign[..], &REQUEST].concat()).ended_with(0).line()
}

/// What the provider's own crate signs with that key.
fn theirs(stage: &Stage, body: &str) -> String {
    let pem = fs::read(stage.path("private.pem")).expect("it was made");
    truelayer_signing::sign_with_pem("key-1", &pem)
        .method(Method::Post)
        .path("/v3/payouts")
        .header("Idempotency-Key", b"withdrawal-20417")
        .body(body.as_bytes())
        .build_signer()
        .sign()
        .expect("the key is right")
}

#[test]
fn the_providers_own_crate_signs_what_the_service_accepts() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");

    let answer = pay_out(&world.service, "withdrawal-20417", &sam.body(1000, "GBP"));

    assert_eq!(answer.status, 202, "{answer:?}");
    let id = answer.json()["id"].as_str().expect("it has an id").to_owned();
    world.watch(&id).ended_with(0);
}

/// The key has tables a moment after its first payout; every verdict of theirs is repeated by the library,
/// and a difference would be in the log.
#[test]
fn a_service_that_verifies_by_tables_accepts_what_is_signed_and_nothing_else() {
    let environment = [
        ("PAYOUT_SERVE_SIGNATURE_VERIFIER", "tables"),
        ("PAYOUT_SERVE_SIGNATURE_TABLES_MAX", "1"),
        ("PAYOUT_SERVE_SIGNATURE_CHECKED_ONE_IN", "1"),
    ];
    let world = World::with_environment(&[], &[], &environment);
    let sam = world.paid_in("sam", "25.00 GBP");

    for number in 0..20 {
        let key = format!("withdrawal-{number}");
        let answer = pay_out(&world.service, &key, &sam.body(100, "GBP"));
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    let bearer = format!("Bearer {}", token(&world.service, "payments"));
    let of_another = signature(&world.service, "withdrawal-20", b"{}");
    let forged = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "withdrawal-20"),
        ("Tl-Signature", &of_another),
    ];
    let body = sam.body(100, "GBP").to_string();
    assert_eq!(post_payout(&world.service, &forged, body.as_bytes()).status, 401);

    let log = world.service.log();
    assert!(!log.contains("differ about a signature"), "{log}");
}

#[test]
fn the_providers_own_crate_finds_our_signature_right() {
    let stage = with_keys();
    let pem = fs::read(stage.path("public.pem")).expect("it was made");
    let jwks = ["key", "jwks", "--key", "private.pem", "--kid", "key-1"];
    let jwks = stage.run(&jwks).ended_with(0).stdout;

    let signature = sign(&stage);

    let verify = |verifier: truelayer_signing::VerifierBuilder<'_, _, _, _, _>| {
        verifier
            .method(Method::Post)
            .path("/v3/payouts")
            .header("Idempotency-Key", b"withdrawal-20417")
            .require_header("Idempotency-Key")
            .body(BODY.as_bytes())
            .build_verifier()
            .verify(&signature)
    };
    verify(truelayer_signing::verify_with_pem(&pem)).expect("the signature is right");
    verify(truelayer_signing::verify_with_jwks(jwks.as_bytes())).expect("the key set is right");
}

#[test]
fn we_find_the_signature_of_the_providers_own_crate_right() {
    let stage = with_keys();
    let signature = theirs(&stage, BODY);

    let verify = ["verify", "--public-key", "public.pem", "--body-file", "body.json"];
    let verify = [&verify[..], &REQUEST, &["--signature", &signature]].concat();

    assert_eq!(stage.run(&verify).ended_with(0).line(), "the signature is right");
    let json = stage.run(&[&verify[..], &["--json"]].concat()).ended_with(0).json();
    assert_eq!(json, serde_json::json!({ "valid": true }));
}

#[test]
fn a_forged_signature_ends_with_four() {
    let stage = with_keys();
    let other = ["key", "new", "--out", "other.pem", "--public-out", "other-public.pem"];
    stage.run(&other).ended_with(0);
    let signature = sign(&stage);
    let of_other_body = theirs(&stage, r#"{"amount_in_minor":9000}"#);
    let verify = |key: &str, path: &str, header: &str, signature: &str| {
        let key = ["verify", "--public-key", key, "--kid", "key-1", "--path", path];
        let rest = ["--header", header, "--body-file", "body.json", "--signature", signature];
        stage.run(&[key.as_slice(), &rest].concat())
    };

    for outcome in [
        verify("other-public.pem", "/v3/payouts", HEADER, &signature),
        verify("public.pem", "/payouts", HEADER, &signature),
        verify("public.pem", "/v3/payouts", "Idempotency-Key: withdrawal-20418", &signature),
        verify("public.pem", "/v3/payouts", HEADER, &of_other_body),
        verify("public.pem", "/v3/payouts", HEADER, "nonsense"),
    ] {
        outcome.ended_with(4).said("the signature is not right");
    }
    verify("public.pem", "/v3/payouts", HEADER, &signature).ended_with(0);
}

#[test]
fn a_private_key_is_its_owners_alone_and_never_overwritten() {
    let stage = with_keys();
    let before = fs::read(stage.path("private.pem")).expect("it was made");

    let again = stage.run(&["key", "new", "--out", "private.pem"]).ended_with(7);

    again.said("private.pem exists; a key is never overwritten");
    assert_eq!(fs::read(stage.path("private.pem")).expect("it is there"), before);
    let mode = fs::metadata(stage.path("private.pem")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
