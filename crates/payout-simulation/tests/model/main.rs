//! The protocol, explored to its last state.
//!
//! Two workers, one payout, a provider that forgets, a network that loses and delays, clocks that
//! jump, a store that goes back in time. Every order of everything is tried. What moves the payout is
//! the production code, [`Payout::apply`](payout_domain::Payout::apply) and
//! [`begin_transmission`](payout_domain::Payout::begin_transmission); only the world around it is a
//! model. Errors are planted in that world, never in the production code, and each must be found.

mod bounds;
mod exhaustive;
mod kept;
mod operators;
mod planted;
mod planted_errors;
mod properties;
mod protocol;
mod provider;
mod reached;
mod search;
mod steps;
mod world;
