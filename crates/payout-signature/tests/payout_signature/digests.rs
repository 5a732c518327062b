//! Hashes against published vectors, and their framing.

use payout_signature::digest::{constant_time_eq, hmac_sha256, sha256};
use proptest::prelude::*;

/// RFC 4231, section 4.3 (test case 2).
#[test]
fn hmac_agrees_with_rfc_4231() {
    let tag = hmac_sha256(b"Jefe", b"what do ya want for nothing?");

    assert_eq!(hex(&tag), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/// Computed with `printf '\0\0\0\0\0\0\0\3abc' | sha256sum`, and likewise for no part.
#[test]
fn a_part_is_hashed_with_its_length_before_it() {
    assert_eq!(
        hex(&sha256(&[b"abc"])),
        "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f"
    );
    assert_eq!(
        hex(&sha256(&[])),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn lists_that_read_alike_have_different_digests() {
    let lists: [&[&[u8]]; 8] = [
        &[],
        &[b""],
        &[b"", b""],
        &[b"abc"],
        &[b"ab", b"c"],
        &[b"a", b"bc"],
        &[b"abc", b""],
        &[b"\0\0\0\0\0\0\0\x03abc"],
    ];

    let mut digests: Vec<[u8; 32]> = lists.iter().map(|list| sha256(list)).collect();
    digests.sort_unstable();
    digests.dedup();

    assert_eq!(digests.len(), lists.len());
}

#[test]
fn equality_is_of_length_and_of_every_byte() {
    assert!(constant_time_eq(b"", b""));
    assert!(constant_time_eq(b"secret", b"secret"));
    assert!(!constant_time_eq(b"secret", b"secres"));
    assert!(!constant_time_eq(b"secret", b"tecret"));
    assert!(!constant_time_eq(b"secret", b"secre"));
    assert!(!constant_time_eq(b"secret", b""));
}

proptest! {
    #[test]
    fn digests_are_equal_exactly_when_the_lists_are(
        one in prop::collection::vec("[ab]{0,2}", 0..4),
        other in prop::collection::vec("[ab]{0,2}", 0..4),
    ) {
        let digest = |list: &[String]| sha256(&list.iter().map(String::as_bytes).collect::<Vec<_>>());

        prop_assert_eq!(one == other, digest(&one) == digest(&other));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
