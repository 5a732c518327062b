//! Where a server can be reached, and what it shows there.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use payout_http_server::{Entrance, Tls};
use payout_signature::digest;
use tokio::net::TcpListener;

use super::ServerPlan;
use crate::credentials::read_private;
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::workers::Workers;

/// How often it is looked whether the certificates are others by now.
const LOOK: Duration = Duration::from_secs(1);

/// An address that was taken, and the certificates that are shown there.
pub(crate) struct Gate {
    pub(crate) entrance: Entrance,
    /// How clients reach it, such as `https://payout.example`.
    pub(crate) base_url: String,
    certificates: Option<Arc<Certificates>>,
}

/// Files with certificates and their key, and what is made of them.
struct Certificates {
    files: CertificateFiles,
    tls: Tls,
    /// A digest of what they held when they were looked at last, whether or not it could be used.
    seen: Mutex<[u8; 32]>,
}

/// The certificates, the server's own first, and its private key, both as PEM.
#[derive(Clone, Debug)]
pub(crate) struct CertificateFiles {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

impl Gate {
    /// Takes the address that the plan names. Beyond this machine nothing goes unencrypted, unless a proxy
    /// that is trusted ends TLS.
    pub(crate) async fn open(plan: &ServerPlan) -> Result<Self, Failure> {
        check(plan)?;
        let certificates = plan.certificates.clone().map(Certificates::read).transpose()?;
        let certificates = certificates.map(Arc::new);
        let listener = bind(plan.listen).await?;
        let base_url = match &plan.public_url {
            Some(url) => url.as_str().to_owned(),
            None => url_of(&listener, certificates.is_some())?,
        };
        let tls = certificates.as_ref().map(|certificates| certificates.tls.clone());
        let entrance = Entrance { listener, tls, only_proxies: plan.behind_proxy };
        Ok(Self { entrance, base_url, certificates })
    }

    /// Shows other certificates as soon as they are there.
    pub(crate) fn keep_up(&self, workers: &Workers) {
        let Some(certificates) = self.certificates.clone() else { return };
        workers.spawn("certificates", LOOK, None, move || {
            let certificates = Arc::clone(&certificates);
            async move {
                certificates.look();
                Ok(0)
            }
        });
    }
}

impl Certificates {
    fn read(files: CertificateFiles) -> Result<Self, Failure> {
        let (chain_pem, key_pem) = files.read()?;
        let tls = Tls::new(&chain_pem, key_pem.as_bytes()).map_err(|error| {
            let places = format!("{} and {}", files.chain.display(), files.key.display());
            Failure::configuration(format!("--tls-cert, --tls-key: {places}: {}", chain(&error)))
        })?;
        let seen = Mutex::new(digest::sha256(&[&chain_pem, key_pem.as_bytes()]));
        Ok(Self { files, tls, seen })
    }

    /// Shows others if the files hold others. What cannot be used is said once and changes nothing: a file
    /// may be half written.
    fn look(&self) {
        let read = self.files.read();
        let now = match &read {
            Ok((chain_pem, key_pem)) => digest::sha256(&[chain_pem, key_pem.as_bytes()]),
            Err(failure) => digest::sha256(&[failure.message.as_bytes()]),
        };
        let seen =
            std::mem::replace(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner), now);
        if seen == now {
            return;
        }
        let replaced = read.map_err(|failure| failure.message).and_then(|(chain_pem, key_pem)| {
            let replaced = self.tls.replace(&chain_pem, key_pem.as_bytes());
            replaced.map_err(|error| chain(&error))
        });
        let file = self.files.chain.display();
        match replaced {
            Ok(()) => tracing::info!(%file, "other certificates are shown now"),
            Err(error) => tracing::error!(
                %file, error, "other certificates cannot be used; those before are shown"
            ),
        }
    }
}

impl CertificateFiles {
    /// The certificates, and the key, which nobody else may read.
    fn read(&self) -> Result<(Vec<u8>, String), Failure> {
        Ok((read_public(&self.chain)?, read_private(&self.key)?))
    }
}

fn read_public(path: &Path) -> Result<Vec<u8>, Failure> {
    let wrong = |error| Failure::configuration(format!("{}: {error}", path.display()));
    fs::read(path).map_err(wrong)
}

/// Refuses what would put secrets on a wire, or tell clients an address that leads nowhere.
fn check(plan: &ServerPlan) -> Result<(), Failure> {
    if plan.behind_proxy && plan.proxies.is_empty() {
        return Err(Failure::configuration(
            "--behind-proxy: say which proxies are trusted in `serve.trusted_proxies`, such as 10.0.0.7; \
             nobody else gets in",
        ));
    }
    let listen = plan.listen;
    if listen.ip().is_loopback() {
        return Ok(());
    }
    if plan.certificates.is_none() && !plan.behind_proxy {
        return Err(Failure::configuration(format!(
            "--listen {listen}: beyond this machine nothing goes unencrypted; add --tls-cert FILE and \
             --tls-key FILE, or --behind-proxy if a proxy ends TLS (`payout serve` only), or listen on a \
             loopback address such as 127.0.0.1"
        )));
    }
    if plan.public_url.is_none() {
        return Err(Failure::configuration(format!(
            "--listen {listen}: say how clients reach it with --public-url, such as \
             https://payout.example; receivers of webhooks find the keys there"
        )));
    }
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let sentence = format!("cannot listen on {address}: {error}; choose another --listen");
        Failure::new(Exit::Unavailable, sentence)
    })
}

/// The address that was really taken.
fn url_of(listener: &TcpListener, is_encrypted: bool) -> Result<String, Failure> {
    let address = listener.local_addr().map_err(|error| Failure::failed("listen", &error))?;
    let scheme = if is_encrypted { "https" } else { "http" };
    Ok(format!("{scheme}://{address}"))
}
