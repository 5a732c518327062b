//! Which provider is called.

use payout_wire::route;

use crate::{BaseUrl, BaseUrlError};

/// The servers of one provider: one that gives tokens, one that does the work, and the key set that
/// its webhooks are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    auth: BaseUrl,
    api: BaseUrl,
    webhook_jwks: String,
}

impl Environment {
    /// The live provider: real money.
    pub fn truelayer() -> Self {
        Self::of_provider("truelayer.com")
    }

    /// The provider's own sandbox.
    pub fn truelayer_sandbox() -> Self {
        Self::of_provider("truelayer-sandbox.com")
    }

    /// One server that does everything, as `payout sandbox` and `payout serve` do.
    pub fn at(url: &str) -> Result<Self, BaseUrlError> {
        let server: BaseUrl = url.parse()?;
        let webhook_jwks = format!("{server}{}", route::JWKS);
        Ok(Self { auth: server.clone(), api: server, webhook_jwks })
    }

    /// The same, but with tokens from another server.
    pub fn with_auth(self, url: &str) -> Result<Self, BaseUrlError> {
        Ok(Self { auth: url.parse()?, ..self })
    }

    /// Where tokens come from.
    pub fn auth(&self) -> &BaseUrl {
        &self.auth
    }

    /// Where payouts are asked for.
    pub fn api(&self) -> &BaseUrl {
        &self.api
    }

    /// The `jku` of this provider's webhooks, letter by letter.
    pub fn webhook_jwks_url(&self) -> &str {
        &self.webhook_jwks
    }

    /// Whether nothing is encrypted, because everything is on this machine.
    pub fn is_plain(&self) -> bool {
        self.auth.is_plain() && self.api.is_plain()
    }

    fn of_provider(domain: &str) -> Self {
        let server = |name: &str| {
            let url = format!("https://{name}.{domain}");
            url.parse().expect("the provider's addresses are https and bare")
        };
        let webhook_jwks = format!("https://webhooks.{domain}{}", route::JWKS);
        Self { auth: server("auth"), api: server("api"), webhook_jwks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_and_sandbox_share_no_server() {
        let live = Environment::truelayer();
        let sandbox = Environment::truelayer_sandbox();

        assert_eq!(live.api().as_str(), "https://api.truelayer.com");
        assert_eq!(live.auth().as_str(), "https://auth.truelayer.com");
        assert_eq!(
            sandbox.webhook_jwks_url(),
            "https://webhooks.truelayer-sandbox.com/.well-known/jwks",
        );
        assert_ne!(live.api(), sandbox.api());
        assert_ne!(live.auth(), sandbox.auth());
    }

    #[test]
    fn our_own_server_does_everything() {
        let environment = Environment::at("http://127.0.0.1:8017/").expect("it is on this machine");

        assert_eq!(environment.auth(), environment.api());
        assert_eq!(environment.webhook_jwks_url(), "http://127.0.0.1:8017/.well-known/jwks");
    }
}
