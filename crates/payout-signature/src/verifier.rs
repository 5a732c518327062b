//! By what signatures are verified.

use crate::key::VerifyingKey;
use crate::known_keys::KnownKeys;
use crate::request::Request;
use crate::tl_signature::{SignatureError, TlSignature};

/// By what signatures are verified: by the cryptographic library, or, where there are any, by tables of
/// the keys that are known. Both give the same verdicts.
///
/// ```
/// use payout_signature::{Request, SigningKey, TlSignature, Verifier, sign};
///
/// let (key, _pem) = SigningKey::generate("45fc75cf-5649-4134-84b3-192c2c78e990")?;
/// let request = Request { method: "POST", path: "/v3/payouts/", headers: &[], body: b"{}" };
/// let signature = TlSignature::parse(&sign(&key, &request, &[], None)?)?;
///
/// let as_received = Request { path: "/v3/payouts", ..request };
/// let key = key.verifying_key();
/// let verifier = Verifier::default();
/// assert!(verifier.verify_exact(&signature, key, &as_received).is_err());
/// assert!(verifier.verify_other_spelling(&signature, key, &as_received).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    known_keys: Option<KnownKeys>,
}

impl Verifier {
    /// By the library alone.
    pub const LIBRARY: Self = Self { known_keys: None };

    /// By tables for keys that have them, by the library for others.
    pub const fn tables(known_keys: KnownKeys) -> Self {
        Self { known_keys: Some(known_keys) }
    }

    /// Verifies a signature over the path exactly as received; see [`TlSignature::verify_exact`].
    pub fn verify_exact(
        &self,
        signature: &TlSignature,
        key: &VerifyingKey,
        request: &Request<'_>,
    ) -> Result<(), SignatureError> {
        signature.check_exact(key, request, self)
    }

    /// Verifies a signature over the path in its other spelling; see
    /// [`TlSignature::verify_other_spelling`].
    pub fn verify_other_spelling(
        &self,
        signature: &TlSignature,
        key: &VerifyingKey,
        request: &Request<'_>,
    ) -> Result<(), SignatureError> {
        signature.check_other_spelling(key, request, self)
    }

    pub(crate) fn has_signed(&self, key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
        match &self.known_keys {
            Some(known_keys) => known_keys.has_signed(key, message, signature),
            None => key.has_signed(message, signature),
        }
    }
}
