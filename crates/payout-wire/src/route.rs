//! The paths of the API.
//!
//! The provider's clients disagree on the prefix: .NET and PHP call `/v3/payouts`, Java and Rust call
//! `/payouts`. Every resource therefore has both paths, and a signature is checked over the one that
//! was called. Templates write parameters as `{id}`.

/// The two paths of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path under `/v3`, which our own client calls.
    pub v3: &'static str,
    /// The path without a prefix.
    pub plain: &'static str,
}

impl Route {
    /// Both paths, for a router.
    pub const fn both(self) -> [&'static str; 2] {
        [self.v3, self.plain]
    }

    /// The path under `/v3` with its `{id}` filled in.
    pub fn of(self, id: impl std::fmt::Display) -> String {
        self.v3.replace("{id}", &id.to_string())
    }
}

macro_rules! route {
    ($path:literal) => {
        Route { v3: concat!("/v3", $path), plain: $path }
    };
}

/// `POST` creates a payout, `GET` lists those of the caller. The list is ours, not the provider's.
pub const PAYOUTS: Route = route!("/payouts");
/// `GET` shows a payout.
pub const PAYOUT: Route = route!("/payouts/{id}");
/// `GET` shows what is recorded of a payout. Ours, not the provider's.
pub const PAYOUT_HISTORY: Route = route!("/payouts/{id}/history");
/// `GET` lists the merchant accounts.
pub const MERCHANT_ACCOUNTS: Route = route!("/merchant-accounts");
/// `GET` shows a merchant account.
pub const MERCHANT_ACCOUNT: Route = route!("/merchant-accounts/{id}");
/// `GET` lists the transactions of a merchant account between `from` and `to`.
pub const TRANSACTIONS: Route = route!("/merchant-accounts/{id}/transactions");
/// `GET` lists the accounts from which the user `user_id` has paid into a merchant account.
pub const PAYMENT_SOURCES: Route = route!("/merchant-accounts/{id}/payment-sources");
/// `GET` shows whether a merchant account is swept.
pub const SWEEPING: Route = route!("/merchant-accounts/{id}/sweeping");
/// The same, in the older spelling.
pub const SWEEPING_OLD: Route = route!("/merchant_accounts/{id}/sweeping");
/// `POST` lets a user pay in.
pub const PAYMENTS: Route = route!("/payments");
/// `POST` begins to have a payment authorised.
pub const AUTHORIZATION_FLOW: Route = route!("/payments/{id}/authorization-flow");
/// `POST` says which bank the user has chosen.
pub const PROVIDER_SELECTION: Route =
    route!("/payments/{id}/authorization-flow/actions/provider-selection");
/// `POST` says that the user agrees.
pub const CONSENT: Route = route!("/payments/{id}/authorization-flow/actions/consent");
/// `POST` says what the user has filled in.
pub const FORM: Route = route!("/payments/{id}/authorization-flow/actions/form");
/// `POST` calls a payment off.
pub const CANCEL_PAYMENT: Route = route!("/payments/{id}/actions/cancel");
/// `POST` pays a payment back, `GET` lists its refunds.
pub const REFUNDS: Route = route!("/payments/{id}/refunds");
/// `GET` shows a refund.
pub const REFUND: Route = route!("/payments/{id}/refunds/{refund_id}");
/// `GET` shows a payment.
pub const PAYMENT: Route = route!("/payments/{id}");

/// `POST` exchanges a client's secret for a token. It stands on the provider's OAuth host.
pub const TOKEN: &str = "/connect/token";
/// `GET` shows the keys that webhooks are signed with.
pub const JWKS: &str = "/.well-known/jwks";

/// `GET` lists payouts of all clients by where they stand. For operators, and ours.
pub const OPERATOR_PAYOUTS: &str = "/operator/payouts";
/// `GET` shows all that is known of a payout. For operators, and ours.
pub const OPERATOR_PAYOUT: &str = "/operator/payouts/{id}";
/// `POST` calls a payout off of which nothing was ever sent. For operators, and ours.
pub const OPERATOR_CANCEL: &str = "/operator/payouts/{id}/cancel";
/// `POST` lets a payout go on that waited for its provider account. For operators, and ours.
pub const OPERATOR_RELEASE: &str = "/operator/payouts/{id}/release";
/// `POST` says what an operator found out about a payout. For operators, and ours.
pub const OPERATOR_RESOLVE: &str = "/operator/payouts/{id}/resolve";
/// `GET` tells whether sending is stopped, `PUT` stops it, `DELETE` lets it go on. For operators, and
/// ours.
pub const OPERATOR_PAUSE: &str = "/operator/pause";
/// `GET` lists clients, `POST` registers one. For operators, and ours.
pub const OPERATOR_CLIENTS: &str = "/operator/clients";
/// `POST` changes the registration of a client. For operators, and ours.
pub const OPERATOR_CLIENT: &str = "/operator/clients/{id}";
/// `POST` gives a client another secret. For operators, and ours.
pub const OPERATOR_CLIENT_SECRET: &str = "/operator/clients/{id}/secret";
/// `POST` lets nobody in any more under the name of a client. For operators, and ours.
pub const OPERATOR_CLIENT_REVOKE: &str = "/operator/clients/{id}/revoke";
/// `GET` lists notifications that were given up. For operators, and ours.
pub const OPERATOR_DEAD_LETTERS: &str = "/operator/dead-letters";
/// `POST` lets such a notification be told again. For operators, and ours.
pub const OPERATOR_REPLAY: &str = "/operator/dead-letters/{id}/replay";

/// A path with its `{id}` filled in.
pub fn with_id(path: &str, id: impl std::fmt::Display) -> String {
    path.replace("{id}", &id.to_string())
}

/// `POST` makes a payment settle. Sandbox only, and ours.
pub const SANDBOX_DEPOSITS: &str = "/sandbox/deposits";
/// `POST` makes the next payout fail; `PUT`, `GET` and `DELETE` are about the rules by which the
/// sandbox misbehaves. Sandbox only, and ours.
pub const SANDBOX_FAULTS: &str = "/sandbox/faults";
/// `POST` lets a bank send a payout back. Sandbox only, and ours.
pub const SANDBOX_RETURNS: &str = "/sandbox/returns";
/// `POST` sets how long execution and settlement take. Sandbox only, and ours.
pub const SANDBOX_DELAYS: &str = "/sandbox/delays";
/// `POST` sets how long tokens live and keys are remembered. Sandbox only, and ours.
pub const SANDBOX_LIFETIMES: &str = "/sandbox/lifetimes";
/// `GET` tells the sandbox's time, `POST` moves it forward. Sandbox only, and ours.
pub const SANDBOX_CLOCK: &str = "/sandbox/clock";
/// `POST` lets the user of a payment log in at the bank. Sandbox only, and ours.
pub const SANDBOX_LOGINS: &str = "/sandbox/logins";
/// `GET` is where the user of a payment is sent to by the bank's own page. Sandbox only, and ours.
pub const SANDBOX_BANKS: &str = "/sandbox/banks";
/// `POST` says where webhooks go. Sandbox only, and ours.
pub const SANDBOX_WEBHOOK: &str = "/sandbox/webhook";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_has_a_path_with_and_without_the_version() {
        assert_eq!(PAYOUTS.both(), ["/v3/payouts", "/payouts"]);
        assert_eq!(PAYMENT_SOURCES.of("a1"), "/v3/merchant-accounts/a1/payment-sources");
    }
}
