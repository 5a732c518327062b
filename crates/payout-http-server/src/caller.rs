//! Who calls, by its bearer token.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use payout_signature::access_token::{Claims, Leeway, TokenError};
use payout_wire::header;
use payout_wire::problem::ProblemKind;

use crate::exchange::Sender;
use crate::fault::Fault;
use crate::single_header::{NotSingle, single};
use crate::{Api, Client, ClientDirectory, operator_directory, rate_limits};

/// A client whose token is valid for this API: what a reading handler asks for.
pub(crate) struct Caller(pub(crate) Arc<Client>);

/// What a token must at least be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// To look.
    Read,
    /// To change something.
    Write,
}

impl Need {
    /// Any one of these is enough.
    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Read => &[ClientDirectory::PAYMENTS, ClientDirectory::PAYMENTS_READ],
            Self::Write => &[ClientDirectory::PAYMENTS],
        }
    }
}

impl Caller {
    /// Verifies the token, whose it is, and what it is for.
    pub(crate) fn authenticate(api: &Api, parts: &Parts, need: Need) -> Result<Self, Fault> {
        let claims = claims_of(api, &parts.headers)?;
        if operator_directory::is_operators(&claims.client_id) {
            let detail = "An operator's token opens operators' routes only.";
            return Err(Fault::new(ProblemKind::Forbidden, detail));
        }
        claims.check_audience(&api.tokens.audience).map_err(token_fault)?;
        let Some(client) = api.clients.find(&claims.client_id) else {
            return Err(unauthorized("The client of this token is not known any more."));
        };
        if let Some(sender) = parts.extensions.get::<Sender>() {
            sender.is(&client.id);
        }
        rate_limits::admit_client(parts, &client.id)?;
        let is_enough = |scope: &&str| claims.has_scope(scope) && client.scopes.contains(*scope);
        if need.scopes().iter().any(is_enough) {
            return Ok(Self(client));
        }
        Err(Fault::of(ProblemKind::Forbidden))
    }
}

impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Fault> {
        Self::authenticate(api, parts, Need::Read)
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Fault> {
    let missing = || Fault::new(ProblemKind::Unauthenticated, ProblemKind::NO_BEARER_TOKEN);
    let value = single(headers, header::AUTHORIZATION).map_err(|error| match error {
        NotSingle::Missing => missing(),
        NotSingle::Repeated | NotSingle::Unreadable => {
            missing().at(header::AUTHORIZATION, error.to_string())
        }
    })?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(token),
        Some(_) | None => Err(missing()),
    }
}

/// What the token of a request says, if it is one of ours that has not expired. Whom it is meant for is
/// for the caller to check.
pub(crate) fn claims_of(api: &Api, headers: &HeaderMap) -> Result<Claims, Fault> {
    let now_seconds = (api.clock)().as_seconds();
    let claims = api.tokens.keys.verify(bearer(headers)?, now_seconds, Leeway::NONE);
    let claims = claims.map_err(token_fault)?;
    claims.check_issuer(&api.tokens.issuer).map_err(token_fault)?;
    Ok(claims)
}

/// The provider names the fault in the words of its own JWT library, and clients show them to people
/// who search for them.
pub(crate) fn token_fault(error: TokenError) -> Fault {
    let word = match error {
        TokenError::TooLong
        | TokenError::Malformed
        | TokenError::ForeignHeader
        | TokenError::InvalidClaims => "InvalidToken",
        TokenError::WrongSignature => "InvalidSignature",
        TokenError::NotYetValid => "ImmatureSignature",
        TokenError::Expired => "ExpiredSignature",
        TokenError::WrongIssuer => "InvalidIssuer",
        TokenError::WrongAudience => "InvalidAudience",
    };
    unauthorized(&format!("The JWT was not able to be validated: {word}"))
}

pub(crate) fn unauthorized(sentence: &str) -> Fault {
    Fault::new(ProblemKind::Unauthenticated, sentence).at(header::AUTHORIZATION, sentence)
}
