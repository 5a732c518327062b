//! The JSON that client and server share: v3 bodies, problem documents and webhook events.
//!
//! The types of `payout-domain` cannot be serialised. Each body that crosses the network has a twin
//! here, and the conversion stands next to the twin. Only this crate says how a thing looks on the
//! wire; whether it may be paid is said by the domain.
//!
//! # Reading
//!
//! Every body that comes in is read the same way, whoever sent it. It must be UTF-8 without a byte
//! order mark, at most [`DEPTH_MAX`] levels deep, and no member may occur twice, in whatever spelling
//! and at whatever level: of two amounts, a reader would have to choose one. Members that nobody asks
//! for are ignored, because both sides of an API grow. `null` means absent. Whatever is wrong comes
//! back together, as an [`InvalidBody`]: a map from JSON path to sentences.
//!
//! ```
//! use payout_wire::payout::CreatePayout;
//!
//! let body = br#"{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount_in_minor":"1250",
//!     "currency":"GBP","beneficiary":{"type":"external_account"}}"#;
//!
//! let refused = CreatePayout::parse(body).expect_err("two members are wrong");
//!
//! let paths: Vec<&str> = refused.errors().keys().map(String::as_str).collect();
//! assert_eq!(paths, ["amount_in_minor", "beneficiary.type"]);
//! ```
//!
//! # Writing
//!
//! What is absent is left out; there is no `null` in anything we write. Bytes are compact, members
//! have a fixed order, and every function that writes is a function of its arguments alone.

mod account_identifier;
pub mod header;
pub mod history;
mod invalid_body;
mod json;
pub mod media_type;
pub mod merchant_account;
mod metadata;
mod money;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operator;
mod page;
pub mod payment;
pub mod payment_source;
pub mod payout;
pub mod problem;
pub mod refund;
pub mod route;
pub mod sandbox;
mod scheme;
mod standing;
pub mod timestamp;
pub mod token;
pub mod transaction;
pub mod webhook;

pub use invalid_body::InvalidBody;
pub use json::DEPTH_MAX;
