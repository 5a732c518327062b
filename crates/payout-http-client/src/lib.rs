//! The gateway over HTTP, and the API client behind the command line.
//!
//! | type | is |
//! |---|---|
//! | [`HttpGateway`] | the port `PayoutGateway`: TrueLayer, its sandbox, or a server of ours |
//! | [`WebhookNotifier`] | the port `Notifier`: signed webhooks |
//! | [`JwksCache`] | the keys by which webhooks of a provider are verified |
//! | [`ApiClient`], [`SandboxControls`] | the API for a person who types commands |
//! | [`OperatorClient`] | operators' routes, for an operator |
//!
//! # What an HTTP client does here, and what not
//!
//! It sends once. It follows no redirect, repeats nothing on its own (not even what HTTP says may be
//! repeated), uses no proxy from the environment, speaks HTTP/1.1, decompresses nothing, reads no
//! answer beyond its limit, and waits for none beyond its deadline. It is `https`, or `http` to this
//! machine. Whoever calls decides what is repeated, and knows what it is that may be.
//!
//! # What is said of a transmission
//!
//! A payout that may have reached the provider is unknown until the provider says otherwise. So every
//! answer, and every way to get none, has one meaning in one table, the documentation of the private
//! function `classify`; what is not certain is unknown.

mod address;
mod api_client;
mod base_url;
mod client_secret;
mod connection;
mod environment;
mod gateway;
mod http_date;
mod jwks_cache;
mod notifier;
mod private_networks;
mod public_resolver;
mod session;
mod token;
mod transport;

pub use api_client::{
    ApiClient, ApiError, AuthError, OperatorClient, OperatorConnection, PayoutQuery, Reply,
    SandboxControls,
};
pub use base_url::{BaseUrl, BaseUrlError};
pub use client_secret::ClientSecret;
pub use connection::{Connection, Deadlines};
pub use environment::Environment;
pub use gateway::HttpGateway;
pub use jwks_cache::{JwksCache, JwksCacheError};
pub use notifier::{WebhookNotifier, WebhookTarget, WebhookTargetError};
pub use private_networks::{PrivateNetworks, PrivateNetworksError};
pub use transport::SetUpError;
