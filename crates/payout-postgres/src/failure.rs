//! Why a call did not do what it was asked for.

use std::fmt;
use std::sync::Arc;

use deadpool_postgres::PoolError;
use payout_ports::{CannotOpen, Cause, RepositoryError, SaveError};
use tokio_postgres::error::{DbError, Severity};

/// Why a call did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The server refused a statement.
    #[error("the database refused")]
    Refused(#[source] Refusal),
    /// The connection is gone, or there never was one.
    #[error("the connection to the database broke")]
    Broken(#[source] tokio_postgres::Error),
    /// There was no connection to be had.
    #[error("no connection to the database could be had")]
    NoConnection(#[source] PoolError),
    /// Nobody answered.
    #[error("the database did not answer in time")]
    Late,
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
    /// The whole group failed. Everybody in it is told the same.
    #[error("the group of writes was not committed, as far as can be known")]
    NotCommitted(#[source] Arc<Failure>),
    /// The task that writes has ended.
    #[error("the store is closed")]
    Closed,
}

/// What the server said, without its details: they repeat the values of a row.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message} ({code})")]
pub(crate) struct Refusal {
    /// The `SQLSTATE`.
    pub(crate) code: Box<str>,
    message: Box<str>,
    constraint: Option<Box<str>>,
    /// Whether the server ended the connection as well.
    ended: bool,
}

impl Failure {
    /// Whether the server refused a statement, so that surely nothing of its transaction is written.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_certain(),
            Self::GatewayIdTaken => true,
            Self::Broken(_)
            | Self::NoConnection(_)
            | Self::Late
            | Self::Unreadable(_)
            | Self::NotOpened { .. }
            | Self::Contradiction(_)
            | Self::Stale
            | Self::NotCommitted(_)
            | Self::Closed => false,
        }
    }

    /// Whether it is about the rows at hand, so that it may go better with others.
    pub(crate) fn concerns_a_row(&self) -> bool {
        matches!(self, Self::Refused(refusal)
            if refusal.is_certain() && refusal.tells_of_what_is_stored())
    }

    /// Whether a unique index or constraint of this name refused.
    pub(crate) fn is_duplicate_of(&self, constraint: &str) -> bool {
        matches!(self, Self::Refused(refusal)
            if &*refusal.code == "23505" && refusal.constraint.as_deref() == Some(constraint))
    }
}

impl Refusal {
    fn of(error: &DbError) -> Self {
        Self {
            code: error.code().code().into(),
            message: error.message().into(),
            constraint: error.constraint().map(Into::into),
            ended: error.parsed_severity() != Some(Severity::Error),
        }
    }

    /// A server that ends the connection may have committed before, and one that has lost its own
    /// connections (class 08), or says so (40003), does not know.
    fn is_certain(&self) -> bool {
        !self.ended && !self.code.starts_with("08") && &*self.code != "40003"
    }

    /// Whether it is about the contents of the database and not about getting at it: data exceptions,
    /// broken constraints, words of a trigger, damaged files.
    fn tells_of_what_is_stored(&self) -> bool {
        ["22", "23", "P0", "XX001", "XX002"].iter().any(|class| self.code.starts_with(class))
    }
}

/// What a row holds; `None` if it cannot be read. One such row must not keep all the others waiting:
/// whoever claims it puts it off like the others, and it is said each time until somebody looks at it.
pub(crate) fn readable<T>(
    kind: &'static str,
    row: impl fmt::Display,
    contents: Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    match contents {
        Err(
            error
            @ (Failure::Unreadable(_) | Failure::NotOpened { .. } | Failure::Contradiction(_)),
        ) => {
            let error = payout_ports::chain(&error);
            tracing::error!(kind, %row, error, "a stored row cannot be read, and waits");
            Ok(None)
        }
        other => other.map(Some),
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refusal) => Self::Refused(Refusal::of(refusal)),
            None => Self::Broken(error),
        }
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
            Failure::Refused(refusal) if refusal.tells_of_what_is_stored() => {
                Self::Corrupt(failure.into())
            }
            Failure::Refused(_)
            | Failure::Broken(_)
            | Failure::NoConnection(_)
            | Failure::Late
            | Failure::Stale
            | Failure::GatewayIdTaken
            | Failure::NotCommitted(_)
            | Failure::Closed => Self::Unavailable(failure.into()),
        }
    }
}

impl From<Failure> for SaveError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Stale => Self::Stale,
            Failure::GatewayIdTaken => Self::GatewayIdTaken,
            Failure::Refused(_)
            | Failure::Broken(_)
            | Failure::NoConnection(_)
            | Failure::Late
            | Failure::Unreadable(_)
            | Failure::NotOpened { .. }
            | Failure::Contradiction(_)
            | Failure::NotCommitted(_)
            | Failure::Closed => Self::Unavailable(Cause::from(failure)),
        }
    }
}
