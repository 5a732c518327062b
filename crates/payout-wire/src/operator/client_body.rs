//! `/operator/clients`: who may call, by what, and for what.

use std::fmt;

use payout_domain::{ClientId, RegisteredKey, Registration, Timestamp};
use serde::Serialize;

use super::client::texts;
use crate::json::{self, Value};
use crate::{InvalidBody, timestamp};

/// A client as operators see it. Of its secret it says nothing, and of its keys only their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientBody {
    /// Its name.
    #[serde(serialize_with = "json::as_text")]
    pub client_id: ClientId,
    /// Where it is named.
    pub from: ClientOrigin,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The merchant accounts that are its alone.
    pub merchant_accounts: Vec<String>,
    /// Where it is told of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Box<str>>,
    /// The keys that it signs or has signed with.
    pub keys: Vec<ClientKeyBody>,
    /// Until when the secret before the present one still opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_secret_ends_at: Option<String>,
    /// Since when it is registered.
    pub added_at: String,
    /// Since when it is no client any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

/// Where a client is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientOrigin {
    /// In the configuration of the server, where it is changed, too.
    Configuration,
    /// In the register, by operators.
    Register,
}

/// A key as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientKeyBody {
    /// Its id.
    pub kid: Box<str>,
    /// Since when it is registered.
    pub added_at: String,
    /// Since when it is not taken any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

/// All clients, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientList {
    /// The clients.
    pub items: Vec<ClientBody>,
}

/// A client and its new secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ClientWithSecret {
    /// The secret.
    pub client_secret: String,
    /// The client.
    pub client: ClientBody,
}

impl ClientBody {
    /// Says what a registration is.
    pub fn new(registration: &Registration, from: ClientOrigin) -> Self {
        let record = registration.record();
        let earlier = record.earlier_secret.as_ref();
        Self {
            client_id: record.id.clone(),
            from,
            scopes: texts(&record.scopes),
            merchant_accounts: texts(&record.merchant_accounts),
            webhook: record.webhook.clone(),
            keys: record.keys.iter().map(ClientKeyBody::from).collect(),
            earlier_secret_ends_at: earlier.map(|earlier| written(earlier.ends_at)),
            added_at: written(record.added_at),
            revoked_at: record.revoked_at.map(written),
        }
    }

    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, Self::read)
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    fn read(body: &Value<'_>) -> Option<Self> {
        let texts = |name: &str| body.require_items(name, |it| it.text().map(str::to_owned));
        Some(Self {
            client_id: body.required("client_id")?,
            from: ClientOrigin::read(&body.require("from")?)?,
            scopes: texts("scopes")?,
            merchant_accounts: texts("merchant_accounts")?,
            webhook: body.if_any("webhook", Value::text)?.map(Into::into),
            keys: body.require_items("keys", ClientKeyBody::read)?,
            earlier_secret_ends_at: body.optional("earlier_secret_ends_at")?,
            added_at: body.required("added_at")?,
            revoked_at: body.optional("revoked_at")?,
        })
    }
}

impl ClientOrigin {
    fn read(value: &Value<'_>) -> Option<Self> {
        match value.text()? {
            "configuration" => Some(Self::Configuration),
            "register" => Some(Self::Register),
            _ => value.refuse("must be configuration or register"),
        }
    }
}

impl ClientKeyBody {
    fn read(body: &Value<'_>) -> Option<Self> {
        Some(Self {
            kid: body.require("kid")?.text()?.into(),
            added_at: body.required("added_at")?,
            revoked_at: body.optional("revoked_at")?,
        })
    }
}

impl From<&RegisteredKey> for ClientKeyBody {
    fn from(key: &RegisteredKey) -> Self {
        let revoked_at = key.revoked_at.map(written);
        Self { kid: key.kid.clone(), added_at: written(key.added_at), revoked_at }
    }
}

impl ClientList {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            Some(Self { items: body.require_items("items", ClientBody::read)? })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl ClientWithSecret {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let client_secret = body.require("client_secret")?.text()?.to_owned();
            Some(Self { client_secret, client: ClientBody::read(&body.require_object("client")?)? })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl fmt::Debug for ClientWithSecret {
    /// Leaves out the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientWithSecret").field("client", &self.client).finish_non_exhaustive()
    }
}

fn written(at: Timestamp) -> String {
    timestamp::to_micros(at)
}
