//! A payment that settles at once, without a bank to log in to.

use std::fmt;

use payout_domain::{
    AccountIdentifier, MerchantAccountId, Money, PaymentId, PaymentSourceId, UserId,
};
use serde::Serialize;

use crate::json::{self, Value};
use crate::money::{self, MoneyMembers};
use crate::{InvalidBody, account_identifier};

/// The most characters of an account holder's name.
const NAME_MAX: usize = 140;

/// Asks that a user pay in.
#[derive(Clone, PartialEq, Eq)]
pub struct Deposit {
    /// Who pays.
    pub user_id: UserId,
    /// How much.
    pub amount: Money,
    /// From which account; the sandbox chooses one if nothing is said.
    pub account_identifier: Option<AccountIdentifier>,
    /// Whose account it is; the sandbox makes up a name if nothing is said.
    pub account_holder_name: Option<String>,
    /// Into which merchant account; into the one of that currency if nothing is said.
    pub merchant_account_id: Option<MerchantAccountId>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepositBody {
    /// The payment.
    #[serde(serialize_with = "json::as_text")]
    pub payment_id: PaymentId,
    /// Who paid.
    #[serde(serialize_with = "json::as_text")]
    pub user_id: UserId,
    /// The account that it came from.
    #[serde(serialize_with = "json::as_text")]
    pub payment_source_id: PaymentSourceId,
    /// Where it arrived.
    #[serde(serialize_with = "json::as_text")]
    pub merchant_account_id: MerchantAccountId,
}

#[derive(Serialize)]
struct Twin<'a> {
    #[serde(serialize_with = "json::as_text")]
    user_id: &'a UserId,
    #[serde(flatten)]
    amount: MoneyMembers,
    #[serde(
        skip_serializing_if = "<[AccountIdentifier]>::is_empty",
        serialize_with = "account_identifier::write_first"
    )]
    account_identifier: &'a [AccountIdentifier],
    #[serde(skip_serializing_if = "Option::is_none")]
    account_holder_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    merchant_account_id: Option<MerchantAccountId>,
}

impl Deposit {
    /// Reads what is asked for.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let user_id = body.required("user_id");
            let amount = money::amount(body);
            let account_identifier = body.if_any("account_identifier", account_identifier::read);
            let account_holder_name = body.if_any("account_holder_name", name);
            let merchant_account_id = body.optional("merchant_account_id");
            Some(Self {
                user_id: user_id?,
                amount: amount?,
                account_identifier: account_identifier?,
                account_holder_name: account_holder_name?,
                merchant_account_id: merchant_account_id?,
            })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&Twin {
            user_id: &self.user_id,
            amount: self.amount.into(),
            account_identifier: self.account_identifier.as_slice(),
            account_holder_name: self.account_holder_name.as_deref(),
            merchant_account_id: self.merchant_account_id,
        })
    }
}

impl fmt::Debug for Deposit {
    /// Shows everything but the name; identifiers mask themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deposit")
            .field("user_id", &self.user_id)
            .field("amount", &self.amount)
            .field("account_identifier", &self.account_identifier)
            .field("merchant_account_id", &self.merchant_account_id)
            .finish_non_exhaustive()
    }
}

impl DepositBody {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let payment_id = body.required("payment_id");
            let user_id = body.required("user_id");
            let payment_source_id = body.required("payment_source_id");
            let merchant_account_id = body.required("merchant_account_id");
            Some(Self {
                payment_id: payment_id?,
                user_id: user_id?,
                payment_source_id: payment_source_id?,
                merchant_account_id: merchant_account_id?,
            })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

fn name(value: &Value<'_>) -> Option<String> {
    let text = value.text()?;
    let plain = !text.trim().is_empty()
        && text.chars().count() <= NAME_MAX
        && !text.chars().any(char::is_control);
    if plain {
        return Some(text.to_owned());
    }
    value.refuse(format!("must be 1 to {NAME_MAX} characters without control characters"))
}
