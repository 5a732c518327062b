//! The data directory of a server: what is missing is made, what is there is kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use payout_domain::{ClientId, ClientSecretDigest, Registration, Scope, Timestamp};
use payout_http_server::{Client, ClientDirectory, SecretDigest};
use payout_signature::access_token::{TokenKey, TokenKeyError, TokenKeys};
use payout_signature::{SigningKey, VerifyingKey, digest};
use secrecy::ExposeSecret as _;

use super::ServerPlan;
use crate::credentials::{create_private_directory, read_secret, read_signing_key, write_private};
use crate::failure::Failure;
use crate::id_generator;
use crate::known_clients::Configured;
use crate::operators::OperatorFiles;

/// The data directory of a server.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    directory: PathBuf,
}

/// The client of a server, as it was configured or made.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) client_id: ClientId,
    pub(crate) client_secret_file: PathBuf,
    /// The first key's id.
    pub(crate) kid: String,
    /// Where the private key lies, if we made it.
    pub(crate) private_key_file: Option<PathBuf>,
    /// The server's data directory.
    pub(crate) data: PathBuf,
    keys: Vec<VerifyingKey>,
}

impl Home {
    /// Enters a directory, making it if it is missing.
    pub(crate) fn open(directory: &Path) -> Result<Self, Failure> {
        let made = create_private_directory(directory).and_then(|()| absolute(directory));
        let directory = made.map_err(|failure| {
            let sentence = format!("--data: {failure}; name a directory that can be written");
            Failure::configuration(sentence)
        })?;
        Ok(Self { directory })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The client that may use the server. What is not given is made: a secret, and a key pair.
    pub(crate) fn identity(&self, plan: &ServerPlan) -> Result<Identity, Failure> {
        let client_secret_file = match &plan.client_secret_file {
            Some(path) => absolute(path)?,
            None => self.secret("client-secret")?,
        };
        let (client_id, data) = (plan.client_id.clone(), self.directory.clone());
        if plan.client_keys.is_empty() {
            let (key, path) = self.signing_key("client-key")?;
            let (kid, keys) = (key.kid().to_owned(), vec![key.verifying_key().clone()]);
            let private_key_file = Some(path);
            return Ok(Identity {
                client_id,
                client_secret_file,
                kid,
                private_key_file,
                data,
                keys,
            });
        }
        let keys: Vec<_> =
            plan.client_keys.iter().map(|t| public_key(t)).collect::<Result<_, _>>()?;
        let kid = keys.first().map(|key| key.kid().to_owned()).unwrap_or_default();
        Ok(Identity { client_id, client_secret_file, kid, private_key_file: None, data, keys })
    }

    /// The operators; a new server has one, who is whoever starts it.
    pub(crate) fn operators(&self) -> Result<OperatorFiles, Failure> {
        let operators = OperatorFiles::of(&self.directory);
        operators.begin()?;
        Ok(operators)
    }

    /// The key that webhooks are signed with.
    pub(crate) fn webhook_key(&self) -> Result<Arc<SigningKey>, Failure> {
        Ok(self.signing_key("webhook-key")?.0)
    }

    /// The keys that access tokens are signed with; kept, so that tokens survive a restart. Of several
    /// lines the first signs, and all verify, so that a secret can be rotated.
    pub(crate) fn token_keys(&self) -> Result<TokenKeys, Failure> {
        let path = self.secret("token-secret")?;
        let wrong = |error| Failure::configuration(format!("{}: {error}", path.display()));
        let text = read_secret(&path)?;
        let mut lines = text.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
        let current = token_key(lines.next().unwrap_or_default()).map_err(wrong)?;
        lines.try_fold(TokenKeys::new(current), |keys, line| {
            keys.with_previous(token_key(line).map_err(wrong)?).map_err(wrong)
        })
    }

    /// A file with a secret, made if it is missing.
    fn secret(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.directory.join(name);
        if !path.exists() {
            write_private(&path, &format!("{}\n", id_generator::secret()))?;
        }
        Ok(path)
    }

    /// A signing key, made if it is missing. Its id is in the name of its file.
    fn signing_key(&self, name: &str) -> Result<(Arc<SigningKey>, PathBuf), Failure> {
        let kid_file = self.directory.join(format!("{name}.kid"));
        let path = self.directory.join(format!("{name}.pem"));
        if !path.exists() {
            let kid = id_generator::random().to_string();
            let (_, pem) =
                SigningKey::generate(&kid).map_err(|error| Failure::failed(name, &error))?;
            // The id first: a key without one would never be found again.
            write_private(&kid_file, &format!("{kid}\n"))?;
            write_private(&path, &pem)?;
        }
        let kid = std::fs::read_to_string(&kid_file)
            .map_err(|error| Failure::failed(&kid_file.display().to_string(), &error))?;
        Ok((read_signing_key(kid.trim(), &path)?, path))
    }
}

impl Identity {
    /// The client as the server and as the register know one; at this time it began to be one.
    pub(crate) fn configured(&self, now: Timestamp) -> Result<Configured, Failure> {
        let secret = read_secret(&self.client_secret_file)?;
        let secret = SecretDigest::of(secret.expose_secret());
        let digest = ClientSecretDigest(*secret.as_bytes());
        let wrong = |error| Failure::configuration(format!("--client-key: {error}"));
        let (id, scopes) = (self.client_id.clone(), [Scope::Payments].into());
        let mut registration = Registration::new(id, scopes, digest, now).map_err(wrong)?;
        for key in &self.keys {
            registration.add_key(key.kid(), &key.public_key_pem(), now).map_err(wrong)?;
        }
        let client = Client {
            id: self.client_id.clone(),
            secret,
            earlier_secret: None,
            keys: self.keys.clone(),
            scopes: BTreeSet::from([
                ClientDirectory::PAYMENTS.to_owned(),
                "recurring_payments:sweeping".to_owned(),
            ]),
        };
        Ok(Configured { client, registration })
    }
}

/// A key named after its secret, so that every instance names it alike.
fn token_key(secret: &str) -> Result<TokenKey, TokenKeyError> {
    let name = digest::sha256(&[b"the name of a token key of payout", secret.as_bytes()]);
    let name = name.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
    TokenKey::new(&format!("{name:016x}"), secret.as_bytes())
}

/// The whole path, so that it means the same to a process in another directory.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::failed(&path.display().to_string(), &error))
}

/// Reads `KID=PEM file`.
fn public_key(text: &str) -> Result<VerifyingKey, Failure> {
    let wrong = |what: String| Failure::configuration(format!("--client-key `{text}`: {what}"));
    let (kid, path) =
        text.split_once('=').ok_or_else(|| wrong("write it as KID=PEM file".to_owned()))?;
    let pem = std::fs::read(path).map_err(|error| wrong(format!("{path}: {error}")))?;
    VerifyingKey::from_public_pem(kid, &pem).map_err(|error| wrong(error.to_string()))
}
