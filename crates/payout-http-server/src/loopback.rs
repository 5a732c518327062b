//! Who may steer a sandbox.

use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{HeaderMap, header};
use payout_wire::problem::ProblemKind;

use crate::fault::Fault;
use crate::{Api, Peer};

/// Headers that a proxy adds: then the peer is the proxy, and says nothing of who is behind it.
const OF_PROXIES: [&str; 3] = ["forwarded", "x-forwarded-for", "via"];

/// A request that comes from this very machine and from no web page.
///
/// The controls of a sandbox ask for no credentials, so a page that a developer happens to have open
/// must not be able to reach them.
pub(crate) struct Loopback(());

impl Loopback {
    /// Looks at the socket and at what browsers and proxies add.
    pub(crate) fn check(parts: &Parts) -> Result<Self, Fault> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        if !peer.is_some_and(|ConnectInfo(Peer(address))| address.ip().to_canonical().is_loopback())
        {
            return Err(forbidden("The sandbox is steered from its own machine only."));
        }
        if OF_PROXIES.iter().any(|name| parts.headers.contains_key(*name)) {
            return Err(forbidden("The sandbox is not steered through a proxy."));
        }
        if is_of_a_web_page(&parts.headers) {
            return Err(forbidden("The sandbox is not steered from web pages."));
        }
        Ok(Self(()))
    }
}

impl FromRequestParts<Arc<Api>> for Loopback {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Api>) -> Result<Self, Fault> {
        Self::check(parts)
    }
}

fn is_of_a_web_page(headers: &HeaderMap) -> bool {
    // `none` is an address that a person has typed.
    let is_typed = |site: &http::HeaderValue| site == "none";
    headers.contains_key(header::ORIGIN) || !headers.get_all("sec-fetch-site").iter().all(is_typed)
}

fn forbidden(detail: &str) -> Fault {
    Fault::new(ProblemKind::Forbidden, detail)
}
