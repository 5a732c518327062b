//! Keys on P-521, parsed once and used often.

mod pem;
mod point;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    ParsedPublicKey,
};

pub(crate) use self::point::{COORDINATE_LEN, Point};
use crate::kid;
use crate::{base64url, digest};

/// Why something is not a key.
///
/// No variant has a source: the errors of parsers quote what they could not parse, and here that
/// may be the private key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The id of the key is empty, longer than 128 bytes, or not visible ASCII.
    #[error("the key id is empty, too long or not visible ASCII")]
    InvalidKid,
    /// The text is not PEM (RFC 7468).
    #[error("the key is not valid PEM")]
    InvalidPem,
    /// The text has no section of the kind that was asked for. An encrypted key counts as none.
    #[error("there is no key of this kind, or only an encrypted one")]
    NoKey,
    /// The text has several keys, and nothing says which one is meant.
    #[error("there is more than one key")]
    SeveralKeys,
    /// The key is not an elliptic-curve key on P-521 (secp521r1), or is inconsistent.
    #[error("the key is not a valid key on P-521")]
    NotP521,
    /// The cryptographic library failed to make a key.
    #[error("the cryptographic library failed to make a key")]
    Failed,
}

/// A private key that signs with ES512, and its id.
///
/// `Debug` shows the id only.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: VerifyingKey,
}

impl SigningKey {
    /// Parses an unencrypted private key on P-521: SEC 1 (`EC PRIVATE KEY`, RFC 5915; an
    /// `EC PARAMETERS` section before it is skipped) or PKCS #8 (`PRIVATE KEY`, RFC 5958).
    ///
    /// The public key is derived from it, so that the two cannot disagree.
    pub fn from_pem(kid: &str, pem: &[u8]) -> Result<Self, KeyError> {
        check_kid(kid)?;
        let der = pem::private_key(pem)?;
        let pair =
            EcdsaKeyPair::from_private_key_der(&ECDSA_P521_SHA512_FIXED_SIGNING, der.secret_der())
                .map_err(|_| KeyError::NotP521)?;
        Self::from_pair(kid, pair)
    }

    /// Makes a new key. The second value is the private key as PKCS #8 PEM, for the caller to keep.
    pub fn generate(kid: &str) -> Result<(Self, String), KeyError> {
        check_kid(kid)?;
        let pair = EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING)
            .map_err(|_| KeyError::Failed)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError::Failed)?;
        let pem = pem::render("PRIVATE KEY", pkcs8.as_ref());
        Ok((Self::from_pair(kid, pair)?, pem))
    }

    fn from_pair(kid: &str, pair: EcdsaKeyPair) -> Result<Self, KeyError> {
        let point = Point::from_sec1(pair.public_key().as_ref()).ok_or(KeyError::NotP521)?;
        let public = VerifyingKey::from_point(kid, point)?;
        Ok(Self { pair, public })
    }

    /// The id of the key.
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// The public half as PEM (`PUBLIC KEY`, RFC 7468, section 13).
    pub fn public_key_pem(&self) -> String {
        self.public.public_key_pem()
    }

    /// The public half as a JWK; see [`VerifyingKey::jwk_json`].
    pub fn jwk_json(&self) -> String {
        self.public.jwk_json()
    }

    /// Signs with ES512. `None` if the cryptographic library fails, as it may without entropy.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.pair.sign(&SystemRandom::new(), message).ok()?;
        Some(signature.as_ref().to_vec())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid()).finish_non_exhaustive()
    }
}

/// A public key that verifies ES512, and its id.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: String,
    point: Point,
    parsed: ParsedPublicKey,
}

impl VerifyingKey {
    /// Parses a public key on P-521 (`PUBLIC KEY`: a `SubjectPublicKeyInfo`, RFC 5480).
    pub fn from_public_pem(kid: &str, pem: &[u8]) -> Result<Self, KeyError> {
        let der = pem::public_key(pem)?;
        let point = Point::from_spki(der.as_ref()).ok_or(KeyError::NotP521)?;
        Self::from_point(kid, point)
    }

    /// Takes a point, provided that it is on the curve.
    pub(crate) fn from_point(kid: &str, point: Point) -> Result<Self, KeyError> {
        check_kid(kid)?;
        let parsed = ParsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point.to_spki())
            .map_err(|_| KeyError::NotP521)?;
        Ok(Self { kid: kid.to_owned(), point, parsed })
    }

    /// The id of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The key as PEM (`PUBLIC KEY`, RFC 7468, section 13).
    pub fn public_key_pem(&self) -> String {
        pem::render("PUBLIC KEY", &self.point.to_spki())
    }

    /// The key as a JWK (RFC 7517), with coordinates of full width (RFC 7518, section 6.2.1.2).
    pub fn jwk_json(&self) -> String {
        crate::jwks::render_key(self)
    }

    /// The SHA-256 thumbprint (RFC 7638), in base64url. It depends on the key alone, not on its id,
    /// so two registrations of one key have the same.
    ///
    /// ```
    /// let (key, _pem) = payout_signature::SigningKey::generate("first")?;
    /// let again = payout_signature::VerifyingKey::from_public_pem("second", key.public_key_pem().as_bytes())?;
    ///
    /// assert_eq!(key.verifying_key().thumbprint(), again.thumbprint());
    /// # Ok::<(), payout_signature::KeyError>(())
    /// ```
    pub fn thumbprint(&self) -> String {
        let (x, y) = self.point.encoded();
        let members = format!(r#"{{"crv":"P-521","kty":"EC","x":"{x}","y":"{y}"}}"#);
        base64url::encode(&digest::sha256_of(members.as_bytes()))
    }

    pub(crate) fn point(&self) -> &Point {
        &self.point
    }

    /// Tells whether `signature`, as `r || s`, is one of `message` by this key.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }

    /// Tells whether `signature`, as `r || s`, is one of the message with this digest by this key.
    pub(crate) fn has_signed_digest(
        &self,
        digest: &[u8; digest::SHA512_LEN],
        signature: &[u8],
    ) -> bool {
        self.parsed.verify_digest_sig(&digest::imported_sha512(digest), signature).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.kid)
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

fn check_kid(kid: &str) -> Result<(), KeyError> {
    if kid::is_valid(kid) { Ok(()) } else { Err(KeyError::InvalidKid) }
}

#[cfg(test)]
mod tests;
