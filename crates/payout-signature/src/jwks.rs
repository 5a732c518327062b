//! Sets of public keys (JWKS, RFC 7517).

mod jwk;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::jwk::{PublishedJwk, ReceivedJwk};
use crate::json;
use crate::key::VerifyingKey;

/// The largest set that is looked at, in bytes.
const JWKS_LEN_MAX: usize = 64 * 1024;

/// The most keys that are taken from one set. Each costs a check that it is on the curve.
const KEYS_MAX: usize = 64;

/// Why a key set was refused.
///
/// One bad key spoils the set: whoever publishes it is not to be trusted with the others.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// The set is longer than 64 KiB.
    #[error("the key set is longer than {JWKS_LEN_MAX} bytes")]
    TooLong,
    /// The set has more than 64 keys that we would take.
    #[error("the key set has more than {KEYS_MAX} keys")]
    TooManyKeys,
    /// The text is not a JWKS.
    #[error("the key set is not valid")]
    Malformed(#[source] serde_json::Error),
    /// Two keys have one id, and nothing says which one is meant.
    #[error("the key set has the key id `{0}` twice")]
    DuplicateKid(String),
    /// A key on P-521 has no id that could be looked up.
    #[error("the key set has a key without a usable id")]
    InvalidKid,
    /// The coordinates of a key are not base64url, are too long, or are not on the curve.
    #[error("the key `{0}` is not a point on P-521")]
    InvalidKey(String),
    /// Someone published a private key. It is worth nothing any more.
    #[error("the key `{0}` is a private key")]
    PrivateKey(String),
}

/// The keys of a JWKS that can verify ES512, by their ids.
///
/// ```
/// use payout_signature::{Jwks, SigningKey};
///
/// let (key, _pem) = SigningKey::generate("webhook-key-1")?;
/// let published = Jwks::render(&[key.verifying_key()]);
///
/// let jwks = Jwks::parse(published.as_bytes())?;
/// assert!(jwks.key("webhook-key-1").is_some());
/// assert!(jwks.key("webhook-key-2").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Jwks {
    keys: BTreeMap<String, VerifyingKey>,
}

impl Jwks {
    /// Parses a key set and takes from it the keys that can verify ES512.
    ///
    /// Skipped are keys of another type or curve, those whose `use`, `alg` or `key_ops` say that
    /// they do something else, and those without `kid` (RFC 7517, sections 4 and 5). Everything
    /// wrong with a key that would have been taken is an error, and so is an id that occurs twice:
    /// which of the two keys counts must not depend on their order.
    pub fn parse(bytes: &[u8]) -> Result<Self, JwksError> {
        if bytes.len() > JWKS_LEN_MAX {
            return Err(JwksError::TooLong);
        }
        let set: ReceivedSet = serde_json::from_slice(bytes).map_err(JwksError::Malformed)?;
        let usable = set.keys.into_iter().filter(ReceivedJwk::is_for_es512);
        let mut keys = BTreeMap::new();
        for jwk in usable {
            if keys.len() == KEYS_MAX {
                return Err(JwksError::TooManyKeys);
            }
            let key = jwk.into_key()?;
            if let Some(first) = keys.insert(key.kid().to_owned(), key) {
                return Err(JwksError::DuplicateKid(first.kid().to_owned()));
            }
        }
        Ok(Self { keys })
    }

    /// Finds the key with this id.
    pub fn key(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.get(kid)
    }

    /// All keys, ordered by id.
    pub fn keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.keys.values()
    }

    /// Writes a key set for publication, in the order given.
    pub fn render(keys: &[&VerifyingKey]) -> String {
        let keys = keys.iter().map(|key| PublishedJwk::of(key)).collect();
        json::render(&PublishedSet { keys })
    }
}

pub(crate) fn render_key(key: &VerifyingKey) -> String {
    json::render(&PublishedJwk::of(key))
}

#[derive(Deserialize)]
struct ReceivedSet {
    keys: Vec<ReceivedJwk>,
}

#[derive(Serialize)]
struct PublishedSet<'a> {
    keys: Vec<PublishedJwk<'a>>,
}
