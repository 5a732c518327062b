//! The verbs of operators.

mod dead_letters;
mod decide;
mod pause;
mod standing;
mod timeline;

use payout_http_client::{ApiError, AuthError};

use crate::exit_code::Exit;
use crate::failure::Failure;

pub(crate) use dead_letters::{dead_letters, replay};
pub(crate) use decide::{cancel, release, resolve};
pub(crate) use pause::{pause, resume};
pub(crate) use standing::{parked, unknown};
pub(crate) use timeline::history;

/// What a server's refusal means for an operator.
pub(super) fn refused(error: ApiError) -> Failure {
    let own = match &error {
        // The server says where the payout stands and what to do.
        ApiError::Conflict(problem) => Some((Exit::Refused, problem.detail.clone())),
        ApiError::OutcomeUnknown(_) => Some((
            Exit::OutcomeUnknown,
            "nobody knows whether it was done; look, and say it again if it was not".to_owned(),
        )),
        ApiError::Unauthenticated(AuthError::Credentials(said)) => Some((
            Exit::Configuration,
            format!(
                "the server does not know this operator: {said} (`payout operator list` says whom it \
                 knows; --as-operator NAME chooses)"
            ),
        )),
        ApiError::Refused(_)
        | ApiError::NotFound(_)
        | ApiError::Unauthenticated(AuthError::Request(_))
        | ApiError::Forbidden(_)
        | ApiError::CannotSign(_)
        | ApiError::Unavailable(_)
        | ApiError::ServerTrouble(_)
        | ApiError::Unreadable(_) => None,
    };
    let failure = Failure::from(error);
    match own {
        Some((exit, message)) => Failure { exit, message, ..failure },
        None => failure,
    }
}
