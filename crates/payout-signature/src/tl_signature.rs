//! A received `Tl-Signature` header: parsing it strictly and verifying it.

mod error;
mod ecdsa;
mod jose_header;

use std::borrow::Cow;

use crate::base64url;
use crate::key::VerifyingKey;
use crate::request::{CheckedRequest, Request};
use crate::verifier::Verifier;

use self::ecdsa::EcdsaSignature;
pub use self::error::SignatureError;
use self::jose_header::JoseHeader;

/// The longest header value that is looked at, in bytes.
const VALUE_LEN_MAX: usize = 8 * 1024;

/// A well-formed `Tl-Signature`, not yet verified.
///
/// Its text is `BASE64URL(header) ".." BASE64URL(signature)`, a compact JWS with detached payload
/// (RFC 7515, appendix F). To hold one proves nothing but its form: the key has yet to be found by
/// [`kid`](Self::kid), and [`verify`](Self::verify) to be asked.
///
/// **A signature does not name a request.** Whoever sees `(r, s)` can make `(r, n − s)`, which
/// verifies as well, and the signer makes a new one at every attempt. Neither the bytes nor the text
/// of a signature may ever serve to tell a repetition from a new request.
///
/// ```
/// use payout_signature::{SignatureError, TlSignature};
///
/// let attached = "eyJhbGciOiJFUzUxMiJ9.UE9TVCAvYmFyCnt9.AAAA";
/// assert!(matches!(TlSignature::parse(attached), Err(SignatureError::Malformed(_))));
/// ```
#[derive(Clone, Debug)]
pub struct TlSignature {
    // The encoded JOSE header as received: another encoder may order or escape it differently.
    protected: String,
    header: JoseHeader,
    signature: EcdsaSignature,
}

impl TlSignature {
    /// Parses the value of a `Tl-Signature` header.
    ///
    /// Stricter than RFC 7515 wherever leniency would give one signature two readings:
    ///
    /// - exactly two parts with `..` between them: an attached payload is refused;
    /// - base64url without padding and without stray bits (section 2);
    /// - a JOSE header without repeated members, whose `alg` is `ES512` and nothing else, whose
    ///   `tl_version` is `"2"`, with a `kid` and a list `tl_headers`; `crit` and `b64` (section
    ///   4.1.11, RFC 7797) are refused, other unknown members are ignored;
    /// - a signature of 132 bytes with `r` and `s` from 1 to `n − 1` (RFC 7518, section 3.4);
    /// - at most 8 KiB in all and at most 32 signed headers.
    ///
    /// `tl_version` and `tl_headers` are never taken from HTTP headers.
    pub fn parse(header_value: &str) -> Result<Self, SignatureError> {
        if header_value.len() > VALUE_LEN_MAX {
            return Err(SignatureError::TooLong);
        }
        let (protected, signature) = header_value
            .split_once("..")
            .ok_or(SignatureError::Malformed("not a header and a signature around `..`"))?;
        let header = base64url::decode(protected)
            .ok_or(SignatureError::Malformed("the header is not base64url without padding"))?;
        let signature = base64url::decode(signature)
            .ok_or(SignatureError::Malformed("the signature is not base64url without padding"))?;
        Ok(Self {
            protected: protected.to_owned(),
            header: JoseHeader::parse(&header)?,
            signature: EcdsaSignature::parse(&signature)?,
        })
    }

    /// The id of the key that is said to have signed.
    ///
    /// Look it up among the keys of the authenticated sender, never among everyone's.
    pub fn kid(&self) -> &str {
        &self.header.kid
    }

    /// Where the public key is said to be published.
    ///
    /// Anyone can write anything here: compare it as a whole with the address that is trusted, and
    /// do so before anything is fetched.
    pub fn jku(&self) -> Option<&str> {
        self.header.jku.as_deref()
    }

    /// The names of the covered headers, in their order and spelling.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.header.signed_headers.iter().map(String::as_str)
    }

    /// Tells whether the signature covers the header of this name, in whatever case.
    ///
    /// Which headers must be covered is for the caller to demand: `Idempotency-Key` for API
    /// requests, `X-Tl-Webhook-Timestamp` for webhooks.
    pub fn covers(&self, name: &str) -> bool {
        self.signed_headers().any(|signed| signed.eq_ignore_ascii_case(name))
    }

    /// Verifies the signature, indifferent to one trailing slash of the path.
    ///
    /// The provider's rule: the path as received comes first; if that is a mismatch, it is tried
    /// once more with one trailing slash added or removed. (`/` has no second spelling: without its
    /// slash it is no path, and nobody signs one.)
    ///
    /// The two spellings hash to unrelated numbers, so a second try is a second verification. It is
    /// made only for a well-formed signature by the right `kid` over headers that are all there, and
    /// never more than once: what a forger can make us spend is two verifications a request. A
    /// caller who routes canonical paths only should use [`verify_exact`](Self::verify_exact).
    pub fn verify(&self, key: &VerifyingKey, request: &Request<'_>) -> Result<(), SignatureError> {
        let (request, header_lines) = self.prepare(key, request)?;
        let is_signed = |path: &str| {
            let signing_input = request.signing_input(&self.protected, path, &header_lines);
            key.has_signed(signing_input.as_bytes(), self.signature.as_bytes())
        };
        if is_signed(request.path())
            || other_spelling(request.path()).is_some_and(|path| is_signed(&path))
        {
            return Ok(());
        }
        Err(SignatureError::Mismatch)
    }

    /// Verifies the signature over the path exactly as received.
    pub fn verify_exact(
        &self,
        key: &VerifyingKey,
        request: &Request<'_>,
    ) -> Result<(), SignatureError> {
        Verifier::LIBRARY.verify_exact(self, key, request)
    }

    /// Verifies the signature over the path with one trailing slash more or less than received: what
    /// [`verify`](Self::verify) tries second, for a caller who bounds how often that is tried. `/` has no
    /// second spelling, and is a mismatch.
    pub fn verify_other_spelling(
        &self,
        key: &VerifyingKey,
        request: &Request<'_>,
    ) -> Result<(), SignatureError> {
        Verifier::LIBRARY.verify_other_spelling(self, key, request)
    }

    /// The text that the signature is over if this request is what was signed, path as received: for whoever
    /// verifies by other means, or wants to see what was compared.
    ///
    /// ```
    /// use payout_signature::{Request, SigningKey, TlSignature, sign};
    ///
    /// let (key, _pem) = SigningKey::generate("45fc75cf-5649-4134-84b3-192c2c78e990")?;
    /// let request = Request { method: "POST", path: "/v3/payouts", headers: &[], body: b"{}" };
    /// let value = sign(&key, &request, &[], None)?;
    ///
    /// let text = TlSignature::parse(&value)?.signing_input(key.verifying_key(), &request)?;
    ///
    /// let (header, payload) = text.split_once('.').expect("a dot is between them");
    /// assert!(value.starts_with(&format!("{header}..")));
    /// assert_eq!(payload, "UE9TVCAvdjMvcGF5b3V0cwp7fQ", "POST /v3/payouts, a line break, {{}}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn signing_input(
        &self,
        key: &VerifyingKey,
        request: &Request<'_>,
    ) -> Result<String, SignatureError> {
        let (request, header_lines) = self.prepare(key, request)?;
        Ok(request.signing_input(&self.protected, request.path(), &header_lines))
    }

    /// Has somebody verify the signature over the path exactly as received.
    pub(crate) fn check_exact(
        &self,
        key: &VerifyingKey,
        request: &Request<'_>,
        verifier: &Verifier,
    ) -> Result<(), SignatureError> {
        self.check_input(key, &self.signing_input(key, request)?, verifier)
    }

    /// Has somebody verify the signature over the path in its other spelling.
    pub(crate) fn check_other_spelling(
        &self,
        key: &VerifyingKey,
        request: &Request<'_>,
        verifier: &Verifier,
    ) -> Result<(), SignatureError> {
        let (request, header_lines) = self.prepare(key, request)?;
        let path = other_spelling(request.path()).ok_or(SignatureError::Mismatch)?;
        let signing_input = request.signing_input(&self.protected, &path, &header_lines);
        self.check_input(key, &signing_input, verifier)
    }

    /// Everything that can be refused without the cost of a verification.
    fn prepare<'a>(
        &self,
        key: &VerifyingKey,
        request: &Request<'a>,
    ) -> Result<(CheckedRequest<'a>, Vec<u8>), SignatureError> {
        if key.kid() != self.kid() {
            return Err(SignatureError::WrongKey { expected: self.kid().to_owned() });
        }
        let request = request.check()?;
        let header_lines = request.header_lines(self.signed_headers())?;
        Ok((request, header_lines))
    }

    fn check_input(
        &self,
        key: &VerifyingKey,
        signing_input: &str,
        verifier: &Verifier,
    ) -> Result<(), SignatureError> {
        if verifier.has_signed(key, signing_input.as_bytes(), self.signature.as_bytes()) {
            return Ok(());
        }
        Err(SignatureError::Mismatch)
    }
}

/// The path with one trailing slash more or less.
fn other_spelling(path: &str) -> Option<Cow<'_, str>> {
    match path.strip_suffix('/') {
        Some("") => None,
        Some(without) => Some(Cow::Borrowed(without)),
        None => Some(Cow::Owned(format!("{path}/"))),
    }
}
