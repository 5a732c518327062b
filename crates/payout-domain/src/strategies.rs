//! Strategies: values of every type, for property-based tests with `proptest`.
//!
//! A service that embeds this crate tests its own code with them: what a store keeps and gives back,
//! what an API prints and reads. Every value is one that can occur, and none is anybody's: account
//! numbers are drawn by chance.
//!
//! ```
//! use payout_domain::{Money, strategies};
//! use proptest::prelude::*;
//!
//! proptest!(|(money in strategies::money())| {
//!     prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
//! });
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "what is drawn fits by construction, and tests may panic"
)]

mod account;
mod closed_loop;
mod life;
mod text;

pub use account::{
    account_identifier, gb_iban, iban, iban_of, nrb, sepa_iban, sort_code_account_number,
};
pub use closed_loop::{
    AllowedOrder, allowed_order, merchant_account, payment, payment_source, payout_request,
};
pub use life::{
    History, decision, evidence, failure_reason, history, operator_name, park_reason, payout,
    payout_state, provider_status, resolution,
};
pub use text::{
    client_id, event_id, gateway_payout_id, idempotency_key, merchant_account_id, metadata,
    payment_id, payment_source_id, payout_id, reference, strict_reference, transaction_id, user_id,
};

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;

use crate::{Currency, Money, Scheme, SchemeSelection, Timestamp};

/// Every currency that the table knows, also funds, metals and withdrawn ones.
static CURRENCIES: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    let letters = || 'A'..='Z';
    letters()
        .flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])))
        .filter_map(|code| code.iter().collect::<String>().parse().ok())
        .collect()
});

/// Any currency of ISO 4217, also funds, metals and withdrawn ones.
pub fn currency() -> impl Strategy<Value = Currency> {
    select(CURRENCIES.as_slice())
}

/// A currency in which a payout may be made.
pub fn payable_currency() -> impl Strategy<Value = Currency> {
    select(CURRENCIES.iter().copied().filter(|c| c.payable().is_ok()).collect::<Vec<_>>())
}

/// Any amount of a payable currency; zero and the limits come up often.
pub fn money() -> impl Strategy<Value = Money> {
    payable_currency().prop_flat_map(money_in)
}

/// Any amount of this currency; zero and the limits come up often.
pub fn money_in(currency: Currency) -> impl Strategy<Value = Money> {
    let minor = prop_oneof![
        4 => 0..=1_000_000_u64,
        4 => 0..=Money::MAX_MINOR,
        1 => Just(0),
        1 => Just(Money::MAX_MINOR),
    ];
    minor.prop_map(move |minor| {
        Money::from_minor(minor, currency).expect("no more than the most was drawn")
    })
}

/// A time between 2001 and 2100, to the microsecond.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    (1_000_000_000_000_000..4_102_444_800_000_000_i64).prop_map(Timestamp::from_micros)
}

/// Any scheme.
pub fn scheme() -> impl Strategy<Value = Scheme> {
    select(&Scheme::ALL[..])
}

/// Any way to choose a scheme.
pub fn scheme_selection() -> impl Strategy<Value = SchemeSelection> {
    prop_oneof![
        Just(SchemeSelection::InstantOnly),
        Just(SchemeSelection::InstantPreferred),
        scheme().prop_map(SchemeSelection::Preselected),
    ]
}
