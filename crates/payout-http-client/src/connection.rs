//! How we are known to a provider, and how long we wait for it.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::ClientId;
use payout_signature::SigningKey;

use crate::{ClientSecret, Environment};

/// How we are known to a provider, and how long we wait for it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Which provider.
    pub environment: Environment,
    /// Our name there.
    pub client_id: ClientId,
    /// What proves the name.
    pub client_secret: ClientSecret,
    /// What writes are signed with; without it there are only reads.
    pub signing_key: Option<Arc<SigningKey>>,
    /// How long we wait.
    pub deadlines: Deadlines,
}

/// How long we wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until there is a connection, TLS included.
    pub connect: Duration,
    /// Until the answer is there to its last byte, the connection included.
    pub request: Duration,
}

impl Default for Deadlines {
    /// 5 seconds to connect, 20 for the whole request.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), request: Duration::from_secs(20) }
    }
}
