//! The API as its callers see it: over the bank in memory, and over sockets where time matters.

mod house;
mod call;

mod audit;
mod clients;
mod contract;
mod openapi;
mod client_forms;
mod crowds;
mod faults;
mod forgeries;
mod golden;
mod idempotency;
mod invalid;
mod log;
mod official_clients;
mod open_payouts;
mod operators;
mod payments;
mod operator_tokens;
mod problems;
mod rates;
mod reading;
mod refunds;
mod refusals;
mod route_walk;
mod sandbox_controls;
mod service_errors;
mod sockets;
mod tenants;
mod tokens;
mod webhooks;
mod writes;
