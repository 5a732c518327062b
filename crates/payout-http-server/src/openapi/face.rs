//! What a server is: the service, the sandbox, or less than either.

use crate::{Api, Rates};

/// What a server has beside what every one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_excessive_bools, reason = "each can be there without the others")]
pub struct Face {
    /// Where the provider's events come in, if they do.
    pub(crate) webhooks: Option<&'static str>,
    /// Whether operators look after payouts.
    pub(crate) operators: bool,
    /// Whether they also say who may call.
    pub(crate) clients: bool,
    /// Whether requests are counted, or can be.
    pub(crate) rates: bool,
    /// Whether it is steered, and plays the provider.
    pub(crate) sandbox: bool,
}

impl Face {
    /// That of `payout serve`.
    pub const SERVICE: Self = Self {
        webhooks: Some("/webhooks"),
        operators: true,
        clients: true,
        rates: true,
        sandbox: false,
    };

    /// That of `payout sandbox`.
    pub const SANDBOX: Self =
        Self { webhooks: None, operators: true, clients: false, rates: false, sandbox: true };

    /// That of a server that is wired so.
    pub fn of(api: &Api) -> Self {
        // With a secret, the path is a parameter, so that nothing names the secret.
        let path = |secret: &Option<String>| match secret {
            Some(_) => "/webhooks/{secret}",
            None => "/webhooks",
        };
        Self {
            webhooks: api.webhooks.as_ref().map(|webhooks| path(&webhooks.path_secret)),
            operators: api.operators.is_some(),
            clients: api.operators.as_ref().is_some_and(|it| it.client_desk.is_some()),
            // A service can be set to count at any start, and its clients had better know.
            rates: api.sandbox.is_none() || api.limits.rates != Rates::default(),
            sandbox: api.sandbox.is_some(),
        }
    }
}
