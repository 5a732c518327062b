//! What a server's refusal means for whoever typed the command.

use payout_http_client::{ApiError, AuthError};

use crate::exit_code::Exit;
use crate::failure::{Failure, chain};

/// The refusal of a sandbox's control. A server that has no such thing is no sandbox.
pub(crate) fn of_control(error: ApiError) -> Failure {
    let is_missing = matches!(error, ApiError::NotFound(_));
    let mut failure = Failure::from(error);
    if is_missing {
        failure.message = format!(
            "{} (this server is not a sandbox: say --url URL of a `payout sandbox`)",
            failure.message
        );
    }
    failure
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let (exit, hint) = match &error {
            ApiError::Refused(_) => (Exit::Refused, None),
            ApiError::NotFound(_) => (Exit::NotFound, None),
            ApiError::Conflict(_) => (Exit::Conflict, Some("use a new --idempotency-key")),
            ApiError::Unauthenticated(_) if error.is_invalid_audience() => (
                Exit::Configuration,
                Some("the token is not for payments: request the scope `payments` for this client"),
            ),
            ApiError::Unauthenticated(AuthError::Request(_)) => (
                Exit::Configuration,
                Some("check the client id and secret, the key id and the private key"),
            ),
            ApiError::Unauthenticated(AuthError::Credentials(_)) => {
                (Exit::Configuration, Some("check the client id and secret"))
            }
            ApiError::Forbidden(_) => (
                Exit::Configuration,
                Some("the client lacks a scope: request the scope `payments`"),
            ),
            ApiError::CannotSign(_) => (
                Exit::Configuration,
                Some("writes are signed: set PAYOUT_KID and PAYOUT_PRIVATE_KEY_FILE"),
            ),
            ApiError::Unavailable(_) => {
                (Exit::Unavailable, Some("is it running? nothing was done"))
            }
            ApiError::ServerTrouble(_) => (Exit::Unavailable, None),
            ApiError::OutcomeUnknown(_) => (Exit::OutcomeUnknown, None),
            ApiError::Unreadable(_) => (Exit::Failed, None),
        };
        let mut message = chain(&error);
        if let Some(hint) = hint {
            message = format!("{message} ({hint})");
        }
        let problem = error
            .problem()
            .map(|problem| String::from_utf8_lossy(&problem.to_bytes()).into_owned());
        Self { exit, message, problem }
    }
}
