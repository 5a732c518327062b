//! What a client needs to be let in: written by servers, read by the verbs.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use payout_domain::{ClientId, Currency, MerchantAccount, MerchantAccountId};
use payout_signature::SigningKey;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::server::Identity;
use crate::settings::directories;

/// What a server tells about itself: where it is, and where the credentials for it lie. Secrets are
/// named by their files, never written out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Announcement {
    /// `sandbox` or `service`.
    pub(crate) server: String,
    pub(crate) base_url: String,
    pub(crate) client_id: ClientId,
    pub(crate) client_secret_file: PathBuf,
    pub(crate) kid: String,
    /// Absent if the client brought its own key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) private_key_file: Option<PathBuf>,
    pub(crate) merchant_accounts: Vec<AnnouncedAccount>,
    pub(crate) webhook_jwks_url: String,
    /// Where its data lies; operators' verbs find their secrets by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) data: Option<PathBuf>,
}

/// A merchant account that can be paid from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AnnouncedAccount {
    pub(crate) id: MerchantAccountId,
    pub(crate) currency: Currency,
}

/// What a client shows to be let in.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: ClientId,
    pub(crate) client_secret: SecretString,
    /// Needed for writes only.
    pub(crate) signing_key: Option<Arc<SigningKey>>,
}

/// The file in a server's data directory that `--credentials DIR` reads.
const FILE: &str = "credentials.json";

impl Announcement {
    /// What a server at this address tells.
    pub(crate) fn new(
        server: &str,
        base_url: String,
        identity: &Identity,
        accounts: &[MerchantAccount],
        webhook_jwks_url: String,
    ) -> Self {
        let announced = |a: &MerchantAccount| AnnouncedAccount { id: a.id, currency: a.currency };
        Self {
            server: server.to_owned(),
            base_url,
            client_id: identity.client_id.clone(),
            client_secret_file: identity.client_secret_file.clone(),
            kid: identity.kid.clone(),
            private_key_file: identity.private_key_file.clone(),
            merchant_accounts: accounts.iter().map(announced).collect(),
            webhook_jwks_url,
            data: Some(identity.data.clone()),
        }
    }

    /// Writes the announcement into the server's data directory, and where the verbs find it by the
    /// server's URL.
    pub(crate) fn publish(&self, directory: &Path) -> Result<(), Failure> {
        let json =
            serde_json::to_string_pretty(self).map_err(|e| Failure::failed("credentials", &e))?;
        write_private(&directory.join(FILE), &json)?;
        if let Some(known) = known_servers() {
            // Only a convenience: a home that cannot be written must not stop a server.
            let written = create_private_directory(&known)
                .and_then(|()| write_private(&known.join(file_name(&self.base_url)), &json));
            if let Err(failure) = written {
                tracing::warn!(%failure, "the verbs will need --credentials");
            }
        }
        Ok(())
    }

    /// Lets the verbs forget a server that has stopped. What lies in its data directory stays.
    pub(crate) fn withdraw(&self) {
        if let Some(known) = known_servers() {
            let _it_may_have_been_removed_already =
                fs::remove_file(known.join(file_name(&self.base_url)));
        }
    }

    /// Reads what a server wrote into its data directory.
    pub(crate) fn read(directory: &Path) -> Result<Self, Failure> {
        Self::read_file(&directory.join(FILE))
    }

    /// Finds what a server of this user on this machine wrote about itself.
    pub(crate) fn find(base_url: &str) -> Option<Self> {
        let path = known_servers()?.join(file_name(base_url));
        Self::read_file(&path).ok().filter(|found| found.base_url == base_url.trim_end_matches('/'))
    }

    /// All servers that this user has started on this machine.
    pub(crate) fn known() -> Vec<Self> {
        let entries = known_servers().and_then(|known| fs::read_dir(known).ok());
        let files = entries.into_iter().flatten().flatten().map(|entry| entry.path());
        files
            .filter_map(|path| Self::read_file(&path).ok())
            // A data directory that is gone belongs to no server.
            .filter(|found| found.client_secret_file.exists())
            .collect()
    }

    /// Reads the secrets that it names.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        let key = self.private_key_file.as_deref();
        Ok(Credentials {
            client_id: self.client_id.clone(),
            client_secret: read_secret(&self.client_secret_file)?,
            signing_key: key.map(|path| read_signing_key(&self.kid, path)).transpose()?,
        })
    }

    fn read_file(path: &Path) -> Result<Self, Failure> {
        let wrong = |what: &str| Failure::configuration(format!("{}: {what}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| wrong(&error.to_string()))
    }
}

/// Reads a secret from a file; a line end at its end does not count. A file that others can read is
/// refused.
pub(crate) fn read_secret(path: &Path) -> Result<SecretString, Failure> {
    let text = read_private(path)?;
    let secret = SecretString::from(text.trim_end_matches(['\n', '\r']));
    if secret.expose_secret().is_empty() {
        return Err(Failure::configuration(format!(
            "{} is empty: put the secret into it",
            path.display()
        )));
    }
    Ok(secret)
}

/// Reads a signing key from a PEM file. A file that others can read is refused.
pub(crate) fn read_signing_key(kid: &str, path: &Path) -> Result<Arc<SigningKey>, Failure> {
    let pem = read_private(path)?;
    let key = SigningKey::from_pem(kid, pem.as_bytes());
    let wrong = |error| Failure::configuration(format!("{}: {error}", path.display()));
    key.map(Arc::new).map_err(wrong)
}

/// Reads a text that is a secret. A file that others can read is refused.
pub(crate) fn read_private(path: &Path) -> Result<String, Failure> {
    let wrong = |what: String| Failure::configuration(format!("{}: {what}", path.display()));
    let mode = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(wrong("others can read this secret; run: chmod 600 on it".to_owned()));
    }
    fs::read_to_string(path).map_err(|error| wrong(error.to_string()))
}

/// Refuses a file for a secret that is there already.
pub(crate) fn check_free(file: Option<&Path>) -> Result<(), Failure> {
    match file {
        Some(file) if file.exists() => Err(Failure::configuration(format!(
            "{} exists; a secret is never overwritten",
            file.display()
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let wrong =
        |error: std::io::Error| Failure::configuration(format!("{}: {error}", path.display()));
    let whole = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&whole)
        .map_err(wrong)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(wrong)?;
    fs::rename(&whole, path).map_err(wrong)
}

/// Makes a directory that only its owner can enter.
pub(crate) fn create_private_directory(path: &Path) -> Result<(), Failure> {
    let wrong =
        |error: std::io::Error| Failure::configuration(format!("{}: {error}", path.display()));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(wrong)
}

fn known_servers() -> Option<PathBuf> {
    Some(directories::state()?.join("servers"))
}

/// A file name for a URL: everything but letters and digits becomes a hyphen.
fn file_name(base_url: &str) -> String {
    let name = base_url.trim_end_matches('/').replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    format!("{name}.json")
}
