//! Why a store cannot be opened.

use std::error::Error;

use payout_ports::{CannotOpen, Cause};
use tokio_postgres::error::SqlState;

/// What an operator does before the store can be opened. None of it names the address: whoever opens
/// a store knows it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Start the server, or correct its address.
    #[error("the database server cannot be reached; start it, or correct its address")]
    Unreachable(#[source] Cause),
    /// Give the right password, or let the role in.
    #[error(
        "the database server does not let the role in; give the right password, or allow the role \
         in pg_hba.conf"
    )]
    NotLetIn(#[source] Cause),
    /// Make the database, or correct its name.
    #[error("there is no such database; create it, or correct its name")]
    NoDatabase(#[source] Cause),
    /// Mend the certificate or the address, or choose another `sslmode`.
    #[error("no protected connection could be made; check the certificates and the sslmode")]
    Tls(#[source] Cause),
    /// Use the primary.
    #[error("the database server is a standby; give the address of the primary")]
    Standby,
    /// Let the role write.
    #[error(
        "the database takes no writes; turn default_transaction_read_only off for the role and \
         the database"
    )]
    ReadOnly,
    /// Use a newer server.
    #[error("the database server has version {found}, and 15 or newer is needed; upgrade it")]
    TooOld {
        /// Its version.
        found: String,
    },
    /// Change the setting: with it, acknowledged payouts could be lost.
    #[error(
        "the database would not be safe: {name} is `{found}`; set it to `{wanted}` for the server, \
         the database and the role"
    )]
    Settings {
        /// The setting.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// Give the role the rights.
    #[error(
        "the role lacks a right; start once with the role that owns the schema, then grant as the \
         manual says"
    )]
    NoRight(#[source] Cause),
    /// Install the version that wrote it, or a newer one.
    #[error(
        "the schema was written by a newer version of payout (schema {found}, this one knows \
         {known}); install that version or a newer one"
    )]
    NewerSchema {
        /// The schema that it has.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// Use another schema.
    #[error("the schema holds tables that are not of payout; name another one with ?schema=")]
    NotOurs,
    /// Restore the schema: its steps are not those of any version.
    #[error("the schema is not as payout made it ({detail}); restore the last backup")]
    Changed {
        /// What is wrong with it.
        detail: String,
    },
    /// Give the keys that the store was sealed with.
    #[error("the store is sealed, and not with the keys that are given")]
    Sealed(#[source] CannotOpen),
    /// Try again: another instance changes the schema, or somebody holds a lock on it.
    #[error("the schema is locked by somebody else; try again in a moment")]
    Locked(#[source] Cause),
    /// See what the server said.
    #[error("the store cannot be opened")]
    Failed(#[source] Cause),
}

impl OpenError {
    /// Sorts what the driver or the server said.
    pub(crate) fn of(error: tokio_postgres::Error) -> Self {
        let Some(code) = error.code().cloned() else { return Self::of_connection(error) };
        let cause = Cause::from(error);
        if code.code().starts_with("28") {
            return Self::NotLetIn(cause);
        }
        match code {
            SqlState::INVALID_CATALOG_NAME => Self::NoDatabase(cause),
            SqlState::INSUFFICIENT_PRIVILEGE => Self::NoRight(cause),
            SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => Self::Locked(cause),
            SqlState::CANNOT_CONNECT_NOW | SqlState::TOO_MANY_CONNECTIONS => {
                Self::Unreachable(cause)
            }
            _ => Self::Failed(cause),
        }
    }

    fn of_connection(error: tokio_postgres::Error) -> Self {
        let said = payout_ports::chain(&error);
        // The driver keeps the kinds of its errors to itself.
        if said.contains("TLS") {
            return Self::Tls(error.into());
        }
        if said.contains("password") || said.contains("authentication") {
            return Self::NotLetIn(error.into());
        }
        Self::Unreachable(error.into())
    }

    /// Sorts what went wrong in a step of the schema.
    pub(crate) fn of_migration(error: refinery::Error) -> Self {
        let mut source: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(cause) = source {
            if let Some(refused) = cause.downcast_ref::<tokio_postgres::Error>() {
                let code = refused.code().cloned();
                let cause = Cause::from(error);
                return match code {
                    Some(SqlState::INSUFFICIENT_PRIVILEGE) => Self::NoRight(cause),
                    Some(SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED) => {
                        Self::Locked(cause)
                    }
                    Some(_) => Self::Failed(cause),
                    None => Self::Unreachable(cause),
                };
            }
            source = cause.source();
        }
        // The steps that were taken are not the steps that this program knows.
        Self::Changed { detail: error.to_string() }
    }
}
