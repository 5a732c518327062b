//! Texts that open only with a key, and only in the place that they were sealed for.
//!
//! A place is a row and a column of it. The key of a row is HKDF-SHA-256 (RFC 5869) of the sealing key,
//! with the row as info; in it each text is AES-256-GCM with a random nonce of 96 bits, and its place as
//! associated data. What comes out is `<key id>:<base64url of nonce, ciphertext and tag>`.
//!
//! A key of AES-GCM with random nonces is good for 2^32 texts (NIST SP 800-38D, section 8.3). That is
//! the bound of one *row*, not of the sealing key: a row is written once, or once for each change, so
//! neither it nor any number of rows comes near.
//!
//! ```
//! use payout_signature::sealing::{Place, SealingKeys};
//!
//! # let secret = "7f0c".repeat(16);
//! let keys = SealingKeys::parse(&format!("2026-11 {secret}"))?;
//! let place = Place { row: &[b"payout", b"acme", b"1"], column: b"reference" };
//!
//! let sealed = keys.seal(&place, b"INV-1");
//!
//! assert!(sealed.starts_with("2026-11:"));
//! assert_eq!(keys.open(&place, &sealed)?, b"INV-1");
//! assert!(keys.open(&Place { column: b"metadata", ..place }, &sealed).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod file;

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};

use crate::{base64url, digest};

pub use file::SealingKeyError;

/// The key, and what is sealed with it, belong to this scheme alone.
const SCHEME: &[u8] = b"payout.sealing.1";

/// Keys by their ids: the first seals, and all open.
///
/// `Debug` shows the ids only.
pub struct SealingKeys {
    current: SealingKey,
    earlier: Vec<SealingKey>,
}

/// Where a text belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// What names the row, part by part.
    pub row: &'a [&'a [u8]],
    /// What names the column.
    pub column: &'a [u8],
}

/// Why a sealed text does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// It is sealed with a key that is not here.
    #[error("the key `{0}` is not here")]
    UnknownKey(String),
    /// It was changed, belongs elsewhere, or was sealed with another key of this id.
    #[error("it does not open with the key `{0}`")]
    Broken(String),
    /// It has not the form of a sealed text.
    #[error("it is not a sealed text")]
    Malformed,
}

impl SealingKeys {
    /// The id of the key that seals.
    pub fn key_id(&self) -> &str {
        &self.current.id
    }

    /// Seals a text for its place.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> String {
        format!("{}:{}", self.current.id, base64url::encode(&self.current.seal(place, plain)))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: &Place<'_>, sealed: &str) -> Result<Vec<u8>, NotOpened> {
        let (id, text) = sealed.split_once(':').ok_or(NotOpened::Malformed)?;
        let key = self.find(id).ok_or_else(|| NotOpened::UnknownKey(id.to_owned()))?;
        let whole = base64url::decode(text).ok_or(NotOpened::Malformed)?;
        let (nonce, bytes) = whole.split_first_chunk().ok_or(NotOpened::Malformed)?;
        key.open(place, nonce, bytes).ok_or_else(|| NotOpened::Broken(id.to_owned()))
    }

    fn find(&self, id: &str) -> Option<&SealingKey> {
        std::iter::once(&self.current).chain(&self.earlier).find(|key| key.id == id)
    }
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = || std::iter::once(&self.current).chain(&self.earlier).map(|key| &key.id);
        f.debug_list().entries(ids()).finish()
    }
}

/// A key, ready to derive the keys of rows.
struct SealingKey {
    id: String,
    key: Prk,
}

impl SealingKey {
    fn new(id: &str, secret: &[u8; 32]) -> Self {
        Self { id: id.to_owned(), key: Salt::new(HKDF_SHA256, SCHEME).extract(secret) }
    }

    /// Nonce, ciphertext and tag.
    fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Vec<u8> {
        let mut bytes = plain.to_vec();
        let nonce = self
            .of_row(place.row)
            .seal_in_place_append_tag(Aad::from(bound(place)), &mut bytes)
            .expect("no text is as long as 64 GiB");
        [nonce.as_ref().as_slice(), &bytes].concat()
    }

    fn open(&self, place: &Place<'_>, nonce: &[u8; NONCE_LEN], bytes: &[u8]) -> Option<Vec<u8>> {
        let (nonce, mut bytes) = (Nonce::assume_unique_for_key(*nonce), bytes.to_vec());
        let key = self.of_row(place.row);
        let plain = key.open_in_place(nonce, Aad::from(bound(place)), &mut bytes).ok()?;
        Some(plain.to_vec())
    }

    /// The key of one row.
    fn of_row(&self, row: &[&[u8]]) -> RandomizedNonceKey {
        let info = digest::sha256(&[&[b"row".as_slice()], row].concat());
        let mut key = [0; 32];
        self.key
            .expand(&[&info], HKDF_SHA256)
            .and_then(|expanded| expanded.fill(&mut key))
            .expect("HKDF gives as many bytes as its digest has");
        RandomizedNonceKey::new(&AES_256_GCM, &key).expect("it has 32 bytes")
    }
}

/// What a sealed text is bound to: the whole place, part by part.
fn bound(place: &Place<'_>) -> [u8; 32] {
    digest::sha256(&[&[b"cell".as_slice()], place.row, &[place.column]].concat())
}
