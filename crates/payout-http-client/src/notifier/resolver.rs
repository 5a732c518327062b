//! Names resolved to public addresses only.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{NotPublic, is_public};

type Lookup = Arc<
    dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>
        + Send
        + Sync,
>;

/// Resolves names, and refuses one that leads to any address that is not public.
///
/// It is asked for each connection, and the connection is made to what it answers: between the check
/// and the connection there is no second look-up that could say something else.
pub(super) struct PublicResolver {
    look_up: Lookup,
}

impl PublicResolver {
    /// Asks the system.
    pub(super) fn system() -> Self {
        Self::new(Arc::new(|host| {
            Box::pin(async move {
                // The port is the connection's to say.
                let addresses = tokio::net::lookup_host((host.as_str(), 0)).await?;
                Ok(addresses.collect())
            })
        }))
    }

    pub(super) fn new(look_up: Lookup) -> Self {
        Self { look_up }
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.look_up)(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = found.await?;
            // One bad address spoils the name: honest names have none.
            if addresses.is_empty() || !addresses.iter().all(|found| is_public(found.ip())) {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}
