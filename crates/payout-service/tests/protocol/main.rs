//! What use cases do with what they learn, over the store in memory.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

mod decide;
mod guard;
mod look;
mod resolve;
mod tell;
mod world;
