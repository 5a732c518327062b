//! What the library does with integers that the parser never lets through.

use super::SigningKey;

#[test]
fn the_library_too_refuses_integers_out_of_range() {
    let (key, _pem) = SigningKey::generate("any").expect("there is entropy");
    let signature = key.sign(b"message").expect("there is entropy");
    let (r, s) = signature.split_at(66);
    assert!(key.verifying_key().has_signed(b"message", &signature));

    for forged in [
        [&[0; 66], s].concat(),
        [r, &[0; 66]].concat(),
        [[0xff; 66].as_slice(), s].concat(),
        vec![0; 132],
    ] {
        assert!(!key.verifying_key().has_signed(b"message", &forged));
    }
}

#[test]
fn a_signature_has_132_bytes_even_when_its_integers_are_small() {
    let (key, _pem) = SigningKey::generate("any").expect("there is entropy");

    let signatures: Vec<Vec<u8>> = (0..200).filter_map(|_| key.sign(b"message")).collect();

    assert_eq!(signatures.len(), 200);
    assert!(signatures.iter().all(|signature| signature.len() == 132));
    assert!(signatures.iter().any(|signature| signature.starts_with(&[0])), "about half of all do");
}
