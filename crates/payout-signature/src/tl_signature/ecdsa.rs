use std::fmt;

use super::error::SignatureError;

/// The width of `r` and of `s`: 521 bits, rounded up to bytes.
const INTEGER_LEN: usize = 66;
const SIGNATURE_LEN: usize = 2 * INTEGER_LEN;

/// The number of points on P-521 (FIPS 186-4, appendix D.1.2.5), usually called `n`.
const ORDER: [u8; INTEGER_LEN] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];

/// `r` and `s`, each left-padded to 66 bytes (RFC 7518, section 3.4), each from 1 to `n − 1`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct EcdsaSignature([u8; SIGNATURE_LEN]);

impl EcdsaSignature {
    /// The library would refuse integers out of range too, but only after two tries at a path.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, SignatureError> {
        let signature: [u8; SIGNATURE_LEN] = bytes
            .try_into()
            .map_err(|_| SignatureError::Malformed("the signature is not 132 bytes long"))?;
        if signature.chunks_exact(INTEGER_LEN).all(is_in_range) {
            return Ok(Self(signature));
        }
        Err(SignatureError::Malformed("the signature's integers are out of range"))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for EcdsaSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcdsaSignature(..)")
    }
}

/// Big-endian integers of one width compare like their bytes.
fn is_in_range(integer: &[u8]) -> bool {
    integer.iter().any(|byte| *byte != 0) && integer < ORDER.as_slice()
}
