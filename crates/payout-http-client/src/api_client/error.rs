//! Why a command did not do what it was to do.

use payout_ports::Cause;
use payout_wire::problem::Problem;
use payout_wire::token::OAuthError;

use crate::gateway::classify::sentence;
use crate::session::{GetFailure, PostFailure};
use crate::token::TokenFailure;
use crate::transport::{Answer, SendFailure};

/// Why a command did not do what it was to do, by what its caller does next.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Change the request: the server refuses it, and says what is wrong with it.
    #[error("the server refuses the request: {}", sentence(.0))]
    Refused(Box<Problem>),
    /// Check the id: there is no such thing.
    #[error("there is no such thing: {}", sentence(.0))]
    NotFound(Box<Problem>),
    /// Look before you ask again: the key or the thing is in use by another request.
    #[error("the request conflicts with another one: {}", sentence(.0))]
    Conflict(Box<Problem>),
    /// Check the credentials and the signing key: the server does not know us.
    #[error("the server does not let us in: {0}")]
    Unauthenticated(AuthError),
    /// Ask for more rights: the server knows us, and does not allow this.
    #[error("the server does not allow this: {}", sentence(.0))]
    Forbidden(Box<Problem>),
    /// Configure a signing key: there is nothing to sign the request with.
    #[error("the request cannot be signed")]
    CannotSign(#[source] Cause),
    /// Try again later: nothing was done.
    #[error("the server is not available")]
    Unavailable(#[source] Cause),
    /// Try again later, or call whoever runs the server: it has trouble. Nothing was to be changed.
    #[error("the server has trouble: {}", sentence(.0))]
    ServerTrouble(Box<Problem>),
    /// Ask again under the same key: it may have been done.
    #[error("nobody knows whether it was done; ask again with the same idempotency key")]
    OutcomeUnknown(#[source] Cause),
    /// Call somebody: the server said something that we do not understand.
    #[error("the server's answer cannot be read")]
    Unreadable(#[source] Cause),
}

/// How a server says that it does not know us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The token or the signature is refused.
    #[error("{}", sentence(.0))]
    Request(Box<Problem>),
    /// The credentials are refused: there is no token.
    #[error(transparent)]
    Credentials(OAuthError),
}

/// What the provider says of a token that was not made for its payments API.
const INVALID_AUDIENCE: &str = "InvalidAudience";

/// A problem, as a cause.
#[derive(Debug, thiserror::Error)]
#[error("status {}: {}", .0.status, sentence(.0))]
struct Trouble(Box<Problem>);

impl ApiError {
    /// Whether the token was refused because it was not made for the payments API: the client lacks
    /// the scope `payments`, or the token comes from another environment.
    pub fn is_invalid_audience(&self) -> bool {
        match self {
            Self::Unauthenticated(AuthError::Request(problem)) => {
                let said = problem.errors.iter().flatten().flat_map(|(_, sentences)| sentences);
                said.chain([&problem.detail]).any(|text| text.contains(INVALID_AUDIENCE))
            }
            Self::Unauthenticated(AuthError::Credentials(_))
            | Self::Refused(_)
            | Self::NotFound(_)
            | Self::Conflict(_)
            | Self::Forbidden(_)
            | Self::CannotSign(_)
            | Self::Unavailable(_)
            | Self::ServerTrouble(_)
            | Self::OutcomeUnknown(_)
            | Self::Unreadable(_) => false,
        }
    }

    /// The problem document, where the server sent one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem)
            | Self::NotFound(problem)
            | Self::Conflict(problem)
            | Self::Forbidden(problem)
            | Self::ServerTrouble(problem)
            | Self::Unauthenticated(AuthError::Request(problem)) => Some(problem),
            Self::Unauthenticated(AuthError::Credentials(_))
            | Self::CannotSign(_)
            | Self::Unavailable(_)
            | Self::OutcomeUnknown(_)
            | Self::Unreadable(_) => None,
        }
    }

    pub(super) fn unknown(cause: impl Into<Cause>) -> Self {
        Self::OutcomeUnknown(cause.into())
    }
}

impl From<TokenFailure> for ApiError {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Refused(error) => Self::Unauthenticated(AuthError::Credentials(error)),
            TokenFailure::Unavailable(_) => Self::Unavailable(failure.into()),
            TokenFailure::Unreadable(_) => Self::Unreadable(failure.into()),
        }
    }
}

/// The body of what was asked for.
pub(super) fn read(answer: Result<Answer, GetFailure>) -> Result<Vec<u8>, ApiError> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(GetFailure::Token(failure)) => return Err(failure.into()),
        // Reading changes nothing, so whether the question arrived does not matter.
        Err(GetFailure::Send(failure)) => return Err(ApiError::Unavailable(failure.into())),
    };
    if answer.status.is_success() {
        return Ok(answer.body);
    }
    let problem = problem(&answer);
    Err(match answer.status.as_u16() {
        500..=599 => ApiError::ServerTrouble(problem),
        status => turned_down(status, problem)
            .unwrap_or_else(|problem| ApiError::Unreadable(Trouble(problem).into())),
    })
}

/// The body of the answer to a write.
pub(super) fn written(answer: Result<Answer, PostFailure>) -> Result<Vec<u8>, ApiError> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(PostFailure::Send(failure @ SendFailure::NotSent(_))) => {
            return Err(ApiError::Unavailable(failure.into()));
        }
        Err(PostFailure::Send(failure @ SendFailure::Lost(_))) => {
            return Err(ApiError::unknown(failure));
        }
        Err(failure @ (PostFailure::NoSigningKey | PostFailure::NotSigned(_))) => {
            return Err(ApiError::CannotSign(failure.into()));
        }
    };
    if answer.status.is_success() {
        return Ok(answer.body);
    }
    let problem = problem(&answer);
    // After a server error or a redirect nobody knows.
    Err(turned_down(answer.status.as_u16(), problem)
        .unwrap_or_else(|problem| ApiError::unknown(Trouble(problem))))
}

/// What a server means that answers at all and does nothing; the problem back if it does not say so.
fn turned_down(status: u16, problem: Box<Problem>) -> Result<ApiError, Box<Problem>> {
    Ok(match status {
        401 => ApiError::Unauthenticated(AuthError::Request(problem)),
        403 => ApiError::Forbidden(problem),
        404 => ApiError::NotFound(problem),
        409 => ApiError::Conflict(problem),
        422 if problem.title == payout_wire::problem::ProblemKind::IdempotencyKeyReuse.title() => {
            ApiError::Conflict(problem)
        }
        429 => ApiError::Unavailable(Trouble(problem).into()),
        400 | 405 | 413 | 415 | 422 => ApiError::Refused(problem),
        _ => return Err(problem),
    })
}

/// The problem of an answer; one that has none gets one, so that there is something to show.
fn problem(answer: &Answer) -> Box<Problem> {
    let status = answer.status.as_u16();
    let sent = Problem::parse(&answer.body).ok().filter(|problem| problem.status == status);
    Box::new(sent.unwrap_or_else(|| Problem {
        type_uri: "about:blank".to_owned(),
        title: answer.status.canonical_reason().unwrap_or("Unknown").to_owned(),
        status,
        detail: format!("The server answered with status {status} and no reason."),
        trace_id: answer.trace_id.clone().unwrap_or_default(),
        errors: None,
    }))
}
