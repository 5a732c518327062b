//! Tests of the public interface of `payout-domain`: laws first, then examples.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

mod fixtures;
mod texts;
mod iso_4217;
mod money;
mod pay_ins;
mod accounts;
mod sources;
mod requests;
mod refusals;
mod registrations;
mod secrecy;
mod records;
mod life;
mod life_examples;
mod life_table;
mod decisions;
mod send_rule;
mod serde_texts;
