//! Driving adapter: the v3 API, operators' routes, inbound webhooks and the sandbox's controls over HTTP.
//!
//! One server has two faces: the service and the sandbox are the same [`router()`] over the same use
//! cases, and differ in what the use cases of their [`Api`] are wired to.
//!
//! # The order of a write
//!
//! A write is looked at in one order, and nothing later happens before something earlier holds: size
//! and time, bearer token, scope, signature over the raw path and bytes by a key of *that* client,
//! idempotency, form, rules, commit, answer. The first half is one type that a handler of a write
//! cannot do without; it has one constructor, and that one verifies.
//!
//! # Errors
//!
//! Whatever goes wrong is answered with a problem document and a trace id, by one layer around
//! everything: wrong paths and methods, limits and panics too. Causes go to the log, never to the
//! caller.
//!
//! # Faults on purpose
//!
//! A sandbox can be told to misbehave ([`Faults`]): calls are refused, answers lost, cut or wrong. That
//! happens in a layer of its own between the API and the wire.
//!
//! # What it does not do
//!
//! It ends no TLS: put it on the loopback device, or behind a proxy that you trust.

#![allow(
    missing_debug_implementations,
    reason = "most of what is wired here is a use case or a closure, with nothing to print"
)]

mod api;
mod audit;
mod client_directory;
mod operator_directory;
mod limits;
mod openapi;
mod rate_limits;
mod router;
mod methods;
mod serve;
mod webhook_receiver;
mod routes;
mod second_tries;
mod verified_write;
mod verified_webhook;
mod caller;
mod operator_caller;
mod loopback;
mod body;
mod query;
mod single_header;
mod admission;
mod exchange;
mod answer;
mod fault;
mod provider;
mod faults;

pub use api::{
    Api, ApiClock, ClientDesk, InboundWebhooks, NotReady, Operators, PointWebhooks, Readiness,
    Sandbox, Tokens, TraceIds,
};
pub use audit::{AuditEntry, AuditFailed, AuditTrail, AuditWho};
pub use client_directory::{Client, ClientDirectory, ClientDirectoryError, SecretDigest};
pub use faults::Faults;
pub use limits::{Limits, ProxiesError, Rate, Rates, TrustedProxies};
pub use openapi::{Face, openapi};
pub use operator_directory::OperatorDirectory;
pub use provider::Provider;
pub use router::{paths, router};
pub use serve::{Ended, Entrance, Peer, Tls, TlsError, serve};
pub use verified_webhook::{ReceivedWebhook, WebhookKeys};
pub use verified_write::UNVERIFIED;
pub use webhook_receiver::WebhookReceiver;
