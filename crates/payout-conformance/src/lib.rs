//! The laws of the ports as tests; only ever a development dependency.
//!
//! A law is a plain function that takes a rig: an adapter, and a hand on the world behind it. An
//! adapter writes down how a fresh rig is made, and one macro makes a test of every law:
//!
//! ```text
//! // crates/payout-memory/tests/store_conformance.rs
//! async fn fresh() -> MemoryRig { … }
//!
//! payout_conformance::store_laws!(fresh);
//! ```
//!
//! | macro | laws of | rig |
//! |---|---|---|
//! | [`store_laws!`] | `PayoutRepository`, `PaymentRepository`, `Inbox`, `Outbox` | [`StoreRig`] |
//! | [`store_model!`] | the same, by comparison with another store | two [`StoreRig`]s |
//! | [`gateway_laws!`] | `PayoutGateway` | [`GatewayRig`] |
//! | [`sealer_laws!`] | `Sealer` | a function that makes one with given keys |
//!
//! The crate that invokes a macro has `tokio` with `macros` and `rt-multi-thread` among its
//! development dependencies.

#![allow(
    clippy::missing_panics_doc,
    reason = "a law panics where it is broken: that is what it is for"
)]

pub mod fixtures;
pub mod gateway;
pub mod life;
pub mod model;
pub mod sealer;
pub mod store;

pub use gateway::GatewayRig;
pub use sealer::play_sealer;
pub use store::{KeptRig, StoreRig};
