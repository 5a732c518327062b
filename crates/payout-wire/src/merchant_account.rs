//! `GET /v3/merchant-accounts`: the accounts that payouts are made from.

use std::fmt;

use payout_domain::{AccountIdentifier, Currency, MerchantAccount, MerchantAccountId};
use serde::Serialize;

use crate::json::{self, Value};
use crate::page::Page;
use crate::{InvalidBody, account_identifier, money};

/// A merchant account. All six members are always there, because the clients demand them all.
#[derive(Serialize)]
pub struct MerchantAccountBody {
    #[serde(serialize_with = "json::as_text")]
    id: MerchantAccountId,
    #[serde(serialize_with = "json::as_text")]
    currency: Currency,
    #[serde(serialize_with = "account_identifier::write_list")]
    account_identifiers: Vec<AccountIdentifier>,
    available_balance_in_minor: u64,
    current_balance_in_minor: u64,
    account_holder_name: String,
}

/// All the merchant accounts of a client.
#[derive(Debug)]
pub struct MerchantAccountList {
    items: Vec<MerchantAccountBody>,
}

impl MerchantAccountBody {
    /// Reads one account.
    pub fn parse(bytes: &[u8]) -> Result<MerchantAccount, InvalidBody> {
        json::read(bytes, read)
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl From<&MerchantAccount> for MerchantAccountBody {
    fn from(account: &MerchantAccount) -> Self {
        Self {
            id: account.id,
            currency: account.currency,
            account_identifiers: account_identifier::all_of(&account.account_identifiers),
            available_balance_in_minor: account.available_balance.minor(),
            current_balance_in_minor: account.current_balance.minor(),
            account_holder_name: account.account_holder_name.clone(),
        }
    }
}

impl fmt::Debug for MerchantAccountBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantAccountBody").field("id", &self.id).finish_non_exhaustive()
    }
}

impl MerchantAccountList {
    /// Takes the accounts.
    pub fn new<'a>(accounts: impl IntoIterator<Item = &'a MerchantAccount>) -> Self {
        Self { items: accounts.into_iter().map(Into::into).collect() }
    }

    /// Reads the accounts; one that cannot be read refuses the list.
    pub fn parse(bytes: &[u8]) -> Result<Vec<MerchantAccount>, InvalidBody> {
        json::read(bytes, |body| body.require_items("items", read))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&Page::new(self.items.iter().collect(), None))
    }
}

fn read(body: &Value<'_>) -> Option<MerchantAccount> {
    let id = body.required("id");
    let currency: Option<Currency> = body.required("currency");
    let holder = body.require("account_holder_name").and_then(|name| name.text());
    let identifiers = body.require("account_identifiers").and_then(|list| list.items());
    let balance = |name| money::balance(body, name, currency?);
    let available = balance("available_balance_in_minor");
    let current = balance("current_balance_in_minor");
    identifiers?;
    Some(MerchantAccount {
        id: id?,
        currency: currency?,
        account_identifiers: account_identifier::read_known(body),
        account_holder_name: holder?.to_owned(),
        available_balance: available?,
        current_balance: current?,
    })
}
