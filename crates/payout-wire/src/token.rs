//! The exchange of a client's secret for a bearer token (OAuth 2, RFC 6749 section 4.4).
//!
//! Java, PHP and Rust clients send JSON, the .NET client sends a form; both are read. Errors here are
//! OAuth's own, not problem documents.

mod error;
mod form;
mod request;

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::InvalidBody;
use crate::json;

pub use error::{OAuthError, OAuthErrorCode};
pub use request::TokenRequest;

/// A bearer token and its life.
///
/// It never carries a `refresh_token`: the Rust client would use that one for ever after.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TokenResponse {
    access_token: String,
    #[serde(serialize_with = "whole_seconds")]
    expires_in: Duration,
    token_type: TokenType,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
enum TokenType {
    // The Rust client compares the spelling.
    Bearer,
}

impl TokenResponse {
    /// A token that lives for so many whole seconds, and the scopes that it was granted.
    pub fn new(access_token: String, expires_in: Duration, scope: Option<String>) -> Self {
        Self { access_token, expires_in, token_type: TokenType::Bearer, scope }
    }

    /// The token, for the `Authorization` header.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// For how long it is valid from when it was issued.
    pub fn expires_in(&self) -> Duration {
        self.expires_in
    }

    /// The scopes that it was granted, if the server says so.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// Reads what a token endpoint answers.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let access_token =
                body.require("access_token").and_then(|token| match token.text()? {
                    "" => token.refuse("must not be empty"),
                    text => Some(text.to_owned()),
                });
            let expires_in = body.require("expires_in").and_then(|seconds| seconds.whole());
            let token_type = body.require("token_type").and_then(|kind| {
                let bearer = kind.text()?.eq_ignore_ascii_case("Bearer");
                if bearer { Some(()) } else { kind.refuse("must be Bearer") }
            });
            let scope = body.member("scope").and_then(|scope| scope.as_text()).map(str::to_owned);
            token_type?;
            Some(Self::new(access_token?, Duration::from_secs(expires_in?), scope))
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

fn whole_seconds<S: Serializer>(life: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(life.as_secs())
}

impl fmt::Debug for TokenResponse {
    /// Shows everything but the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
