//! Errors of the token endpoint.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::InvalidBody;
use crate::json;

/// An error of the token endpoint (RFC 6749 section 5.2), sent with status 400.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OAuthError {
    #[serde(rename = "error", serialize_with = "as_code")]
    code: OAuthErrorCode,
    #[serde(rename = "error_description", skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// What kind of error it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthErrorCode {
    /// A parameter is missing, doubled or not readable.
    InvalidRequest,
    /// No such client, or not this secret.
    InvalidClient,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// Not a grant that exists here.
    UnsupportedGrantType,
    /// Not a scope that the client may have.
    InvalidScope,
    /// A code that somebody else has added.
    Other(Box<str>),
}

impl OAuthError {
    /// An error with a description for whoever develops the client.
    pub fn new(code: OAuthErrorCode, description: String) -> Self {
        Self { code, description: Some(description) }
    }

    /// The answer to a wrong name and to a wrong secret alike: which one it was is nobody's business.
    pub fn invalid_client() -> Self {
        Self { code: OAuthErrorCode::InvalidClient, description: None }
    }

    pub(super) fn invalid_request(description: String) -> Self {
        Self::new(OAuthErrorCode::InvalidRequest, description)
    }

    /// What kind of error it is.
    pub fn code(&self) -> &OAuthErrorCode {
        &self.code
    }

    /// What the other side says about it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Reads what a token endpoint answers with a status of 400 or 401.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let code = body.require("error")?.text()?;
            let described = body.member("error_description");
            let description = described.and_then(|v| v.as_text()).map(str::to_owned);
            Some(Self { code: code.into(), description })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        match &self.description {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for OAuthError {}

impl OAuthErrorCode {
    const NAMED: [Self; 5] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
    ];

    /// The code itself.
    pub fn as_str(&self) -> &str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::Other(code) => code,
        }
    }
}

impl From<&str> for OAuthErrorCode {
    fn from(code: &str) -> Self {
        let named = Self::NAMED.into_iter().find(|named| named.as_str() == code);
        named.unwrap_or_else(|| Self::Other(code.into()))
    }
}

fn as_code<S: Serializer>(code: &OAuthErrorCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}
