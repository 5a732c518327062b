//! The directory that a store lives in.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::open_mark::OpenMark;
use crate::own_file::own_file;
use crate::{OpenError, file_system};

const DATABASE: &str = "payout.sqlite";
const LOCK: &str = "payout.lock";
const CLEAN: &str = "payout.clean";

/// The directory that a store lives in, locked against every other process for as long as this is
/// held.
///
/// The lock is a file of its own: SQLite would lose its locks on the database if somebody else in
/// this process opened and closed that one.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    database: PathBuf,
    place: String,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory if there is none, locks it, and makes an empty database if there is none.
    /// Only the user that runs the process may look inside.
    pub(crate) fn enter(path: &Path) -> Result<Self, OpenError> {
        make_directory(path)?;
        refuse_remote(path)?;
        let lock = lock(path)?;
        let database = path.join(DATABASE);
        let place = own_file(&database)
            .and_then(|file| place_of(&file, &database))
            .map_err(|error| OpenError::of_io(&database, error))?;
        let directory = Self { path: path.to_owned(), database, place, _lock: lock };
        directory.sync().map_err(|error| OpenError::of_io(path, error))?;
        Ok(directory)
    }

    /// The database file.
    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    /// Where the database file is: a text that a copy of it does not share.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Whether the last process to use the database closed it.
    pub(crate) fn was_closed(&self) -> bool {
        self.path.join(CLEAN).exists()
    }

    /// Whether nothing but the process has ended that used the database last, and nothing had gone wrong
    /// in it: then the database is as that process has left it.
    pub(crate) fn is_whole(&self) -> bool {
        self.open_mark().is_of_this_run(&self.place)
    }

    /// What says that.
    pub(crate) fn open_mark(&self) -> OpenMark {
        OpenMark::of(&self.path)
    }

    /// Writes down that the database is in use. It must be on disk before the database is changed.
    pub(crate) fn mark_open(&self) -> Result<(), OpenError> {
        let set = self.open_mark().set(&self.place);
        set.map_err(|error| OpenError::of_io(&self.path, error))?;
        let mark = self.path.join(CLEAN);
        match fs::remove_file(&mark) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(OpenError::of_io(&mark, error))
            }
            Ok(()) | Err(_) => self.sync().map_err(|error| OpenError::of_io(&self.path, error)),
        }
    }

    /// Writes down that the database is closed and whole.
    pub(crate) fn mark_closed(&self) -> io::Result<()> {
        own_file(&self.path.join(CLEAN))?.sync_all()?;
        self.open_mark().withdraw()?;
        self.sync()
    }

    /// Puts on disk which files there are.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// Locks and `fsync` of a network file system are somebody else's promises.
fn refuse_remote(path: &Path) -> Result<(), OpenError> {
    match file_system::remote(path).map_err(|error| OpenError::of_io(path, error))? {
        None => Ok(()),
        Some(kind) => Err(OpenError::NetworkFileSystem { path: path.to_owned(), kind }),
    }
}

/// The file's disk, by the number that the file system gave itself, and its number there: a copy has
/// another number, and most clones of a disk are given another name.
#[cfg(unix)]
fn place_of(file: &File, _path: &Path) -> io::Result<String> {
    use std::os::unix::fs::MetadataExt;
    // Not the device's number: that may change when a disk is attached again.
    let disk = rustix::fs::fstatvfs(file)?.f_fsid;
    Ok(format!("disk {disk:016x} inode {}", file.metadata()?.ino()))
}

/// Elsewhere a file has no number that can be asked for.
#[cfg(not(unix))]
fn place_of(_file: &File, path: &Path) -> io::Result<String> {
    Ok(path.canonicalize()?.display().to_string())
}

fn make_directory(path: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| OpenError::of_io(path, error))
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join(LOCK);
    let file = own_file(&path).map_err(|error| OpenError::of_io(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(OpenError::AnotherProcess { path: directory.to_owned() })
        }
        Err(TryLockError::Error(error)) => Err(OpenError::of_io(&path, error)),
    }
}
