//! Whose word is believed about whom they speak for.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use http::HeaderMap;

/// The header in which each proxy writes, at the end, who it was asked by.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies whose word is believed: by default nobody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// The text does not name proxies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8 or fd00::/8 whose \
     address has no bits beyond its length"
)]
pub struct ProxiesError(String);

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    length: u8,
}

impl TrustedProxies {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the address is one of theirs.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address.to_canonical()))
    }

    /// The address that a request is counted by: its socket's peer, or if that is trusted, the nearest
    /// one in `X-Forwarded-For` that is not. What stands before that one is its own invention.
    pub(crate) fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut origin = peer.to_canonical();
        let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
        let said = values
            .iter()
            .rev()
            .flat_map(|value| value.to_str().unwrap_or_default().rsplit(',').map(str::trim));
        for text in said {
            if !self.contains(origin) {
                break;
            }
            // Whoever writes no address has said nothing.
            let Some(before) = address(text) else { break };
            origin = before;
        }
        origin
    }
}

impl FromStr for TrustedProxies {
    type Err = ProxiesError;

    /// Reads addresses and networks with commas between.
    fn from_str(text: &str) -> Result<Self, ProxiesError> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Network {
    type Err = ProxiesError;

    fn from_str(text: &str) -> Result<Self, ProxiesError> {
        let wrong = || ProxiesError(text.to_owned());
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address = address.parse::<IpAddr>().map_err(|_| wrong())?.to_canonical();
        let length = length.unwrap_or_else(|| bits(address));
        let network = Self { address, length };
        let is_exact = length <= bits(address) && first_bits(address, length) == address;
        is_exact.then_some(network).ok_or_else(wrong)
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && first_bits(address, self.length) == self.address
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(|n| format!("{}/{}", n.address, n.length)).collect();
        f.write_str(&texts.join(","))
    }
}

/// What is counted as one peer: an IPv4 address, or the 64 bits of IPv6 that one customer of a network
/// has at least.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        address @ IpAddr::V4(_) => address,
        address @ IpAddr::V6(_) => first_bits(address, 64),
    }
}

/// An address as a proxy writes it: some add a port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    let plain = plain.parse::<IpAddr>().ok();
    let address = plain.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn first_bits(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(u32::from(32_u8.saturating_sub(length)));
            IpAddr::from((address.to_bits() & mask.unwrap_or_default()).to_be_bytes())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(u32::from(128_u8.saturating_sub(length)));
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask.unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("the tests write addresses")
    }

    fn proxies(text: &str) -> TrustedProxies {
        text.parse().expect("the tests name networks well")
    }

    fn origin(trusted: &str, peer: &str, headers: &[&'static str]) -> String {
        let mut map = HeaderMap::new();
        for value in headers {
            map.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        proxies(trusted).origin(ip(peer), &map).to_string()
    }

    #[test]
    fn a_network_is_the_addresses_with_its_first_bits() {
        let trusted = proxies("10.1.0.0/16, 192.0.2.7,fd00::/8");

        for address in ["10.1.0.0", "10.1.255.255", "192.0.2.7", "::ffff:10.1.2.3", "fdff::1"] {
            assert!(trusted.contains(ip(address)), "{address}");
        }
        for address in ["10.2.0.0", "10.0.255.255", "192.0.2.8", "fe00::1", "::10.1.0.1"] {
            assert!(!trusted.contains(ip(address)), "{address}");
        }
        assert!(proxies("0.0.0.0/0").contains(ip("198.51.100.1")));
        assert!(!proxies("0.0.0.0/0").contains(ip("2001:db8::1")));
        assert!(!TrustedProxies::default().contains(ip("127.0.0.1")));
    }

    #[test]
    fn what_is_no_network_is_refused_with_its_text() {
        for text in ["10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0/8", "proxy", "10.0.0.0/", "/8"]
        {
            let refused = text.parse::<TrustedProxies>();

            assert_eq!(refused, Err(ProxiesError(text.to_owned())));
        }
    }

    #[test]
    fn nobody_who_is_not_trusted_says_whom_he_speaks_for() {
        assert_eq!(origin("10.0.0.7", "192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(origin("", "127.0.0.1", &["198.51.100.1"]), "127.0.0.1");
    }

    #[test]
    fn of_what_is_said_the_last_that_is_not_trusted_counts() {
        let trusted = "10.0.0.0/8,::1";

        for (peer, headers, expected) in [
            ("10.0.0.7", &["198.51.100.1"][..], "198.51.100.1"),
            ("10.0.0.7", &["127.0.0.1, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.7", &["127.0.0.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.7", &["198.51.100.1, 10.0.0.9"], "198.51.100.1"),
            ("10.0.0.7", &["198.51.100.1, 10.0.0.9", "10.0.0.8,::1"], "198.51.100.1"),
            ("::ffff:10.0.0.7", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.7", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("10.0.0.7", &["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.7", &["10.0.0.9"], "10.0.0.9"),
            ("10.0.0.7", &[], "10.0.0.7"),
            ("10.0.0.7", &["unknown"], "10.0.0.7"),
            ("10.0.0.7", &["198.51.100.1, unknown, 10.0.0.9"], "10.0.0.9"),
            ("10.0.0.7", &["198.51.100.1,"], "10.0.0.7"),
        ] {
            assert_eq!(origin(trusted, peer, headers), expected, "{peer} {headers:?}");
        }
    }

    #[test]
    fn neighbours_share_64_bits_of_ipv6_and_nothing_of_ipv4() {
        assert_eq!(neighbourhood(ip("2001:db8::1:2:3:4")), ip("2001:db8::"));
        assert_ne!(neighbourhood(ip("2001:db8:0:1::1")), neighbourhood(ip("2001:db8:0:2::1")));
        assert_eq!(neighbourhood(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
