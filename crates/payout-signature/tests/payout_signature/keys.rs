//! Keys as people have them in files.

use payout_signature::{KeyError, Request, SigningKey, TlSignature, VerifyingKey, sign};

use crate::fixtures::{KID, PAYOUT, PRIVATE_PEM, PUBLIC_PEM, signing_key, verifying_key};

const SEC1: &[u8] = include_bytes!("../keys/sec1.TEST-ONLY.pem");
const SEC1_WITH_PARAMETERS: &[u8] = include_bytes!("../keys/sec1-with-parameters.TEST-ONLY.pem");
const SEC1_WITHOUT_PUBLIC: &[u8] = include_bytes!("../keys/sec1-without-public.TEST-ONLY.pem");
const SEC1_EXPLICIT: &[u8] = include_bytes!("../keys/sec1-explicit-parameters.TEST-ONLY.pem");
const PKCS8: &[u8] = include_bytes!("../keys/pkcs8.TEST-ONLY.pem");
const PKCS8_ENCRYPTED: &[u8] = include_bytes!("../keys/pkcs8-encrypted.TEST-ONLY.pem");
const PUBLIC: &[u8] = include_bytes!("../keys/public.TEST-ONLY.pem");
const PUBLIC_COMPRESSED: &[u8] = include_bytes!("../keys/public-compressed.TEST-ONLY.pem");
const LEADING_ZERO_X: &[u8] = include_bytes!("../keys/leading-zero-x.TEST-ONLY.pem");
const LEADING_ZERO_Y: &[u8] = include_bytes!("../keys/leading-zero-y.TEST-ONLY.pem");
const P256_SEC1: &[u8] = include_bytes!("../keys/p256-sec1.TEST-ONLY.pem");
const P256_PKCS8: &[u8] = include_bytes!("../keys/p256-pkcs8.TEST-ONLY.pem");
const P256_PUBLIC: &[u8] = include_bytes!("../keys/p256-public.TEST-ONLY.pem");
const RSA: &[u8] = include_bytes!("../keys/rsa.TEST-ONLY.pem");
const LENGTH_ERROR_PRIVATE: &[u8] = include_bytes!("../vectors/length-error-private.pem");
const LENGTH_ERROR_PUBLIC: &[u8] = include_bytes!("../vectors/length-error-public.pem");

#[test]
fn every_form_that_openssl_writes_of_one_key_is_the_same_key() {
    for pem in [SEC1, SEC1_WITH_PARAMETERS, SEC1_WITHOUT_PUBLIC, PKCS8] {
        let key = SigningKey::from_pem("any", pem).expect("openssl made it");

        assert_eq!(key.public_key_pem().as_bytes(), PUBLIC);
    }
}

#[test]
fn a_public_key_may_be_compressed_and_is_written_uncompressed() {
    let key = VerifyingKey::from_public_pem("any", PUBLIC_COMPRESSED).expect("openssl made it");

    assert_eq!(key.public_key_pem().as_bytes(), PUBLIC);
}

#[test]
fn the_published_keys_belong_together() {
    for (private, public) in
        [(PRIVATE_PEM, PUBLIC_PEM), (LENGTH_ERROR_PRIVATE, LENGTH_ERROR_PUBLIC)]
    {
        let key = SigningKey::from_pem(KID, private).expect("the published key is valid");

        assert_eq!(key.public_key_pem().as_bytes(), public);
    }
}

#[test]
fn keys_with_a_leading_zero_sign_and_verify() {
    for pem in [LEADING_ZERO_X, LEADING_ZERO_Y, LENGTH_ERROR_PRIVATE] {
        let key = SigningKey::from_pem("any", pem).expect("openssl made it");
        let public = VerifyingKey::from_public_pem("any", key.public_key_pem().as_bytes())
            .expect("we wrote it");

        assert_signs_for(&key, &public, &PAYOUT);
    }
}

#[test]
fn a_generated_key_is_read_back_from_its_pem() {
    let (key, pem) = SigningKey::generate("mine").expect("there is entropy");

    let again = SigningKey::from_pem("mine", pem.as_bytes()).expect("we wrote it");

    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(pem.ends_with("\n-----END PRIVATE KEY-----\n"));
    assert!(pem.lines().all(|line| line.len() <= 64));
    assert_signs_for(&again, key.verifying_key(), &PAYOUT);
}

#[test]
fn no_other_kind_of_key_is_taken() {
    for (pem, expected) in [
        (P256_SEC1, KeyError::NotP521),
        (P256_PKCS8, KeyError::NotP521),
        (RSA, KeyError::NotP521),
        (PKCS8_ENCRYPTED, KeyError::NoKey),
        (PUBLIC, KeyError::NoKey),
        (b"".as_slice(), KeyError::NoKey),
        (b"not a key", KeyError::NoKey),
        (b"-----BEGIN PRIVATE KEY-----\n", KeyError::InvalidPem),
        (b"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n", KeyError::InvalidPem),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", KeyError::NotP521),
        (&[SEC1, PKCS8].concat(), KeyError::SeveralKeys),
    ] {
        assert_eq!(
            SigningKey::from_pem("any", pem).expect_err("it is not one key on P-521"),
            expected
        );
    }
    for (pem, expected) in [
        (P256_PUBLIC, KeyError::NotP521),
        (SEC1, KeyError::NoKey),
        (&[PUBLIC, PUBLIC].concat(), KeyError::SeveralKeys),
    ] {
        assert_eq!(
            VerifyingKey::from_public_pem("any", pem).expect_err("it is not one key on P-521"),
            expected
        );
    }
}

#[test]
fn a_curve_spelled_out_by_its_parameters_is_either_p_521_or_refused() {
    if let Ok(key) = SigningKey::from_pem("any", SEC1_EXPLICIT) {
        assert_eq!(key.public_key_pem().as_bytes(), PUBLIC);
    }
}

#[test]
fn a_private_key_with_another_ones_public_key_is_refused() {
    let pem = String::from_utf8(SEC1.to_vec()).expect("PEM is ASCII");
    let mut lines: Vec<String> = pem.lines().map(str::to_owned).collect();
    // The last line of base64 holds the end of the public key alone.
    let other = if lines[4].starts_with('A') { "B" } else { "A" };
    lines[4].replace_range(0..1, other);

    let error = SigningKey::from_pem("any", lines.join("\n").as_bytes())
        .expect_err("the point is off the curve");

    assert_eq!(error, KeyError::NotP521);
}

#[test]
fn an_id_that_cannot_be_printed_or_looked_up_is_refused() {
    for kid in ["", "with space", "line\nbreak", "nul\0", "schlüssel", &"k".repeat(129)] {
        assert_eq!(
            SigningKey::from_pem(kid, PRIVATE_PEM).expect_err("a bad id"),
            KeyError::InvalidKid
        );
        assert_eq!(SigningKey::generate(kid).expect_err("a bad id"), KeyError::InvalidKid);
        assert_eq!(
            VerifyingKey::from_public_pem(kid, PUBLIC_PEM).expect_err("a bad id"),
            KeyError::InvalidKid
        );
    }
}

#[test]
fn no_debug_text_and_no_error_shows_key_material() {
    let secret = "MIHcAgEBBEIBMJmRfU";
    // A key whose line breaks were lost on its way through an environment variable.
    let one_line =
        String::from_utf8(PRIVATE_PEM.to_vec()).expect("PEM is ASCII").replace('\n', " ");

    let error = SigningKey::from_pem(KID, one_line.as_bytes()).expect_err("it has no lines");

    assert!(one_line.contains(secret));
    assert!(!format!("{error:?} {error}").contains(secret), "{error:?}");
    assert_eq!(format!("{:?}", signing_key()), format!("SigningKey {{ kid: {KID:?}, .. }}"));
    let public = format!("{:?}", verifying_key());
    assert!(public.contains(KID) && public.contains(&verifying_key().thumbprint()), "{public}");
}

#[test]
fn the_thumbprint_is_the_one_that_another_program_has_computed() {
    assert_eq!(verifying_key().thumbprint(), "vqrWH4237OcOmWX3LSMT-2trMAP-9XpVo8yeHHtM4Xk");
}

fn assert_signs_for(key: &SigningKey, public: &VerifyingKey, request: &Request<'_>) {
    let value = sign(key, request, &["Idempotency-Key"], None).expect("the request is well-formed");
    let signature = TlSignature::parse(&value).expect("we wrote it");
    signature.verify(public, request).expect("the keys belong together");
}
