//! Names resolved to addresses that may be reached.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::PrivateNetworks;
use crate::address::NotPublic;

type Lookup = Arc<
    dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>
        + Send
        + Sync,
>;

/// Resolves names, and refuses one that leads to any address that is neither public nor in a network
/// that is named.
///
/// It is asked for each connection, and the connection is made to what it answers: between the check
/// and the connection there is no second look-up that could say something else.
pub(crate) struct PublicResolver {
    look_up: Lookup,
    named: PrivateNetworks,
    /// Whether a public address will do as well.
    or_public: bool,
}

impl PublicResolver {
    /// Asks the system.
    pub(crate) fn system(named: PrivateNetworks) -> Self {
        Self::of_system(named, true)
    }

    /// Asks the system, and takes nothing but addresses in these networks.
    pub(crate) fn private(named: PrivateNetworks) -> Self {
        Self::of_system(named, false)
    }

    fn of_system(named: PrivateNetworks, or_public: bool) -> Self {
        let look_up: Lookup = Arc::new(|host| {
            Box::pin(async move {
                // The port is the connection's to say.
                let addresses = tokio::net::lookup_host((host.as_str(), 0)).await?;
                Ok(addresses.collect())
            })
        });
        Self { look_up, named, or_public }
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.look_up)(name.as_str().to_owned());
        let (named, or_public) = (self.named.clone(), self.or_public);
        Box::pin(async move {
            let addresses = found.await?;
            // One bad address spoils the name: honest names have none.
            let is_fine = |found: &SocketAddr| {
                if or_public { named.allow(found.ip()) } else { named.contain(found.ip()) }
            };
            if addresses.is_empty() || !addresses.iter().all(is_fine) {
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
    use crate::address::is_refusal;

    /// A resolver to which each look-up says the next of these.
    fn saying(answers: &[&[&str]]) -> PublicResolver {
        let address = |text: &&str| SocketAddr::new(text.parse().expect("it is an address"), 0);
        let parsed = |answer: &&[&str]| answer.iter().map(address).collect::<Vec<_>>();
        let left: Vec<_> = answers.iter().rev().map(parsed).collect();
        let left = Arc::new(Mutex::new(left));
        let look_up: Lookup = Arc::new(move |_| {
            let next = left.lock().expect("nobody panics").pop().unwrap_or_default();
            Box::pin(async move { Ok(next) })
        });
        let named = "10.9.0.0/16".parse().expect("it is a network");
        PublicResolver { look_up, named, or_public: true }
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
    async fn a_name_may_lead_into_a_network_that_is_named() {
        assert_eq!(resolve(&saying(&[&["10.9.0.1", "1.1.1.1"]])).await, Ok(2));
        assert_eq!(resolve(&saying(&[&["10.9.0.1", "10.8.0.1"]])).await, Err(true));
    }

    #[tokio::test]
    async fn a_name_that_changes_its_mind_is_refused_when_it_does() {
        let resolver = saying(&[&["1.1.1.1"], &["127.0.0.1"], &["1.1.1.1"]]);

        assert_eq!(resolve(&resolver).await, Ok(1));
        assert_eq!(resolve(&resolver).await, Err(true));
        assert_eq!(resolve(&resolver).await, Ok(1));
    }

    #[tokio::test]
    async fn what_is_not_encrypted_goes_into_networks_that_are_named_only() {
        let plain = |answers: &[&[&str]]| PublicResolver { or_public: false, ..saying(answers) };

        assert_eq!(resolve(&plain(&[&["10.9.0.1"]])).await, Ok(1));
        for bad in [&["1.1.1.1"][..], &["10.9.0.1", "1.1.1.1"], &["10.8.0.1"]] {
            let answers = [bad];

            assert_eq!(resolve(&plain(&answers)).await, Err(true), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_is_not_called_private() {
        let look_up: Lookup =
            Arc::new(|_| Box::pin(async { Err(io::Error::other("no such name")) }));
        let unknown =
            PublicResolver { look_up, named: PrivateNetworks::default(), or_public: true };

        assert_eq!(resolve(&unknown).await, Err(false));
    }
}
