//! An amount and its currency, which are two members side by side.

use payout_domain::{Currency, Money};
use serde::Serialize;

use crate::json::{self, Value};

/// `amount_in_minor` and `currency`, to be flattened into a body.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct MoneyMembers {
    amount_in_minor: u64,
    #[serde(serialize_with = "json::as_text")]
    currency: Currency,
}

impl From<Money> for MoneyMembers {
    fn from(money: Money) -> Self {
        Self { amount_in_minor: money.minor(), currency: money.currency() }
    }
}

/// Reads `amount_in_minor` and `currency`.
pub(crate) fn amount(body: &Value<'_>) -> Option<Money> {
    let minor = body.require("amount_in_minor").and_then(|amount| minor_units(&amount));
    let currency = body.required("currency");
    money(body, "amount_in_minor", minor?, currency?)
}

/// Reads a count of minor units of a known currency: a balance.
pub(crate) fn balance(body: &Value<'_>, name: &str, currency: Currency) -> Option<Money> {
    let minor = body.require(name).and_then(|balance| minor_units(&balance))?;
    money(body, name, minor, currency)
}

fn money(body: &Value<'_>, name: &str, minor: u64, currency: Currency) -> Option<Money> {
    match Money::from_minor(minor, currency) {
        Ok(money) => Some(money),
        Err(error) => body.refuse_member(name, error.to_string()),
    }
}

/// A whole number and nothing that merely looks like one: no reader and writer agree on those.
fn minor_units(value: &Value<'_>) -> Option<u64> {
    let whole = value.as_whole().filter(|minor| *minor <= Money::MAX_MINOR);
    whole.or_else(|| value.refuse(why_not_minor_units(value)))
}

fn why_not_minor_units(value: &Value<'_>) -> String {
    let expected = "must be a whole number of minor units, such as 1250";
    if value.as_text().is_some() {
        format!("{expected}; a string is not accepted")
    } else if value.is_number() {
        let limit = Money::MAX_MINOR;
        format!("{expected}, up to {limit}; write it without sign, fraction or exponent")
    } else {
        expected.to_owned()
    }
}
