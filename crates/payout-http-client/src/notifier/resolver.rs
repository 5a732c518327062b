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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::notifier::address::is_refusal;

    /// A resolver to which each look-up says the next of these.
    fn saying(answers: &[&[&str]]) -> PublicResolver {
        let address = |text: &&str| SocketAddr::new(text.parse().expect("it is an address"), 0);
        let parsed = |answer: &&[&str]| answer.iter().map(address).collect::<Vec<_>>();
        let left: Vec<_> = answers.iter().rev().map(parsed).collect();
        let left = Arc::new(Mutex::new(left));
        PublicResolver::new(Arc::new(move |_| {
            let next = left.lock().expect("nobody panics").pop().unwrap_or_default();
            Box::pin(async move { Ok(next) })
        }))
    }

    async fn resolve(resolver: &PublicResolver) -> Result<usize, bool> {
        let name = "example.com".parse().expect("it is a name");
        match resolver.resolve(name).await {
            Ok(addresses) => Ok(addresses.count()),
            Err(error) => Err(is_refusal(&*error)),
        }
    }

    #[tokio::test]
    async fn a_name_with_one_private_address_is_refused() {
        for bad in [&["127.0.0.1"][..], &["1.1.1.1", "10.0.0.1"], &["::1", "1.1.1.1"], &[]] {
            assert_eq!(resolve(&saying(&[bad])).await, Err(true), "{bad:?}");
        }
        assert_eq!(resolve(&saying(&[&["1.1.1.1", "2606:4700::1111"]])).await, Ok(2));
    }

    #[tokio::test]
    async fn a_name_that_changes_its_mind_is_refused_when_it_does() {
        let resolver = saying(&[&["1.1.1.1"], &["127.0.0.1"], &["1.1.1.1"]]);

        assert_eq!(resolve(&resolver).await, Ok(1));
        assert_eq!(resolve(&resolver).await, Err(true));
        assert_eq!(resolve(&resolver).await, Ok(1));
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_is_not_called_private() {
        let unknown = PublicResolver::new(Arc::new(|_| {
            Box::pin(async { Err(io::Error::other("no such name")) })
        }));

        assert_eq!(resolve(&unknown).await, Err(false));
    }
}
