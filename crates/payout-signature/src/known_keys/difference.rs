use std::fmt;

use crate::base64url;
use crate::digest::SHA512_LEN;
use crate::key::VerifyingKey;

/// Tables and library have differed about a signature, so that one of them is wrong.
///
/// It has what is needed to see it again: the key, the digest of what was signed, and the signature. None
/// of that is a secret, and without the request nobody can use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The key, as a JWK.
    pub key: String,
    /// Whether the library takes the signature. The tables say the opposite.
    pub library: bool,
    /// The SHA-512 digest of what was signed, in base64url.
    pub digest: String,
    /// The signature as `r || s`, in base64url.
    pub signature: String,
}

impl Difference {
    pub(super) fn new(
        key: &VerifyingKey,
        library: bool,
        digest: &[u8; SHA512_LEN],
        signature: &[u8],
    ) -> Self {
        let (digest, signature) = (base64url::encode(digest), base64url::encode(signature));
        Self { key: key.jwk_json(), library, digest, signature }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, library, digest, signature } = self;
        let (taken, refused) = if *library { ("library", "tables") } else { ("tables", "library") };
        write!(
            f,
            "a signature is taken by the {taken} and refused by the {refused}: {signature} of the digest \
             {digest} by the key {key}"
        )
    }
}
