//! The secrets of this user's own operators.

use std::fs;
use std::path::{Path, PathBuf};

use payout_domain::OperatorName;
use payout_signature::digest;
use secrecy::SecretString;

use crate::credentials::{create_private_directory, read_secret, write_private};
use crate::failure::Failure;
use crate::settings::directories;

/// The secrets by which this user is an operator of one server on this machine. They lie apart from
/// the server's data, so that a copy of that opens nothing.
#[derive(Clone, Debug)]
pub(crate) struct OwnSecrets {
    directory: Option<PathBuf>,
}

impl OwnSecrets {
    /// Those for the server with this data directory, by its whole path.
    pub(crate) fn of(data: &Path) -> Self {
        let name = digest::sha256(&[data.as_os_str().as_encoded_bytes()]);
        let name = name.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        let state = directories::state();
        Self { directory: state.map(|state| state.join(format!("operators/{name:016x}"))) }
    }

    /// Keeps a secret, in place of an older one of this name. It returns the file.
    pub(crate) fn keep(&self, name: &OperatorName, secret: &str) -> Result<PathBuf, Failure> {
        let directory = self.directory.as_ref().ok_or_else(no_home)?;
        create_private_directory(directory)?;
        let file = directory.join(file_name(name));
        write_private(&file, &format!("{secret}\n"))?;
        Ok(file)
    }

    /// The operators that this user can be, by name.
    pub(crate) fn names(&self) -> Vec<OperatorName> {
        let entries = self.directory.as_ref().and_then(|it| fs::read_dir(it).ok());
        let names = entries.into_iter().flatten().flatten().filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            file.strip_suffix(SUFFIX)?.parse().ok()
        });
        let mut names: Vec<OperatorName> = names.collect();
        names.sort();
        names
    }

    /// The secret of one of them.
    pub(crate) fn read(&self, name: &OperatorName) -> Result<SecretString, Failure> {
        let directory = self.directory.as_ref().ok_or_else(no_home)?;
        read_secret(&directory.join(file_name(name)))
    }

    /// Forgets one of them.
    pub(crate) fn forget(&self, name: &OperatorName) {
        if let Some(directory) = &self.directory {
            let _it_may_never_have_been_here = fs::remove_file(directory.join(file_name(name)));
        }
    }
}

/// Ends the name of a file with a secret.
const SUFFIX: &str = ".secret";

fn file_name(name: &OperatorName) -> String {
    format!("{name}{SUFFIX}")
}

fn no_home() -> Failure {
    Failure::configuration("there is no home directory; name a file with --secret-file FILE")
}
