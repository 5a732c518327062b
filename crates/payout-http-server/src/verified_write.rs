//! Writes that are known to be their client's own.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::request::Parts;
use payout_domain::{ClientId, IdempotencyKey, IdempotencyKeyError};
use payout_service::{Coming, Fingerprint};
use payout_signature::{
    Request as SignedRequest, SignatureError, TlSignature, Verifier, VerifyingKey, digest,
};
use payout_wire::header;
use payout_wire::problem::ProblemKind;
use tokio::time::Instant;

use crate::Client;
use crate::api::Api;
use crate::body;
use crate::caller::{Caller, Need};
use crate::exchange::Sender;
use crate::fault::Fault;
use crate::rate_limits::Meter;
use crate::single_header::single;

/// Whether this was built to measure what everything but the verification costs: then whoever has a
/// token can write. No feature turns it on, only `--cfg payout_unverified` of the compiler.
pub const UNVERIFIED: bool = cfg!(payout_unverified);

/// A write whose token, key, path and bytes are known to be its client's own.
///
/// A handler of a write takes one, and there is no other way to an idempotency key, a fingerprint or
/// a body; so there is no handler that could forget to verify.
pub(crate) struct VerifiedWrite {
    client: Arc<Client>,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    headers: HeaderMap,
    body: Vec<u8>,
    _coming: Coming,
}

impl VerifiedWrite {
    pub(crate) fn client_id(&self) -> &ClientId {
        &self.client.id
    }

    pub(crate) fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The body, whatever it is.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body, if it says of itself that it is JSON.
    pub(crate) fn json(&self) -> Result<&[u8], Fault> {
        if body::is_json(&self.headers) {
            return Ok(&self.body);
        }
        Err(Fault::of(ProblemKind::UnsupportedMediaType))
    }
}

impl FromRequest<Arc<Api>> for VerifiedWrite {
    type Rejection = Fault;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let body = body::collect(&parts.headers, body, &api.limits).await?;
        let Caller(client) = Caller::authenticate(api, &parts, Need::Write)?;
        let coming = api.request_payout.expect();
        let kid = check_signature(&api.verifier, &client, &parts, &body)?;
        let key =
            single(&parts.headers, header::IDEMPOTENCY_KEY).map_err(|error| key_fault(&error))?;
        let key = key.parse().map_err(|error: IdempotencyKeyError| {
            Fault::invalid(header::IDEMPOTENCY_KEY, error.to_string())
        })?;
        check_query(&parts)?;
        let fingerprint = fingerprint(&client, &key, &parts, &body);
        if let Some(sender) = parts.extensions.get::<Sender>() {
            sender.asks(Some(&kid), fingerprint.0);
        }
        Ok(Self { client, key, fingerprint, headers: parts.headers, body, _coming: coming })
    }
}

/// Verifies the signature over the path as it came and the bytes as they came, by a key of this
/// client: what another client signs is not signed, whatever the id of its key. It returns the id.
fn check_signature(
    verifier: &Verifier,
    client: &Client,
    parts: &Parts,
    body: &[u8],
) -> Result<String, Fault> {
    let value =
        single(&parts.headers, header::TL_SIGNATURE).map_err(|error| signature_fault(&error))?;
    single(&parts.headers, header::IDEMPOTENCY_KEY).map_err(|error| key_fault(&error))?;
    let signature = TlSignature::parse(value).map_err(|error| signature_fault(&error))?;
    if !signature.covers(header::IDEMPOTENCY_KEY) {
        return Err(signature_fault(&"must cover `Idempotency-Key`: list it in `tl_headers`"));
    }
    let Some(key) = client.key(signature.kid()) else {
        return Err(signature_fault(&"names a key that is not registered for this client"));
    };
    if !UNVERIFIED {
        verify(verifier, &signature, (client, key), parts, body)
            .map_err(|error| signature_fault(&error))?;
    }
    Ok(key.kid().to_owned())
}

/// The path as it came first, and then in its other spelling, unless forgeries in this client's name have
/// used that up.
fn verify(
    verifier: &Verifier,
    signature: &TlSignature,
    (client, key): (&Client, &VerifyingKey),
    parts: &Parts,
    body: &[u8],
) -> Result<(), SignatureError> {
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers: Vec<(&str, &[u8])> = headers.collect();
    let request = SignedRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        headers: &headers,
        body,
    };
    let first = verifier.verify_exact(signature, key, &request);
    let Err(SignatureError::Mismatch) = first else { return first };
    let Some(Meter { rates, .. }) = parts.extensions.get::<Meter>() else { return first };
    let now = Instant::now();
    if !rates.second_tries.has(&client.id, now) {
        return first;
    }
    let second = verifier.verify_other_spelling(signature, key, &request);
    if second.is_err() {
        rates.second_tries.fail(&client.id, now);
    }
    second
}

/// A query is not signed, so it may not change what a write does; it may not be there at all.
fn check_query(parts: &Parts) -> Result<(), Fault> {
    match parts.uri.query() {
        None => Ok(()),
        Some(_) => Err(Fault::invalid("query", "is not signed, so a write has none; leave it out")),
    }
}

/// A digest of what was asked, not of how: neither token nor signature, and the same for both
/// spellings of a path.
fn fingerprint(client: &Client, key: &IdempotencyKey, parts: &Parts, body: &[u8]) -> Fingerprint {
    let path = parts.uri.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let path = path.strip_prefix("/v3").filter(|rest| rest.starts_with('/')).unwrap_or(path);
    Fingerprint(digest::sha256(&[
        client.id.as_str().as_bytes(),
        key.as_str().as_bytes(),
        parts.method.as_str().as_bytes(),
        path.as_bytes(),
        body,
    ]))
}

fn signature_fault(reason: &dyn fmt::Display) -> Fault {
    Fault::unauthenticated(header::TL_SIGNATURE, reason)
}

fn key_fault(reason: &dyn fmt::Display) -> Fault {
    Fault::unauthenticated(header::IDEMPOTENCY_KEY, reason)
}
