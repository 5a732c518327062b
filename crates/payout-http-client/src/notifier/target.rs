//! Where a client wants to be told.

use std::fmt;

use reqwest::Url;

use crate::PrivateNetworks;
use crate::address::is_public;
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
    /// It is not encrypted, and leads into no private network that was named.
    #[error(
        "must be https, for webhooks name users and accounts; http may only go into a network that \
         --private-network names"
    )]
    NotEncrypted,
    /// It has a user or a fragment, of which nobody would see anything.
    #[error("must have neither a user nor a fragment")]
    Unsigned,
    /// It is the address of this machine or of a private network that was not named.
    #[error(
        "is a private address; if that is meant, name its network with --private-network, such as \
         127.0.0.0/8"
    )]
    Private,
    /// It is encrypted, and this system knows nobody whom it could trust to say whose it is.
    #[error(
        "is https, for which this system has no certificates that it trusts: install ca-certificates, or \
         name a file of them in SSL_CERT_FILE"
    )]
    NoCertificates,
}

impl WebhookTarget {
    /// Takes a URL of https to a public address or to one in these networks, and one of http to one in these
    /// networks.
    pub fn new(url: &str, named: &PrivateNetworks) -> Result<Self, WebhookTargetError> {
        let url = Url::parse(url).map_err(|_| WebhookTargetError::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if may_be_plain(&url, named) => {}
            "http" => return Err(WebhookTargetError::NotEncrypted),
            _ => return Err(WebhookTargetError::Malformed),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(WebhookTargetError::Unsigned);
        }
        // A name is checked when it is resolved; an address never is.
        match literal_address(&url) {
            Some(address) if !named.allow(address) => Err(WebhookTargetError::Private),
            _ => Ok(Self(url)),
        }
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is encrypted. If not, its name must lead into a network that was named.
    pub(super) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
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

/// Whether what is not encrypted stays in a network that was named. A name is checked when it is
/// resolved.
fn may_be_plain(url: &Url, named: &PrivateNetworks) -> bool {
    match literal_address(url) {
        Some(address) => named.contain(address) || !is_public(address),
        None => !named.is_empty(),
    }
}
