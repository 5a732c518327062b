//! `/operator/clients`: saying who may call, by what, and for what.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use payout_domain::{ClientId, MerchantAccountId, Scope};
use serde::Serialize;

use crate::InvalidBody;
use crate::json::{self, Value};

/// Registers a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientOrder {
    /// Its name.
    pub client_id: ClientId,
    /// What it may do; everything that a client can do, if nothing is said.
    pub scopes: BTreeSet<Scope>,
    /// The merchant accounts that are its alone.
    pub merchant_accounts: BTreeSet<MerchantAccountId>,
    /// Where it is told of events.
    pub webhook: Option<Box<str>>,
    /// The keys that it signs with.
    pub keys: Vec<ClientKey>,
}

/// A public key of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientKey {
    /// What its requests call it.
    pub kid: Box<str>,
    /// The key as PEM (`PUBLIC KEY`, RFC 7468, section 13).
    pub public_key: Box<str>,
}

/// Changes the registration of a client: what is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientChange {
    /// A key that it signs with from now on.
    pub add_key: Option<ClientKey>,
    /// The id of a key that is not taken any more.
    pub revoke_key: Option<Box<str>>,
    /// What it may do.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The merchant accounts that are its alone.
    pub merchant_accounts: Option<BTreeSet<MerchantAccountId>>,
    /// Where it is told of events; an empty text for nowhere.
    pub webhook: Option<Box<str>>,
}

/// Gives a client another secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSecretOrder {
    /// For how long the one before it still opens: a day, if nothing is said.
    pub overlap: Duration,
}

/// The longest that a secret outlives the one that replaces it: 30 days.
const OVERLAP_MAX: Duration = Duration::from_hours(30 * 24);

/// How long it does if nothing is said.
const OVERLAP: Duration = Duration::from_hours(24);

impl ClientOrder {
    /// Reads it. What it does not know is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let members = ["client_id", "scopes", "merchant_accounts", "webhook", "keys"];
            let known = only(body, &members);
            let client_id = body.required("client_id");
            let scopes = body.if_any("scopes", set);
            let accounts = body.if_any("merchant_accounts", set);
            let webhook = body.if_any("webhook", Value::text);
            let keys = body.if_any("keys", |it| {
                let keys: Vec<_> = it.items()?.iter().map(key).collect();
                keys.into_iter().collect::<Option<Vec<_>>>()
            });
            known?;
            Some(Self {
                client_id: client_id?,
                scopes: scopes?.unwrap_or_else(|| [Scope::Payments].into()),
                merchant_accounts: accounts?.unwrap_or_default(),
                webhook: webhook?.map(Into::into),
                keys: keys?.unwrap_or_default(),
            })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&OrderTwin {
            client_id: self.client_id.as_str(),
            scopes: texts(&self.scopes),
            merchant_accounts: texts(&self.merchant_accounts),
            webhook: self.webhook.as_deref(),
            keys: &self.keys,
        })
    }
}

impl ClientChange {
    /// Reads it. What it does not know is refused, and so is a change of nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let members = ["add_key", "revoke_key", "scopes", "merchant_accounts", "webhook"];
            let known = only(body, &members);
            let add_key = body.if_any("add_key", key);
            let revoke_key = body.if_any("revoke_key", Value::text);
            let scopes = body.if_any("scopes", set);
            let merchant_accounts = body.if_any("merchant_accounts", set);
            let webhook = body.if_any("webhook", Value::text);
            known?;
            let change = Self {
                add_key: add_key?,
                revoke_key: revoke_key?.map(Into::into),
                scopes: scopes?,
                merchant_accounts: merchant_accounts?,
                webhook: webhook?.map(Into::into),
            };
            if change == Self::default() {
                return body.refuse("changes nothing; say what is to change");
            }
            Some(change)
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&ChangeTwin {
            add_key: self.add_key.as_ref(),
            revoke_key: self.revoke_key.as_deref(),
            scopes: self.scopes.as_ref().map(texts),
            merchant_accounts: self.merchant_accounts.as_ref().map(texts),
            webhook: self.webhook.as_deref(),
        })
    }
}

impl NewSecretOrder {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            only(body, &["overlap_seconds"])?;
            let overlap = body.if_any("overlap_seconds", |it| {
                let overlap = Duration::from_secs(it.whole()?);
                if overlap > OVERLAP_MAX {
                    return it.refuse("must be at most 2592000, which are 30 days");
                }
                Some(overlap)
            });
            Some(Self { overlap: overlap?.unwrap_or(OVERLAP) })
        })
    }

    /// Writes it.
    pub fn to_bytes(self) -> Vec<u8> {
        json::to_bytes(&SecretTwin { overlap_seconds: self.overlap.as_secs() })
    }
}

#[derive(Serialize)]
struct OrderTwin<'a> {
    client_id: &'a str,
    scopes: Vec<String>,
    merchant_accounts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<&'a str>,
    keys: &'a [ClientKey],
}

#[derive(Serialize)]
struct ChangeTwin<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    add_key: Option<&'a ClientKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoke_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_accounts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<&'a str>,
}

#[derive(Serialize)]
struct SecretTwin {
    overlap_seconds: u64,
}

/// Refuses every member that is none of these: a misspelt one would change nothing, and say so to nobody.
fn only(body: &Value<'_>, members: &[&str]) -> Option<()> {
    let mut known = Some(());
    for (name, _) in body.members() {
        if !members.contains(&name) {
            known = body.refuse_member(
                name,
                format!("is not known here; there are {}", members.join(", ")),
            );
        }
    }
    known
}

fn set<T: Ord + FromStr<Err: fmt::Display>>(list: &Value<'_>) -> Option<BTreeSet<T>> {
    let read: Vec<_> = list.items()?.iter().map(Value::parse).collect();
    read.into_iter().collect()
}

fn key(value: &Value<'_>) -> Option<ClientKey> {
    if !value.is_object() {
        return value.refuse("must be an object, in braces");
    }
    let text = |name: &str| Some(value.require(name)?.text()?.into());
    let (kid, public_key) = (text("kid"), text("public_key"));
    Some(ClientKey { kid: kid?, public_key: public_key? })
}

pub(super) fn texts<'a, T: fmt::Display + 'a>(
    values: impl IntoIterator<Item = &'a T>,
) -> Vec<String> {
    values.into_iter().map(T::to_string).collect()
}
