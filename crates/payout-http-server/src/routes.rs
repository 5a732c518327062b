//! The handlers, by what they are about. Each is short: it reads, asks one use case, and writes.

pub(crate) mod token;
pub(crate) mod payouts;
pub(crate) mod merchant_accounts;
pub(crate) mod payments;
pub(crate) mod webhooks;
pub(crate) mod operators;
pub(crate) mod sandbox;
pub(crate) mod probes;
