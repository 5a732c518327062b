//! `Tl-Signature` version 2: signing and verifying requests with ES512, key sets, access tokens, and
//! sealed texts.
//!
//! A signed request carries a JSON Web Signature (RFC 7515) with a detached payload in its
//! `Tl-Signature` header. The payload is never sent: both sides rebuild it from the request, by the
//! provider's rules for request signing.
//!
//! - [`sign`] makes the header's value from a [`SigningKey`] and a [`Request`].
//! - [`TlSignature`] parses a received value and verifies it with a [`VerifyingKey`].
//! - [`Verifier`] says by what: the library, or tables of the keys that are known.
//! - [`Jwks`] is a set of public keys, as published for those who receive webhooks.
//! - [`access_token`] issues and verifies stateless bearer tokens.
//! - [`sealing`] hides texts from whoever has a store and not its keys.
//! - [`gather_entropy`] does early what the first key or signature would wait for.
//! - [`digest`] has the hashes and the comparison that the rest of the workspace needs.
//!
//! Nothing here does I/O, reads a clock or waits. No other crate names the cryptographic library.
//!
//! ```
//! use payout_signature::{Request, SigningKey, TlSignature, sign};
//!
//! let (key, _pem) = SigningKey::generate("45fc75cf-5649-4134-84b3-192c2c78e990")?;
//! let request = Request {
//!     method: "POST",
//!     path: "/v3/payouts",
//!     headers: &[("Idempotency-Key", b"7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c")],
//!     body: br#"{"amount_in_minor":1250}"#,
//! };
//!
//! let header_value = sign(&key, &request, &["Idempotency-Key"], None)?;
//!
//! let signature = TlSignature::parse(&header_value)?;
//! assert!(signature.covers("idempotency-key"));
//! signature.verify(key.verifying_key(), &request)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod request;
mod sign;
mod tl_signature;
mod verifier;
mod known_keys;
mod key_tables;
mod key;
mod jwks;
mod kid;
mod base64url;
mod json;
mod entropy;
pub mod access_token;
pub mod digest;
pub mod sealing;

pub use entropy::gather_entropy;
pub use jwks::{Jwks, JwksError};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use key_tables::{Comparison, KeyTables, Verdict};
pub use known_keys::{Difference, KnownKeys, TableLimits};
pub use request::{Request, RequestError};
pub use sign::{SignError, sign};
pub use tl_signature::{SignatureError, TlSignature};
pub use verifier::Verifier;
