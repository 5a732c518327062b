//! `GET /v3/merchant-accounts/{id}/payment-sources`: the accounts that a user has paid in from.

use std::fmt;

use payout_domain::{AccountIdentifier, PaymentSource, PaymentSourceId, UserId};
use serde::Serialize;

use crate::json::{self, Value};
use crate::page::Page;
use crate::{InvalidBody, account_identifier};

/// The payment sources of a user, to be told.
pub struct PaymentSourceList(Page<Twin>);

/// A payment source as a provider lists it. Which merchant account it has paid into, and in which
/// currency, is what the list was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedPaymentSource {
    /// The provider's name for it.
    pub id: PaymentSourceId,
    /// Whose it is; some servers leave out what they were asked for.
    pub user_id: Option<UserId>,
    /// Whose account it is, if the provider says so.
    pub account_holder_name: Option<String>,
    /// How schemes find the account; empty if the provider does not say.
    pub account_identifiers: Vec<AccountIdentifier>,
}

impl PaymentSourceList {
    /// Takes the sources; a user who never paid in has none.
    pub fn new<'a>(sources: impl IntoIterator<Item = &'a PaymentSource>) -> Self {
        let twin = |source: &PaymentSource| {
            Twin::from(&ReceivedPaymentSource {
                id: source.id(),
                user_id: Some(source.user_id().clone()),
                account_holder_name: source.account_holder_name().map(str::to_owned),
                account_identifiers: source.account_identifiers().to_vec(),
            })
        };
        Self(Page::new(sources.into_iter().map(twin).collect(), None))
    }

    /// Reads the sources; one that cannot be read refuses the list.
    pub fn parse(bytes: &[u8]) -> Result<Vec<ReceivedPaymentSource>, InvalidBody> {
        json::read(bytes, |body| body.require_items("items", read))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&self.0)
    }
}

impl fmt::Debug for PaymentSourceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.items.iter().map(|source| source.id)).finish()
    }
}

impl fmt::Debug for ReceivedPaymentSource {
    /// Shows everything but the name; identifiers mask themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedPaymentSource")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("account_identifiers", &self.account_identifiers)
            .finish_non_exhaustive()
    }
}

/// How a payment source is written, here and inside of payments and transactions.
#[derive(Serialize)]
pub(crate) struct Twin {
    #[serde(serialize_with = "json::as_text")]
    id: PaymentSourceId,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_holder_name: Option<String>,
    #[serde(serialize_with = "account_identifier::write_list")]
    account_identifiers: Vec<AccountIdentifier>,
}

impl From<&ReceivedPaymentSource> for Twin {
    fn from(source: &ReceivedPaymentSource) -> Self {
        Self {
            id: source.id,
            user_id: source.user_id.clone(),
            account_holder_name: source.account_holder_name.clone(),
            account_identifiers: account_identifier::all_of(&source.account_identifiers),
        }
    }
}

/// Reads a payment source, here and inside of payments and transactions.
pub(crate) fn read(source: &Value<'_>) -> Option<ReceivedPaymentSource> {
    let id = source.required("id");
    let user_id = source.optional("user_id");
    let holder = source.member("account_holder_name").and_then(|name| name.as_text());
    Some(ReceivedPaymentSource {
        id: id?,
        user_id: user_id?,
        account_holder_name: holder.map(str::to_owned),
        account_identifiers: account_identifier::read_known(source),
    })
}
