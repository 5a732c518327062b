//! Addresses that we are told to call.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use ipnet::IpNet;
use payout_http_client::{BaseUrl, PrivateNetworks, WebhookTarget};
use url::{Host, Url};

use crate::Heard;
use crate::again::{self, shown};

/// The networks that are not of the public internet (IANA's registries of special-purpose addresses).
/// What is not below `2000::/3` is of nobody.
const SPECIAL: &str = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 \
    192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 \
    203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 2001::/23 2001:db8::/32 2002::/16 3fff::/20";

static SPECIAL_NETWORKS: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    SPECIAL.split_whitespace().map(|text| text.parse().expect("it is a network")).collect()
});

/// Where a client wants to be told: encrypted, and never at an address that is not public.
pub(crate) fn webhook_target(bytes: &[u8]) -> Heard {
    let Some(text) = again::text(bytes) else { return Heard::Refused };
    let nowhere_private = WebhookTarget::new(text, &PrivateNetworks::default());
    let on_this_machine = WebhookTarget::new(text, &PrivateNetworks::loopback());
    if let Ok(target) = &nowhere_private {
        assert_eq!(on_this_machine.as_ref(), Ok(target), "what is allowed stays allowed");
        let url = Url::parse(text).expect("what was taken is a URL");
        assert_eq!(url.scheme(), "https");
        assert!(leads_outside(&url), "{url}");
    }
    if on_this_machine.is_err() {
        return Heard::Refused;
    }
    let url = Url::parse(text).expect("what was taken is a URL");
    assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    assert!(leads_outside(&url) || leads_to(&url, |address| address.is_loopback()), "{url}");
    Heard::Taken
}

/// Where a server is, and which private networks may be called.
pub(crate) fn server_address(bytes: &[u8]) -> Heard {
    let Some(text) = again::text(bytes) else { return Heard::Refused };
    if let Ok(address) = text.parse::<BaseUrl>() {
        let url = Url::parse(address.as_str()).expect("it is a URL");
        let is_here = url.host_str() == Some("localhost") || leads_to(&url, |ip| ip.is_loopback());
        assert!(url.scheme() == "https" || is_here, "nothing is sent in the clear: {url}");
    }
    shown::<BaseUrl>(text).or(shown::<PrivateNetworks>(text))
}

/// Whether the host is a name, which is looked at when it is resolved, or a public address.
fn leads_outside(url: &Url) -> bool {
    leads_to(url, is_public) || matches!(url.host(), Some(Host::Domain(_)))
}

fn leads_to(url: &Url, test: impl Fn(IpAddr) -> bool) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => test(address.into()),
        Some(Host::Ipv6(address)) => test(address.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

fn is_public(address: IpAddr) -> bool {
    let of_machines = match address.to_canonical() {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => match address.octets() {
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => {
                return is_public(Ipv4Addr::new(a, b, c, d).into());
            }
            [first, ..] => first & 0xe0 == 0x20,
        },
    };
    let address = address.to_canonical();
    of_machines && !SPECIAL_NETWORKS.iter().any(|network| network.contains(&address))
}
