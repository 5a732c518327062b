//! The binary as its users meet it: real processes, real HTTP on loopback, real files.
//!
//! Each test has its own home and its own ports, so all of them may run at once.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of this is test: whatever is missing fails one, and says what it was"
)]

mod stage;

mod fault_proxy;
mod http;
mod receiver;
mod world;

mod audit;
mod canaries;
mod clients;
mod clock;
mod configuration;
mod crashes;
mod demo;
mod encryption;
mod faults;
mod idempotency;
mod lifetimes;
mod manual;
mod operators;
mod outages;
mod payments;
mod postgres;
mod provider;
mod recovery;
mod refusals;
mod refusals_over_http;
mod sealing;
mod signatures;
mod stopping;
mod webhooks;
