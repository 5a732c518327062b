//! Making the value of a `Tl-Signature` header.

use serde::Serialize;

use crate::key::SigningKey;
use crate::request::{Request, RequestError, is_header_name};
use crate::{base64url, json};

/// The most headers that one signature covers.
pub(crate) const SIGNED_HEADERS_MAX: usize = 32;

/// Why a request was not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The request has no signing input.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A name in the list of headers to sign is not a header name.
    #[error("`{0}` is not the name of a header")]
    InvalidHeaderName(String),
    /// The list of headers to sign has a name twice.
    #[error("the header `{0}` is to be signed twice")]
    RepeatedHeaderName(String),
    /// The list of headers to sign is too long.
    #[error("more than {SIGNED_HEADERS_MAX} headers are to be signed")]
    TooManyHeaders,
    /// A value starts or ends with white space, which is lost on the way, and the signature with it.
    #[error("the value of the header `{0}` starts or ends with white space")]
    UntrimmedHeaderValue(String),
    /// The cryptographic library failed to sign.
    #[error("the cryptographic library failed to sign")]
    Failed,
}

/// Signs a request and returns the value of its `Tl-Signature` header.
///
/// The value is `BASE64URL(header) ".." BASE64URL(signature)`: a compact JWS with detached payload
/// (RFC 7515, appendix F), signed with ES512 (RFC 7518, section 3.4).
///
/// - `signed_headers` are covered in the order and spelling given; API requests cover at least
///   `Idempotency-Key`, webhooks `X-Tl-Webhook-Timestamp`.
/// - `jku` is where the receiver finds the public key. Webhooks have one, API requests have none.
/// - The path is signed as given. The provider's rules ask for one without a trailing slash; every
///   verifier of theirs, like [`TlSignature::verify`](crate::TlSignature::verify), also takes the
///   other spelling.
///
/// Signing twice gives two different values, since ECDSA takes a random number each time.
///
/// ```
/// use payout_signature::{Request, SigningKey, TlSignature, sign};
///
/// let (key, _pem) = SigningKey::generate("webhook-key-1")?;
/// let webhook = Request {
///     method: "POST",
///     path: "/tl-webhook",
///     headers: &[("X-Tl-Webhook-Timestamp", b"2021-11-29T11:42:55Z")],
///     body: br#"{"type":"payout_executed"}"#,
/// };
///
/// let jku = "https://webhooks.example.com/.well-known/jwks";
/// let value = sign(&key, &webhook, &["x-tl-webhook-timestamp"], Some(jku))?;
///
/// assert_eq!(TlSignature::parse(&value)?.jku(), Some(jku));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign(
    key: &SigningKey,
    request: &Request<'_>,
    signed_headers: &[&str],
    jku: Option<&str>,
) -> Result<String, SignError> {
    check_names(signed_headers)?;
    check_trimmed(request, signed_headers)?;
    let request = request.check()?;
    let header_lines = request.header_lines(signed_headers.iter().copied())?;
    let protected = protected_header(key.kid(), signed_headers, jku);
    let signing_input = request.signing_input(&protected, request.path(), &header_lines);
    let signature = key.sign(signing_input.as_bytes()).ok_or(SignError::Failed)?;
    Ok(format!("{protected}..{}", base64url::encode(&signature)))
}

#[derive(Serialize)]
struct JoseHeader<'a> {
    alg: &'static str,
    kid: &'a str,
    tl_version: &'static str,
    tl_headers: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    jku: Option<&'a str>,
}

fn protected_header(kid: &str, signed_headers: &[&str], jku: Option<&str>) -> String {
    let header = JoseHeader {
        alg: "ES512",
        kid,
        tl_version: "2",
        tl_headers: signed_headers.join(","),
        jku,
    };
    base64url::encode(json::render(&header).as_bytes())
}

fn check_names(names: &[&str]) -> Result<(), SignError> {
    if names.len() > SIGNED_HEADERS_MAX {
        return Err(SignError::TooManyHeaders);
    }
    let mut rest = names;
    while let Some((name, after)) = rest.split_first() {
        if !is_header_name(name) {
            return Err(SignError::InvalidHeaderName((*name).to_owned()));
        }
        if after.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(SignError::RepeatedHeaderName((*name).to_owned()));
        }
        rest = after;
    }
    Ok(())
}

fn check_trimmed(request: &Request<'_>, signed_headers: &[&str]) -> Result<(), SignError> {
    for (name, value) in request.headers {
        let is_signed = signed_headers.iter().any(|signed| signed.eq_ignore_ascii_case(name));
        // Other white space is a control character, which has an error of its own.
        let is_untrimmed =
            [value.first(), value.last()].iter().any(|end| matches!(end, Some(b' ' | b'\t')));
        if is_signed && is_untrimmed {
            return Err(SignError::UntrimmedHeaderValue((*name).to_owned()));
        }
    }
    Ok(())
}
