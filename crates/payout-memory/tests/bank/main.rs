//! What holds of the bank in memory, whatever happens in it.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that overflows or panics has failed, also in the functions that tests share"
)]

mod closed_loop;
mod conservation;
mod deposits;
mod idempotency;
mod journal;
mod life;
mod provider;
mod rig;
mod statement;
