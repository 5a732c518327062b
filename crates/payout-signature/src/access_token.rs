//! Stateless access tokens: JWTs (RFC 7519) in the profile of RFC 9068, signed with HS256.
//!
//! Only the server that issues a token ever reads it; to everyone else it is opaque. So there is
//! nothing to negotiate: a token's header is, byte for byte, one of those that our keys write.
//!
//! ```
//! use payout_signature::access_token::{Claims, Leeway, TokenError, TokenKey, TokenKeys};
//!
//! let keys = TokenKeys::new(TokenKey::new("2026-09", &[7; 32])?);
//! let claims = Claims {
//!     iss: "https://auth.example.com".to_owned(),
//!     aud: "payments_api".to_owned(),
//!     client_id: "acme".to_owned(),
//!     scope: vec!["payments".to_owned()],
//!     iat: 1_000,
//!     nbf: 1_000,
//!     exp: 4_600,
//!     jti: "5f0d1e2a".to_owned(),
//! };
//! let token = keys.issue(&claims);
//!
//! let verified = keys.verify(&token, 2_000, Leeway::NONE)?;
//! verified.check_audience("payments_api")?;
//! assert_eq!(verified.client_id, "acme");
//! assert_eq!(keys.verify(&token, 4_600, Leeway::NONE), Err(TokenError::Expired));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod key;

use crate::{base64url, json};

pub use self::claims::{Claims, Leeway};
pub use self::key::{TokenKey, TokenKeyError};

/// The longest token that is looked at, in bytes.
const TOKEN_LEN_MAX: usize = 4 * 1024;

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is longer than any that we issue.
    #[error("the token is too long")]
    TooLong,
    /// The token is not three parts of base64url.
    #[error("the token is malformed")]
    Malformed,
    /// The header is not one that our keys write: another algorithm, another type, another key, or
    /// another spelling.
    #[error("the token's header is not one of ours")]
    ForeignHeader,
    /// The signature is wrong.
    #[error("the token's signature does not match")]
    WrongSignature,
    /// The claims are not those that we issue, each of its type.
    #[error("the token's claims are not those of an access token")]
    InvalidClaims,
    /// The token is not valid yet, or says that it was issued in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The token has expired.
    #[error("the token has expired")]
    Expired,
    /// The token was issued by someone else.
    #[error("the token is of another issuer")]
    WrongIssuer,
    /// The token is meant for someone else.
    #[error("the token is for another audience")]
    WrongAudience,
}

/// The key that signs tokens, and those that still verify older ones.
///
/// To rotate: make a new key current, keep the old one as a previous key for as long as its tokens
/// live, then drop it.
#[derive(Debug)]
pub struct TokenKeys {
    current: TokenKey,
    previous: Vec<TokenKey>,
}

impl TokenKeys {
    /// Keys of which there is one.
    pub fn new(current: TokenKey) -> Self {
        Self { current, previous: Vec::new() }
    }

    /// Adds a key whose tokens are still taken, but which issues no more.
    ///
    /// Its id must not be in use.
    pub fn with_previous(mut self, key: TokenKey) -> Result<Self, TokenKeyError> {
        if self.all().any(|other| other.kid() == key.kid()) {
            return Err(TokenKeyError::DuplicateKid);
        }
        self.previous.push(key);
        Ok(self)
    }

    /// Issues a token under the current key.
    pub fn issue(&self, claims: &Claims) -> String {
        let signed = format!(
            "{}.{}",
            self.current.header(),
            base64url::encode(json::render(claims).as_bytes())
        );
        let tag = self.current.tag(signed.as_bytes());
        format!("{signed}.{}", base64url::encode(&tag))
    }

    /// Verifies the header, the signature and the times of a token, in this order.
    ///
    /// Whether issuer and audience are the right ones is for the caller to ask:
    /// [`Claims::check_issuer`], [`Claims::check_audience`].
    pub fn verify(
        &self,
        token: &str,
        now_seconds: i64,
        leeway: Leeway,
    ) -> Result<Claims, TokenError> {
        if token.len() > TOKEN_LEN_MAX {
            return Err(TokenError::TooLong);
        }
        let (signed, tag) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let key = self.all().find(|key| key.header() == header).ok_or(TokenError::ForeignHeader)?;
        let tag = base64url::decode(tag).ok_or(TokenError::Malformed)?;
        let claims = base64url::decode(claims).ok_or(TokenError::Malformed)?;
        if !key.has_signed(signed.as_bytes(), &tag) {
            return Err(TokenError::WrongSignature);
        }
        let claims: Claims =
            serde_json::from_slice(&claims).map_err(|_| TokenError::InvalidClaims)?;
        claims.check_times(now_seconds, leeway)?;
        Ok(claims)
    }

    fn all(&self) -> impl Iterator<Item = &TokenKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}
