//! A home of its own, in which the binary is run.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context as _, Result, bail};
use payout_domain::ClientId;
use payout_http_client::{ClientSecret, Connection, Deadlines, Environment};
use payout_signature::SigningKey;
use payout_wire::token::TokenRequest;
use tempfile::TempDir;
use tokio::process::Command;

/// A home of its own: the binary that runs here knows nothing else of the machine.
pub(crate) struct Stage {
    directory: TempDir,
    binary: PathBuf,
    signing_key: Arc<SigningKey>,
}

/// The id of the key that the trial signs with.
const KID: &str = "0d1e5c1a-6f0b-4c39-9a53-6d5f8a1c7e42";

/// The client that both servers let in.
const CLIENT_ID: &str = "trial";

/// Anything goes: the secret is made for one run, in a directory that only we can enter.
const CLIENT_SECRET: &str = "a-secret-of-a-trial-that-nobody-else-can-see";

/// Ports that no outgoing connection of this machine takes: a server must find its own again.
const PORTS: std::ops::Range<u16> = 20_000..32_500;

/// How many ports this process has looked at.
static GIVEN: AtomicU16 = AtomicU16::new(0);

impl Stage {
    /// A stage for the binary at this path.
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        if !binary.is_file() {
            bail!(
                "there is no binary at {}; build it with `cargo build -p app`, or name one with \
                 --binary",
                binary.display()
            );
        }
        let directory = tempfile::Builder::new().prefix("payout-trial-").tempdir()?;
        let (signing_key, pem) = SigningKey::generate(KID)?;
        write_private(&directory.path().join("client-key.pem"), &pem)?;
        write_private(&directory.path().join("client-secret"), CLIENT_SECRET)?;
        let public = signing_key.verifying_key().public_key_pem();
        write_private(&directory.path().join("client-public.pem"), &public)?;
        let binary = binary.canonicalize()?;
        Ok(Self { directory, binary, signing_key: Arc::new(signing_key) })
    }

    /// The whole path of something in the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The same, as an argument.
    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// The binary on trial.
    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }

    /// The key that the trial signs with.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.signing_key
    }

    /// What a server is sent for a token.
    pub(crate) fn token_request() -> Vec<u8> {
        TokenRequest::new(CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned(), None).to_bytes()
    }

    /// A program that knows nothing of the machine but this home.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let home = self.directory.path();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("PAYOUT_LOG", "warn")
            // Disks are filled up to their last byte here.
            .env("PAYOUT_SERVE_DISK_FREE_MIB_MIN", "0")
            // One client is all the load there is.
            .env("PAYOUT_SERVE_READS_PER_SECOND", "0")
            .env("PAYOUT_SERVE_WRITES_PER_SECOND", "0")
            .env("PAYOUT_SERVE_TOKENS_PER_SECOND", "0")
            .env("PAYOUT_SERVE_EVENTS_PER_SECOND", "0")
            .env("PAYOUT_GATEWAY_CLIENT_ID", CLIENT_ID)
            .env("PAYOUT_GATEWAY_CLIENT_SECRET_FILE", home.join("client-secret"))
            .env("PAYOUT_GATEWAY_KID", KID)
            .env("PAYOUT_GATEWAY_PRIVATE_KEY_FILE", home.join("client-key.pem"))
            .current_dir(home)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// The arguments by which a server lets the trial in.
    pub(crate) fn identity(&self) -> Vec<String> {
        vec![
            "--client-id".to_owned(),
            CLIENT_ID.to_owned(),
            "--client-secret-file".to_owned(),
            self.text("client-secret"),
            "--client-key".to_owned(),
            format!("{KID}={}", self.text("client-public.pem")),
        ]
    }

    /// How the trial talks to a server.
    pub(crate) fn connection(&self, url: &str, deadlines: Deadlines) -> Result<Connection> {
        let client_id: ClientId = CLIENT_ID.parse()?;
        Ok(Connection {
            environment: Environment::at(url)?,
            client_id,
            client_secret: ClientSecret::new(CLIENT_SECRET),
            signing_key: Some(Arc::clone(&self.signing_key)),
            deadlines,
        })
    }

    /// An address that is free, that nobody else in this process is given, and that a server finds free
    /// again after it was killed.
    pub(crate) fn address() -> Result<SocketAddr> {
        // Two trials at once begin their search at different places.
        let own = u16::try_from(std::process::id().checked_rem(500).unwrap_or(0)).unwrap_or(0);
        let first = PORTS.start.saturating_add(own.saturating_mul(20));
        for _ in PORTS {
            let port = first.saturating_add(GIVEN.fetch_add(1, Ordering::Relaxed));
            if !PORTS.contains(&port) {
                break;
            }
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            if TcpListener::bind(address).is_ok() {
                return Ok(address);
            }
        }
        bail!("there is no free port from {} to {}", PORTS.start, PORTS.end)
    }

    /// Leaves everything where it is, for whoever looks into a finding, and says where.
    pub(crate) fn keep(self) -> PathBuf {
        self.directory.keep()
    }
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| path.display().to_string())
}
