//! The protocol, explored to its last state.
//!
//! Two workers, one payout, a provider that forgets, a network that loses and delays, clocks that
//! jump, a store that goes back in time. Every order of everything is tried. What moves the payout is
//! the production code, [`Payout::apply`](payout_domain::Payout::apply) and
//! [`begin_transmission`](payout_domain::Payout::begin_transmission); only the world around it is a
//! model. Errors are planted in that world, never in the production code, and each must be found.
//!
//! Assumed of the provider: it refuses an expired token, by a clock that is behind by the margin at
//! most; it remembers a key for its window, counted from when it first saw it; and what it turned away
//! or refused, none of its machines takes up again. Assumed of two operators: one of them errs, not
//! both. Nothing is assumed of our own clock, of workers, of the network, or of the order of anything.
//!
//! Time and the number of transmissions end early: the window is three ticks, a token lives for one.
//! Not in it: a second payout, the closed loop, and how stores keep their promises.

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
