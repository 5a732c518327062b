//! Where a client wants to be told.

use std::fmt;

use reqwest::Url;

use super::address::is_public;
use crate::base_url::literal_address;

/// An address that may be told. `Debug` shows no path: receivers hide secrets there.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookTarget(Url);

/// The text is no address that may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookTargetError {
    /// It is no URL of https.
    #[error("write a URL of https, such as https://example.com/webhooks")]
    Malformed,
    /// It is not encrypted, and may leave this machine's network.
    #[error("must be https: webhooks name users and accounts")]
    NotEncrypted,
    /// It has a user or a fragment, of which nobody would see anything.
    #[error("must have neither a user nor a fragment")]
    Unsigned,
    /// It is the address of this machine or of a private network.
    #[error("is a private address; allow private webhook targets if that is meant")]
    Private,
}

impl WebhookTarget {
    /// Takes a URL of https to a public address. Where private ones are allowed, http will do.
    pub fn new(url: &str, allow_private: bool) -> Result<Self, WebhookTargetError> {
        let url = Url::parse(url).map_err(|_| WebhookTargetError::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if allow_private => {}
            "http" => return Err(WebhookTargetError::NotEncrypted),
            _ => return Err(WebhookTargetError::Malformed),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(WebhookTargetError::Unsigned);
        }
        // A name is checked when it is resolved; an address never is.
        match literal_address(&url) {
            Some(address) if !allow_private && !is_public(address) => {
                Err(WebhookTargetError::Private)
            }
            _ => Ok(Self(url)),
        }
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// The path, which is all of the address that is signed.
    pub(super) fn path(&self) -> &str {
        self.0.path()
    }
}

impl fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookTarget").field("host", &self.0.host_str()).finish_non_exhaustive()
    }
}
