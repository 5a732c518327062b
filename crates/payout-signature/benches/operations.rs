//! What it costs to sign and to verify.

use std::hint::black_box;
use std::num::NonZeroUsize;

use criterion::Criterion;
use payout_signature::{KnownKeys, Request, SigningKey, TableLimits, TlSignature, Verifier, sign};

/// As long as the body of a request for a payout.
const BODY: &[u8] = &[b'x'; 420];

/// A request for a payout, as far as it matters here.
const REQUEST: Request<'static> = Request {
    method: "POST",
    path: "/v3/payouts",
    headers: &[("Idempotency-Key", b"7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c")],
    body: BODY,
};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (own, _) = SigningKey::generate("45fc75cf-5649-4134-84b3-192c2c78e990")
        .expect("the library makes keys");
    let value = sign(&own, &REQUEST, &["Idempotency-Key"], None).expect("it can be signed");
    let (signature, key) =
        (TlSignature::parse(&value).expect("it was just made"), own.verifying_key());
    criterion.bench_function("signature/request is signed", |bencher| {
        bencher.iter(|| sign(&own, black_box(&REQUEST), &["Idempotency-Key"], None));
    });
    criterion.bench_function("signature/header is read", |bencher| {
        bencher.iter(|| TlSignature::parse(black_box(&value)));
    });
    criterion.bench_function("signature/signed text is put together", |bencher| {
        bencher.iter(|| signature.signing_input(key, black_box(&REQUEST)));
    });
    let tables = Verifier::tables(tables(key));
    for (name, verifier) in [("library", &Verifier::LIBRARY), ("tables", &tables)] {
        let verify = |request| verifier.verify_exact(&signature, key, request);
        verify(&REQUEST).expect("it was signed by this key");
        criterion.bench_function(&format!("signature/request is verified by {name}"), |bencher| {
            bencher.iter(|| verify(black_box(&REQUEST)));
        });
    }
    criterion.final_summary();
}

/// Tables of this key, whose verdicts nobody repeats.
fn tables(key: &payout_signature::VerifyingKey) -> KnownKeys {
    let limits = TableLimits { keys_max: NonZeroUsize::MIN, checked_one_in: None };
    let tables = KnownKeys::new(limits, |_| {});
    tables.build(key);
    assert!(tables.has_tables(key), "they were just built");
    tables
}
