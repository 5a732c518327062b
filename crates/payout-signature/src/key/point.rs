//! A public key as the two coordinates of a point.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, ParsedPublicKey};

use crate::base64url;

/// The width of a coordinate: 521 bits, rounded up to bytes.
pub(crate) const COORDINATE_LEN: usize = 66;

/// All that comes before the coordinates in a `SubjectPublicKeyInfo` on P-521 (RFC 5480): the
/// lengths, `id-ecPublicKey`, `secp521r1`, and the mark of an uncompressed point.
const SPKI_PREFIX: [u8; 25] = [
    0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05,
    0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00,
];

/// The first byte of an uncompressed point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 0x04;

/// Two coordinates of full width. Whether they are on the curve is for the library to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    x: [u8; COORDINATE_LEN],
    y: [u8; COORDINATE_LEN],
}

impl Point {
    /// Pads coordinates on the left. Some issuers drop leading zeros, against RFC 7518, section
    /// 6.2.1.2; longer ones are refused, even if all that is too much were zeros.
    pub(crate) fn from_coordinates(x: &[u8], y: &[u8]) -> Option<Self> {
        Some(Self { x: left_padded(x)?, y: left_padded(y)? })
    }

    /// Takes an uncompressed point: `04 || x || y`.
    pub(super) fn from_sec1(bytes: &[u8]) -> Option<Self> {
        let (x, y) = bytes.strip_prefix(&[UNCOMPRESSED])?.split_at_checked(COORDINATE_LEN)?;
        Some(Self { x: x.try_into().ok()?, y: y.try_into().ok()? })
    }

    /// Takes a DER `SubjectPublicKeyInfo`, also one of a compressed point.
    pub(super) fn from_spki(der: &[u8]) -> Option<Self> {
        let parsed = ParsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, der).ok()?;
        let canonical: PublicKeyX509Der<'_> = parsed.as_der().ok()?;
        Self::from_sec1(canonical.as_ref().strip_prefix(&SPKI_PREFIX)?)
    }

    pub(super) fn to_spki(&self) -> Vec<u8> {
        [SPKI_PREFIX.as_slice(), &[UNCOMPRESSED], &self.x, &self.y].concat()
    }

    pub(crate) fn coordinates(&self) -> (&[u8; COORDINATE_LEN], &[u8; COORDINATE_LEN]) {
        (&self.x, &self.y)
    }

    /// Both coordinates in base64url, as a JWK has them.
    pub(crate) fn encoded(&self) -> (String, String) {
        (base64url::encode(&self.x), base64url::encode(&self.y))
    }
}

fn left_padded(integer: &[u8]) -> Option<[u8; COORDINATE_LEN]> {
    if integer.is_empty() {
        return None;
    }
    let mut padded = [0; COORDINATE_LEN];
    let start = COORDINATE_LEN.checked_sub(integer.len())?;
    padded.get_mut(start..)?.copy_from_slice(integer);
    Some(padded)
}
