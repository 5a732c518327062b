//! Under which run of the machine a store was opened last.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::own_file::own_file;

/// A file that says under which run of the machine a store was opened, and where it lay.
///
/// A process that is killed takes nothing with it of what it had written: the kernel has it. So the
/// database is as whole as it was, and need not be read through. What a machine that stops takes with it
/// depends on its disk; and a copy that was made meanwhile may be torn.
#[derive(Clone, Debug)]
pub(crate) struct OpenMark(PathBuf);

impl OpenMark {
    /// The mark of the store in this directory.
    pub(crate) fn of(directory: &Path) -> Self {
        Self(directory.join("payout.open"))
    }

    /// Whether the store was opened last here, since the machine has started, and not found faulty since.
    pub(crate) fn is_of_this_run(&self, place: &str) -> bool {
        let Some(run) = run_of_the_machine() else { return false };
        fs::read_to_string(&self.0).is_ok_and(|found| found == words(&run, place))
    }

    /// Writes down that it is opened here and now. It must be followed by a `fsync` of the directory.
    pub(crate) fn set(&self, place: &str) -> io::Result<()> {
        let Some(run) = run_of_the_machine() else { return self.withdraw() };
        let mut file = own_file(&self.0)?;
        file.set_len(0)?;
        file.write_all(words(&run, place).as_bytes())?;
        file.sync_all()
    }

    /// Has the next start read the database through: something has gone wrong with it, or it is closed,
    /// which another mark says.
    pub(crate) fn withdraw(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn words(run: &str, place: &str) -> String {
    format!("{run} {place}\n")
}

/// A name that the kernel gives to each of its runs.
#[cfg(target_os = "linux")]
fn run_of_the_machine() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Elsewhere nobody is asked, and the database is read through.
#[cfg(not(target_os = "linux"))]
fn run_of_the_machine() -> Option<String> {
    None
}
