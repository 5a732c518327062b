//! Networks behind our own firewall that may be reached all the same.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

use crate::address::is_public;

/// Networks behind our own firewall that webhooks may be sent to, and key sets be read from, all the
/// same: by default none.
///
/// Each is named by its addresses (RFC 4632, RFC 4291 section 2.3), such as `10.1.0.0/16`,
/// `192.168.0.7` or `::1`: a name could lead elsewhere tomorrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateNetworks(Vec<IpNet>);

/// The text names no networks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is neither an address such as 127.0.0.1 nor a network such as 10.1.0.0/16 whose address has no \
     bits beyond its length"
)]
pub struct PrivateNetworksError(String);

impl PrivateNetworks {
    /// This machine alone: `127.0.0.0/8` and `::1` (RFC 6890).
    pub fn loopback() -> Self {
        let of_v4 = IpNet::new(Ipv4Addr::new(127, 0, 0, 0).into(), 8);
        let of_v6 = IpNet::new(Ipv6Addr::LOCALHOST.into(), 128);
        Self([of_v4, of_v6].into_iter().flatten().collect())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address may be connected to: a public one always, another one if it lies in one of the
    /// networks.
    pub(crate) fn allow(&self, address: IpAddr) -> bool {
        is_public(address) || self.contain(address)
    }

    /// Whether an address lies in one of the networks. One of IPv4 that is written as IPv6 counts as what
    /// it is.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for PrivateNetworks {
    type Err = PrivateNetworksError;

    /// Reads addresses and networks with commas between.
    fn from_str(text: &str) -> Result<Self, PrivateNetworksError> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, PrivateNetworksError> {
    let alone = || text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    let network = text.parse::<IpNet>().ok().or_else(alone);
    let exact = network.filter(|network| network.trunc() == *network);
    exact.ok_or_else(|| PrivateNetworksError(text.to_owned()))
}

impl fmt::Display for PrivateNetworks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.pad(&texts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &str) -> PrivateNetworks {
        text.parse().expect("the tests write networks well")
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("it is an address")
    }

    #[test]
    fn a_private_address_may_be_reached_in_a_network_that_is_named() {
        let named = networks("10.1.0.0/16, 192.168.0.7 ,::1");

        for inside in ["10.1.255.255", "192.168.0.7", "::1", "::ffff:10.1.2.3", "1.1.1.1"] {
            assert!(named.allow(address(inside)), "{inside}");
        }
        for outside in ["10.2.0.0", "192.168.0.8", "127.0.0.1", "::", "::ffff:10.2.0.0", "fe80::1"]
        {
            assert!(!named.allow(address(outside)), "{outside}");
        }
    }

    #[test]
    fn none_is_named_by_nothing() {
        assert_eq!(networks(" , "), PrivateNetworks::default());
        assert!(!PrivateNetworks::default().allow(address("127.0.0.1")));
        assert!(PrivateNetworks::loopback().allow(address("127.9.9.9")));
    }

    #[test]
    fn what_names_no_network_is_refused() {
        for bad in ["10.1.0.0/8", "10.0.0.0/33", "localhost", "10.1", "fe80::1%eth0", "0x7f000001"]
        {
            assert_eq!(
                bad.parse::<PrivateNetworks>(),
                Err(PrivateNetworksError(bad.into())),
                "{bad}"
            );
        }
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        let text = "10.1.0.0/16, ::1/128";

        assert_eq!(networks(text).to_string(), text);
        assert_eq!(networks(&networks(text).to_string()), networks(text));
    }
}
