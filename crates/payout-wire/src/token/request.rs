//! What a client sends to get a token.

use std::fmt;

use serde::Serialize;

use super::{OAuthError, OAuthErrorCode, form};
use crate::json::{self, Value};

/// A client's name and secret. Only the grant `client_credentials` exists here.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TokenRequest {
    grant_type: GrantType,
    client_id: String,
    client_secret: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum GrantType {
    ClientCredentials,
}

impl TokenRequest {
    /// Asks for the scopes, separated by spaces; without any, for all that the client may have.
    pub fn new(client_id: String, client_secret: String, scope: Option<String>) -> Self {
        Self { grant_type: GrantType::ClientCredentials, client_id, client_secret, scope }
    }

    /// Who asks.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What only the client knows.
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The scopes that are asked for; `None` asks for all that the client may have.
    pub fn scopes(&self) -> Option<Vec<&str>> {
        let scope = self.scope.as_deref()?;
        Some(scope.split(' ').filter(|scope| !scope.is_empty()).collect())
    }

    /// Reads a JSON body.
    pub fn parse_json(bytes: &[u8]) -> Result<Self, OAuthError> {
        let text = |body: &Value<'_>, name| body.if_any(name, |v| v.text().map(str::to_owned));
        let members = json::read(bytes, |body| {
            let [grant_type, client_id, client_secret, scope] =
                ["grant_type", "client_id", "client_secret", "scope"].map(|name| text(body, name));
            Some([grant_type?, client_id?, client_secret?, scope?])
        });
        match members {
            Ok(members) => Self::checked(members),
            Err(invalid) => Err(OAuthError::invalid_request(invalid.to_string())),
        }
    }

    /// Reads a form body: `grant_type=client_credentials&client_id=…`.
    pub fn parse_form(bytes: &[u8]) -> Result<Self, OAuthError> {
        let mut members = [None, None, None, None];
        for (name, value) in form::parse(bytes)? {
            let [grant_type, client_id, client_secret, scope] = &mut members;
            let member = match name.as_str() {
                "grant_type" => grant_type,
                "client_id" => client_id,
                "client_secret" => client_secret,
                "scope" => scope,
                _ => continue,
            };
            if member.replace(value).is_some() {
                return Err(OAuthError::invalid_request(format!("`{name}` occurs more than once")));
            }
        }
        Self::checked(members)
    }

    /// Writes JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    fn checked(members: [Option<String>; 4]) -> Result<Self, OAuthError> {
        // RFC 6749 section 3.2: a parameter without a value is absent.
        let [grant_type, client_id, client_secret, scope] =
            members.map(|member| member.filter(|value| !value.is_empty()));
        let required = |member: Option<String>, name| {
            member.ok_or_else(|| OAuthError::invalid_request(format!("`{name}` is required")))
        };
        if required(grant_type, "grant_type")? != "client_credentials" {
            let description = "write `client_credentials` as `grant_type`".to_owned();
            return Err(OAuthError::new(OAuthErrorCode::UnsupportedGrantType, description));
        }
        let client_id = required(client_id, "client_id")?;
        Ok(Self::new(client_id, required(client_secret, "client_secret")?, scope))
    }
}

impl fmt::Debug for TokenRequest {
    /// Shows everything but the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
