//! Webhooks that are known to be their sender's own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use http::request::Parts;
use payout_domain::Timestamp;
use payout_signature::{Request as SignedRequest, TlSignature, VerifyingKey};
use payout_wire::{header, timestamp};

use crate::fault::Fault;
use crate::single_header::single;

/// The keys that webhooks are signed with.
///
/// # Laws
///
/// 1. *No word is believed*: `jku` is compared, as a whole, with the addresses that are trusted, and
///    nothing is fetched from any other. Anyone can write anything there.
/// 2. *No stranger makes us busy*: an unknown `kid` leads to at most one fetch in a while.
#[async_trait]
pub trait WebhookKeys: Send + Sync {
    /// Finds a key; `None` if the address is not trusted, or does not publish such a key.
    async fn key(&self, jku: &str, kid: &str) -> Option<Arc<VerifyingKey>>;
}

/// A webhook whose signature has been verified.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedWebhook {
    /// When it was sent, as its sender has signed.
    pub sent_at: Timestamp,
    /// Its body, exactly as it was sent.
    pub body: Vec<u8>,
}

impl ReceivedWebhook {
    /// Verifies the signature over the path as it came and the bytes as they came.
    pub(crate) async fn verify(
        parts: &Parts,
        body: Vec<u8>,
        keys: &dyn WebhookKeys,
    ) -> Result<Self, Fault> {
        let value = single(&parts.headers, header::TL_SIGNATURE)
            .map_err(|error| signature_fault(&error))?;
        let signature = TlSignature::parse(value).map_err(|error| signature_fault(&error))?;
        let sent_at = sent_at(parts, &signature)?;
        let jku = signature.jku().ok_or_else(|| signature_fault(&"must name its `jku`"))?;
        let Some(key) = keys.key(jku, signature.kid()).await else {
            return Err(signature_fault(&"names a key set or a key that is not trusted here"));
        };
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let request = SignedRequest {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            headers: &headers.collect::<Vec<_>>(),
            body: &body,
        };
        signature.verify(&key, &request).map_err(|error| signature_fault(&error))?;
        Ok(Self { sent_at, body })
    }
}

impl fmt::Debug for ReceivedWebhook {
    /// Leaves out the body: it names accounts and their holders.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedWebhook")
            .field("sent_at", &self.sent_at)
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// A time that is not signed is anybody's.
fn sent_at(parts: &Parts, signature: &TlSignature) -> Result<Timestamp, Fault> {
    let name = header::X_TL_WEBHOOK_TIMESTAMP;
    if !signature.covers(name) {
        return Err(signature_fault(&"must cover `X-TL-Webhook-Timestamp`"));
    }
    let text = single(&parts.headers, name).map_err(|error| timestamp_fault(&error))?;
    timestamp::parse(text).map_err(|error| timestamp_fault(&error))
}

pub(crate) fn timestamp_fault(reason: &dyn fmt::Display) -> Fault {
    Fault::unauthenticated(header::X_TL_WEBHOOK_TIMESTAMP, reason)
}

fn signature_fault(reason: &dyn fmt::Display) -> Fault {
    Fault::unauthenticated(header::TL_SIGNATURE, reason)
}
