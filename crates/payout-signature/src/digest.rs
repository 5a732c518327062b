//! Hashes, and the comparison of secrets.

use aws_lc_rs::{constant_time, digest, hmac};

/// The SHA-256 digest (FIPS 180-4) of a list of parts.
///
/// Each part goes in with its length before it, so that lists differ whenever their parts do: moving
/// a byte from one part to the next gives another digest.
///
/// ```
/// use payout_signature::digest::sha256;
///
/// assert_ne!(sha256(&[b"ab", b"c"]), sha256(&[b"a", b"bc"]));
/// assert_ne!(sha256(&[b"ab"]), sha256(&[b"ab", b""]));
/// ```
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&length_prefix(part));
        context.update(part);
    }
    bytes(context.finish().as_ref())
}

/// HMAC with SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    bytes(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref())
}

/// Tells whether two secrets are equal, in a time that depends on their lengths alone.
///
/// Two lengths that differ are found out at once: compare digests if the length is secret too.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// The plain SHA-256 digest, for formats that other people have defined.
pub(crate) fn sha256_of(data: &[u8]) -> [u8; 32] {
    bytes(digest::digest(&digest::SHA256, data).as_ref())
}

/// How many bytes a SHA-512 digest has.
pub(crate) const SHA512_LEN: usize = 64;

/// The plain SHA-512 digest, which ES512 signs.
pub(crate) fn sha512_of(data: &[u8]) -> [u8; SHA512_LEN] {
    digest::digest(&digest::SHA512, data).as_ref().try_into().expect("SHA-512 gives 64 bytes")
}

/// A SHA-512 digest as the library takes one.
pub(crate) fn imported_sha512(digest: &[u8; SHA512_LEN]) -> digest::Digest {
    digest::Digest::import_less_safe(digest, &digest::SHA512).expect("it has 64 bytes")
}

fn length_prefix(part: &[u8]) -> [u8; 8] {
    u64::try_from(part.len()).expect("no slice is longer than 64 bits can count").to_be_bytes()
}

fn bytes(digest: &[u8]) -> [u8; 32] {
    digest.try_into().expect("SHA-256 gives 32 bytes")
}
