use std::fmt;

use aws_lc_rs::hmac;
use serde::Serialize;

use crate::{base64url, json, kid};

/// The shortest secret, in bytes: as long as the digest (RFC 7518, section 3.2).
const SECRET_LEN_MIN: usize = 32;

/// Why something cannot be a key for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenKeyError {
    /// The id of the key is empty, longer than 128 bytes, or not visible ASCII.
    #[error("the token key's id is empty, too long or not visible ASCII")]
    InvalidKid,
    /// The secret has fewer than 32 bytes.
    #[error("the token key's secret is shorter than {SECRET_LEN_MIN} bytes")]
    SecretTooShort,
    /// Another key has the same id.
    #[error("two token keys have the same id")]
    DuplicateKid,
}

/// A secret that signs tokens, and its id.
///
/// `Debug` shows the id only.
pub struct TokenKey {
    kid: String,
    header: String,
    key: hmac::Key,
}

impl TokenKey {
    /// Takes a secret of at least 32 bytes (RFC 7518, section 3.2). It should be random.
    pub fn new(kid: &str, secret: &[u8]) -> Result<Self, TokenKeyError> {
        if !kid::is_valid(kid) {
            return Err(TokenKeyError::InvalidKid);
        }
        if secret.len() < SECRET_LEN_MIN {
            return Err(TokenKeyError::SecretTooShort);
        }
        Ok(Self {
            kid: kid.to_owned(),
            header: render_header(kid),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        })
    }

    /// The id of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The encoded header of every token under this key.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    pub(super) fn tag(&self, signed: &[u8]) -> Vec<u8> {
        hmac::sign(&self.key, signed).as_ref().to_vec()
    }

    /// Compares in constant time.
    pub(super) fn has_signed(&self, signed: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.key, signed, tag).is_ok()
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct TokenHeader<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

fn render_header(kid: &str) -> String {
    let header = TokenHeader { alg: "HS256", typ: "at+jwt", kid };
    base64url::encode(json::render(&header).as_bytes())
}
