//! What goes over the wire, byte by byte, and what is not let in.

mod clients;
mod create_accepted;
mod create_refused;
mod faults;
mod fixture;
mod golden;
mod operators;
mod problems;
mod provider;
mod received;
mod registered;
mod robustness;
mod round_trip;
mod sandbox;
mod secrecy;
mod token;
mod webhooks;
