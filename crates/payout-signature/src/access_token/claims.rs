use serde::{Deserialize, Serialize};

use super::TokenError;

/// What a token says (RFC 9068, section 2.2). All claims are required, and there are no others.
///
/// Times are whole seconds since 1970; a string, a fraction or a number beyond 64 bits is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Who issued the token.
    pub iss: String,
    /// Whom the token is meant for.
    pub aud: String,
    /// The client that the token was issued to.
    pub client_id: String,
    /// What the client may do: an array on the wire, as the provider's tokens have it.
    pub scope: Vec<String>,
    /// When the token was issued.
    pub iat: i64,
    /// When the token starts to be valid.
    pub nbf: i64,
    /// From when on the token is not valid any more.
    pub exp: i64,
    /// The id of the token.
    pub jti: String,
}

impl Claims {
    /// Refuses a token that someone else has issued.
    pub fn check_issuer(&self, expected: &str) -> Result<(), TokenError> {
        if self.iss == expected { Ok(()) } else { Err(TokenError::WrongIssuer) }
    }

    /// Refuses a token that is meant for someone else.
    pub fn check_audience(&self, expected: &str) -> Result<(), TokenError> {
        if self.aud == expected { Ok(()) } else { Err(TokenError::WrongAudience) }
    }

    /// Tells whether the token grants this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.iter().any(|granted| granted == scope)
    }

    pub(super) fn check_times(&self, now_seconds: i64, leeway: Leeway) -> Result<(), TokenError> {
        let earliest = self.nbf.max(self.iat);
        if earliest > now_seconds.saturating_add(leeway.seconds()) {
            return Err(TokenError::NotYetValid);
        }
        if self.exp <= now_seconds.saturating_sub(leeway.seconds()) {
            return Err(TokenError::Expired);
        }
        Ok(())
    }
}

/// How far the clocks of two servers may differ: from 0 to 30 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leeway {
    // Invariant: at most `SECONDS_MAX`.
    seconds: u8,
}

impl Leeway {
    /// No difference: for a server that verifies its own tokens.
    pub const NONE: Self = Self { seconds: 0 };

    /// The largest leeway. More would lengthen the life of every token.
    pub const SECONDS_MAX: u8 = 30;

    /// Takes a number of seconds; `None` if there are too many.
    pub const fn from_seconds(seconds: u8) -> Option<Self> {
        if seconds > Self::SECONDS_MAX {
            return None;
        }
        Some(Self { seconds })
    }

    fn seconds(self) -> i64 {
        i64::from(self.seconds)
    }
}
