//! Tests of the public interface of `payout-signature`.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

mod fixtures;
mod chance;
mod keys;
mod key_sets;
mod published_vectors;
mod cross_check;
mod round_trips;
mod sealing;
mod signing;
mod forged_headers;
mod forged_values;
mod forged_requests;
mod malleability;
mod mutated;
mod verdicts;
mod known_keys;
mod tampering;
mod digests;
mod tokens;
mod forged_tokens;
