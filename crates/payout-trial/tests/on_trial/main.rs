//! The binary on trial, in short: the long runs are `cargo xtask crash` and its sisters.
//!
//! The binary `payout` must have been built beside this test; `cargo xtask test` sees to it.

mod verdict;

mod crash;
mod sweep;
mod trials;
