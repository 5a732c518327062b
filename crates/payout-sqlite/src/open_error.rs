//! Why a store cannot be opened.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use payout_ports::{CannotOpen, Cause};
use rusqlite::ErrorCode;

/// What an operator does before the store can be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Stop the other process, or use another directory.
    #[error(
        "`{}` is in use by another process; stop that process or name another data directory",
        path.display()
    )]
    AnotherProcess {
        /// The data directory.
        path: PathBuf,
    },
    /// Install the version that wrote it, or a newer one.
    #[error(
        "`{}` was written by a newer version of payout (schema {found}, this one knows {known}); \
         install that version or a newer one",
        path.display()
    )]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// The schema that it has.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Move it away, and begin with an empty one: nothing was ever released with that schema.
    #[error(
        "`{}` was made by an unreleased build of payout, and its schema leads nowhere; move its \
         directory away, or name another data directory",
        path.display()
    )]
    UnreleasedSchema {
        /// The database.
        path: PathBuf,
    },
    /// Use a disk of this machine: elsewhere neither locks nor `fsync` can be relied on, and
    /// acknowledged payouts could be lost or sent twice.
    #[error(
        "`{}` is on a network or user-space file system ({kind}), where locks and `fsync` cannot be \
         relied on; name a data directory on a local disk",
        path.display()
    )]
    NetworkFileSystem {
        /// The data directory.
        path: PathBuf,
        /// The file system.
        kind: &'static str,
    },
    /// Let the process write there.
    #[error(
        "`{}` cannot be written; give it to the user that payout runs as, and check that its file \
         system is not mounted read-only",
        path.display()
    )]
    ReadOnly {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: Cause,
    },
    /// Make room.
    #[error("there is no room left for `{}`; free some space or raise the limit", path.display())]
    DiskFull {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: Cause,
    },
    /// Move the file away, or use another directory.
    #[error(
        "`{}` is not a database of payout; move it away or name another data directory",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// Keep a copy and restore a backup.
    #[error(
        "`{}` is damaged ({detail}); keep a copy of its directory, then restore the last backup",
        path.display()
    )]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What is wrong with it, in SQLite's words.
        detail: String,
    },
    /// Give the keys that the store was sealed with.
    #[error("`{}` is sealed, and not with the keys that are given", path.display())]
    Sealed {
        /// The database.
        path: PathBuf,
        /// What is wrong with the keys.
        #[source]
        cause: CannotOpen,
    },
    /// Use a file system, or a build of SQLite, that can do it: without it, acknowledged payouts
    /// could be lost.
    #[error(
        "`{}` would not be safe: SQLite has {name} = {found} and {wanted} is needed; use a local \
         disk and the SQLite that payout is built with",
        path.display()
    )]
    Settings {
        /// The database.
        path: PathBuf,
        /// The setting.
        name: &'static str,
        /// What it must be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// See what the system said.
    #[error("`{}` cannot be opened; check the path and the disk", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: Cause,
    },
}

impl OpenError {
    /// Sorts what the operating system said of a path.
    pub(crate) fn of_io(path: &Path, error: io::Error) -> Self {
        let (path, kind) = (path.to_owned(), error.kind());
        let cause = Cause::from(error);
        if [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem].contains(&kind) {
            return Self::ReadOnly { path, cause };
        }
        if [ErrorKind::StorageFull, ErrorKind::QuotaExceeded].contains(&kind) {
            return Self::DiskFull { path, cause };
        }
        Self::Io { path, cause }
    }

    /// Sorts what SQLite said of a database.
    pub(crate) fn of_sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let (path, code) = (path.to_owned(), error.sqlite_error_code());
        let detail = error.to_string();
        let cause = Cause::from(error);
        match code {
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::ReadOnly { path, cause }
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull { path, cause },
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, detail },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::AnotherProcess { path }
            }
            Some(_) | None => Self::Io { path, cause },
        }
    }
}
