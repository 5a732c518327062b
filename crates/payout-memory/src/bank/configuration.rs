//! How a bank is set up.

use std::fmt;
use std::time::Duration;

use payout_domain::{
    AccountIdentifier, Currency, CurrencyAccountMismatch, MerchantAccount, MerchantAccountId, Money,
};
use payout_ports::{GatewayProfile, SandboxDelays};

use super::derived_account;

/// How a bank is set up.
#[derive(Clone, Debug)]
pub struct BankConfiguration {
    /// The namespace of its keys and ids.
    pub profile: GatewayProfile,
    /// The merchant's accounts, in the order in which they are listed.
    pub merchant_accounts: Vec<OpeningAccount>,
    /// How long it remembers an idempotency key; the provider's newest pages say 30 days.
    pub key_window: Duration,
    /// How long a token is good for.
    pub token_life: Duration,
    /// How long things take until [`set_delays`](payout_ports::SandboxBank::set_delays) says
    /// otherwise.
    pub delays: SandboxDelays,
    /// How far look-ups of payments, payouts, payment sources and transactions lag behind what has
    /// happened. Balances do not lag.
    pub read_lag: Duration,
    /// How many transactions make a page; the provider has 1000.
    pub page_size: usize,
}

/// A merchant account when the bank opens.
#[derive(Clone, PartialEq, Eq)]
pub struct OpeningAccount {
    /// Its name.
    pub id: MerchantAccountId,
    /// Whose account it is.
    pub account_holder_name: String,
    /// How schemes find it.
    pub account_identifiers: Vec<AccountIdentifier>,
    /// What is on it, which also says the one currency it holds.
    pub opening_balance: Money,
}

const DAY: Duration = Duration::from_hours(24);

/// A million of the major unit, of currencies with two decimals.
const OPENING_BALANCE_MINOR: u64 = 100_000_000;

impl BankConfiguration {
    /// A bank with an account in pounds and one in euros, as the provider's sandbox begins. The same
    /// name gives the same accounts.
    pub fn named(name: &str) -> Self {
        let open = |currency| {
            let balance = Money::from_minor(OPENING_BALANCE_MINOR, currency).ok()?;
            OpeningAccount::derived(name, balance).ok()
        };
        Self {
            profile: GatewayProfile::new(name),
            merchant_accounts: [Currency::GBP, Currency::EUR]
                .into_iter()
                .filter_map(open)
                .collect(),
            key_window: DAY.saturating_mul(30),
            token_life: Duration::from_hours(1),
            delays: SandboxDelays {
                settlement: Duration::from_millis(500),
                authorization: Duration::from_millis(500),
                execution: Duration::from_secs(1),
            },
            read_lag: Duration::ZERO,
            page_size: 1000,
        }
    }
}

impl Default for BankConfiguration {
    fn default() -> Self {
        Self::named("sandbox")
    }
}

impl OpeningAccount {
    /// An account whose id and identifiers follow from a name and the currency of the balance, so
    /// that they are the same after a restart. An error means that we know no accounts in that
    /// currency.
    pub fn derived(name: &str, opening_balance: Money) -> Result<Self, CurrencyAccountMismatch> {
        let currency = opening_balance.currency();
        let identifier = derived_account::of_merchant(name, currency)?;
        Ok(Self {
            id: MerchantAccountId::from_uuid(derived_account::merchant_account_uuid(
                name, currency,
            )),
            account_holder_name: "ACME GAMES".into(),
            account_identifiers: identifiers_for(identifier, currency),
            opening_balance,
        })
    }

    pub(super) fn opened(&self) -> MerchantAccount {
        MerchantAccount {
            id: self.id,
            currency: self.opening_balance.currency(),
            account_identifiers: self.account_identifiers.clone(),
            account_holder_name: self.account_holder_name.clone(),
            available_balance: self.opening_balance,
            current_balance: self.opening_balance,
        }
    }
}

impl fmt::Debug for OpeningAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningAccount")
            .field("id", &self.id)
            .field("account_identifiers", &self.account_identifiers)
            .field("opening_balance", &self.opening_balance)
            .finish_non_exhaustive()
    }
}

/// Every identifier of the account that can carry the currency: an account in euros has no sort code.
pub(super) fn identifiers_for(
    identifier: AccountIdentifier,
    currency: Currency,
) -> Vec<AccountIdentifier> {
    let mut identifiers = identifier.with_equivalents();
    identifiers.retain(|identifier| identifier.scheme_for(currency).is_ok());
    identifiers
}
