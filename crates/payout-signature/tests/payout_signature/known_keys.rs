//! Keys that have tables, and who verifies while they have none.

#![allow(clippy::panic, reason = "a test that panics fails, as it should")]

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use payout_signature::{
    KnownKeys, Request, SignatureError, SigningKey, TableLimits, TlSignature, Verifier, sign,
};

use crate::fixtures::PAYOUT;

fn known(keys_max: usize, one_in: u32) -> KnownKeys {
    let keys_max = NonZeroUsize::new(keys_max).expect("it is more than none");
    let limits = TableLimits { keys_max, checked_one_in: one_in.try_into().ok() };
    KnownKeys::new(limits, |difference| panic!("{difference}"))
}

fn key(kid: &str) -> SigningKey {
    SigningKey::generate(kid).expect("there is entropy").0
}

fn signed(key: &SigningKey, request: &Request<'_>) -> TlSignature {
    let value = sign(key, request, &["Idempotency-Key"], None).expect("it is well-formed");
    TlSignature::parse(&value).expect("we made it")
}

/// Verifies until the key has tables.
fn verify_until_known(known: &KnownKeys, verifier: &Verifier, key: &SigningKey) {
    let signature = signed(key, &PAYOUT);
    let patience = Instant::now();
    while !known.has_tables(key.verifying_key()) {
        assert_eq!(verifier.verify_exact(&signature, key.verifying_key(), &PAYOUT), Ok(()));
        assert!(patience.elapsed() < Duration::from_mins(1), "no tables were made");
    }
}

#[test]
fn both_spellings_of_a_path_have_the_verdicts_of_the_library() {
    let (known, key) = (known(1, 1), key("key"));
    let verifier = Verifier::tables(known.clone());
    known.build(key.verifying_key());
    let with_slash = Request { path: "/v3/payouts/", ..PAYOUT };
    let elsewhere = Request { path: "/v3/payments", ..PAYOUT };

    for signed_as in [&PAYOUT, &with_slash, &elsewhere] {
        let signature = signed(&key, signed_as);
        let key = key.verifying_key();
        for request in [&PAYOUT, &with_slash, &elsewhere] {
            let by_tables = verifier.verify_exact(&signature, key, request);
            assert_eq!(by_tables, signature.verify_exact(key, request));
            assert_eq!(by_tables.is_ok(), request.path == signed_as.path);

            let by_tables = verifier.verify_other_spelling(&signature, key, request);
            assert_eq!(by_tables, signature.verify_other_spelling(key, request));
            let differ = request.path != signed_as.path;
            let is_other =
                differ && request.path != "/v3/payments" && signed_as.path != "/v3/payments";
            assert_eq!(by_tables.is_ok(), is_other);
        }
    }
    assert!(known.has_tables(key.verifying_key()) && !known.is_stopped());
}

#[test]
fn a_key_gets_tables_when_it_has_verified_something() {
    let (known, key, forger) = (known(2, 1), key("key"), key("key"));
    let verifier = Verifier::tables(known.clone());
    let forgery = signed(&forger, &PAYOUT);

    for _ in 0..20 {
        let verdict = verifier.verify_exact(&forgery, key.verifying_key(), &PAYOUT);
        assert_eq!(verdict, Err(SignatureError::Mismatch));
    }
    verify_until_known(&known, &verifier, &key);
    let verdict = verifier.verify_exact(&forgery, key.verifying_key(), &PAYOUT);
    assert_eq!(verdict, Err(SignatureError::Mismatch));
}

#[test]
fn the_key_that_was_used_least_recently_makes_room_but_not_for_a_passer_by() {
    let known = known(2, 1);
    let verifier = Verifier::tables(known.clone());
    let [first, second, third] = ["first", "second", "third"].map(key);
    let verify = |key: &SigningKey| {
        let signature = signed(key, &PAYOUT);
        assert_eq!(verifier.verify_exact(&signature, key.verifying_key(), &PAYOUT), Ok(()));
    };
    known.build(first.verifying_key());
    known.build(second.verifying_key());
    verify(&second);
    verify(&first);

    for _ in 0..20 {
        verify(&third);
    }
    assert!(!known.has_tables(third.verifying_key()), "it passes by");

    verify_until_known(&known, &verifier, &third);
    let has = |key: &SigningKey| known.has_tables(key.verifying_key());
    assert!(has(&first) && has(&third));
    assert!(!has(&second), "it was used least recently");
    verify(&second);
}

#[test]
fn copies_are_one_and_many_threads_may_ask() {
    let (known, key) = (known(1, 3), key("key"));
    let verifier = Verifier::tables(known.clone());
    let with_slash = Request { path: "/v3/payouts/", ..PAYOUT };
    let signature = signed(&key, &PAYOUT);

    std::thread::scope(|scope| {
        for _ in 0..3 {
            let verifier = verifier.clone();
            scope.spawn({
                let (signature, key) = (&signature, key.verifying_key());
                move || {
                    for _ in 0..60 {
                        assert_eq!(verifier.verify_exact(signature, key, &PAYOUT), Ok(()));
                        let other = verifier.verify_exact(signature, key, &with_slash);
                        assert_eq!(other, Err(SignatureError::Mismatch));
                    }
                }
            });
        }
    });
    verify_until_known(&known, &verifier, &key);
}
