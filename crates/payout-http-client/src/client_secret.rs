//! The secret half of a client's credentials.

use std::fmt;
use std::sync::Arc;

/// What only the client and the server know. It never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(Arc<str>);

impl ClientSecret {
    /// Keeps a secret.
    pub fn new(secret: &str) -> Self {
        Self(secret.into())
    }

    /// Gives the secret away, to be sent.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}
