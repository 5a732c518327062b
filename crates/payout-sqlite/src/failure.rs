//! Why a job or a look-up did not do what it was asked for.

use std::sync::Arc;

use payout_ports::{CannotOpen, Cause, RepositoryError, SaveError};
use rusqlite::{Error, ErrorCode};

/// Why a job or a look-up did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A statement failed.
    #[error("a statement failed")]
    Sqlite(#[source] Error),
    /// A row is not what it should be. The text is not said: it may be somebody's name.
    #[error("the stored {0} cannot be read")]
    Unreadable(&'static str),
    /// A cell is sealed and does not open.
    #[error("the stored {column} cannot be read")]
    NotOpened {
        /// The cell's column.
        column: &'static str,
        /// Why.
        #[source]
        why: CannotOpen,
    },
    /// What is stored contradicts what is to be stored.
    #[error("{0}")]
    Contradiction(&'static str),
    /// The payout has another version.
    #[error("the payout has changed")]
    Stale,
    /// Another payout has the gateway id.
    #[error("another payout has this gateway id")]
    GatewayIdTaken,
    /// The whole group failed, or there is no writer or reader any more.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// Why the store does not answer. Everybody who waits is told the same.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Outage {
    /// The group was not committed, as far as can be known.
    #[error("the group of writes was not committed, as far as can be known")]
    NotCommitted(#[source] Arc<Error>),
    /// The writer has stopped for good.
    #[error("the store has stopped writing until it is opened again: {0}")]
    Stopped(Arc<str>),
    /// Nobody answers: the store is closed, or a look-up has panicked.
    #[error("the store is closed")]
    Closed,
}

impl Failure {
    /// Whether nothing more may be written after it: a disk that failed once may lie the next time,
    /// and a damaged file gets no better by being written to.
    pub(crate) fn is_fatal(&self) -> bool {
        matches!(self, Self::Sqlite(error) if is_fatal(error))
    }

    /// Whether it is about the row at hand, so that it may go better with another row.
    pub(crate) fn concerns_a_row(&self) -> bool {
        match self {
            Self::Sqlite(error) => !is_fatal(error) && tells_of_what_is_stored(error),
            Self::Unreadable(_) | Self::NotOpened { .. } | Self::Contradiction(_) => true,
            Self::Stale | Self::GatewayIdTaken | Self::Outage(_) => false,
        }
    }

    /// The failure and what lies under it, on one line.
    pub(crate) fn described(&self) -> String {
        match std::error::Error::source(self) {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}

/// See [`Failure::is_fatal`].
pub(crate) fn is_fatal(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// What a row holds; `None` if it cannot be read. One such row must not keep all the others waiting:
/// whoever claims it puts it off like the others, and it is said each time until somebody looks at it.
pub(crate) fn readable<T>(
    kind: &'static str,
    row: i64,
    contents: Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    match contents {
        Err(
            error
            @ (Failure::Unreadable(_) | Failure::NotOpened { .. } | Failure::Contradiction(_)),
        ) => {
            let error = payout_ports::chain(&error);
            tracing::error!(kind, row, error, "a stored row cannot be read, and waits");
            Ok(None)
        }
        other => other.map(Some),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Failure> for RepositoryError {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::Unreadable(_) | Failure::Contradiction(_) => Self::Corrupt(failure.into()),
            Failure::NotOpened { why, .. } => match why {
                // With the key it is as sound as ever.
                CannotOpen::UnknownKey { .. } => Self::Unavailable(failure.into()),
                CannotOpen::Broken { .. } | CannotOpen::NotSealed => Self::Corrupt(failure.into()),
            },
            Failure::Sqlite(error) if tells_of_what_is_stored(error) => {
                Self::Corrupt(failure.into())
            }
            Failure::Sqlite(_) | Failure::Stale | Failure::GatewayIdTaken | Failure::Outage(_) => {
                Self::Unavailable(failure.into())
            }
        }
    }
}

impl From<Failure> for SaveError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Stale => Self::Stale,
            Failure::GatewayIdTaken => Self::GatewayIdTaken,
            Failure::Sqlite(_)
            | Failure::Unreadable(_)
            | Failure::NotOpened { .. }
            | Failure::Contradiction(_)
            | Failure::Outage(_) => Self::Unavailable(Cause::from(failure)),
        }
    }
}

/// Whether the error is about the contents of the file and not about getting at it.
fn tells_of_what_is_stored(error: &Error) -> bool {
    let corrupt = [
        ErrorCode::ConstraintViolation,
        ErrorCode::DatabaseCorrupt,
        ErrorCode::NotADatabase,
        ErrorCode::TypeMismatch,
    ];
    match error.sqlite_error_code() {
        Some(code) => corrupt.contains(&code),
        // A value that is not of its column's type.
        None => true,
    }
}
