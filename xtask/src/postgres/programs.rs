//! The programs of PostgreSQL, and the user that runs them.

use crate::debian;
use crate::process::output_of;
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];
const PACKAGE: &str = "postgresql";

/// The programs of PostgreSQL, and the user that runs them.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
    user: Option<User>,
}

/// Somebody who is not root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Programs {
    /// Finds the programs in `$PAYOUT_PG_BIN`, the path, or where Debian puts them; installs them if
    /// we may.
    pub(crate) fn find() -> Result<Self> {
        let folder = match first_complete(&places()) {
            Some(folder) => folder,
            None => install()?,
        };
        Ok(Self { folder, user: substitute()? })
    }

    /// One of the programs.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A command that runs as the user whose files they are. PostgreSQL refuses to run as root.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }

    /// Who runs them, if it is not us.
    pub(crate) fn user(&self) -> Option<User> {
        self.user
    }
}

fn places() -> Vec<PathBuf> {
    let named = std::env::var_os("PAYOUT_PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    named.into_iter().chain(std::env::split_paths(&path)).chain(of_debian()).collect()
}

/// Debian keeps each version in a folder of its own; the newest first.
fn of_debian() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> =
        versions.filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok()).collect();
    versions.sort_unstable();
    let folders = versions.into_iter().rev();
    folders.map(|version| format!("/usr/lib/postgresql/{version}/bin").into()).collect()
}

fn first_complete(places: &[PathBuf]) -> Option<PathBuf> {
    places.iter().find(|place| is_complete(place)).cloned()
}

fn is_complete(place: &Path) -> bool {
    NEEDED.iter().all(|program| place.join(program).is_file())
}

fn install() -> Result<PathBuf> {
    debian::apt_get_install(&[PACKAGE])?;
    first_complete(&places()).context("the package `postgresql` has brought no `initdb`")
}

/// Who runs PostgreSQL in the place of root.
fn substitute() -> Result<Option<User>> {
    if id("-u", None)? != 0 {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let (Ok(uid), Ok(gid)) = (id("-u", Some(name)), id("-g", Some(name))) {
            return Ok(Some(User { uid, gid }));
        }
    }
    anyhow::bail!("PostgreSQL does not run as root: make a user named `postgres`")
}

fn id(of: &str, name: Option<&str>) -> Result<u32> {
    let said = output_of(Command::new("id").arg(of).args(name))?;
    said.trim().parse().with_context(|| format!("`id {of}` said {said:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_lacks_a_program_is_passed_over() {
        let folder = std::env::temp_dir().join(format!("xtask-programs-{}", std::process::id()));
        let (half, whole) = (folder.join("half"), folder.join("whole"));
        for (place, programs) in [(&half, NEEDED.split_at(1).0), (&whole, &NEEDED[..])] {
            std::fs::create_dir_all(place).expect("there is room for temporary files");
            for program in programs {
                std::fs::write(place.join(program), "").expect("the folder is ours");
            }
        }

        let found = first_complete(&[folder.join("none"), half, whole.clone()]);

        assert_eq!(found, Some(whole));
        std::fs::remove_dir_all(folder).expect("the folder is ours");
    }
}
