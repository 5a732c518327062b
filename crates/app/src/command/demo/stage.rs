//! Two processes of this program, for as long as the demo lasts.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use payout_http_client::{
    ApiClient, ClientSecret, Connection, Deadlines, Environment, SandboxControls,
};
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::clock::SystemClock;
use crate::credentials::{Announcement, create_private_directory};
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::id_generator;
use crate::output::Output;

/// A sandbox and a service in front of it.
pub(super) struct Stage {
    pub(super) sandbox: Announcement,
    pub(super) service: Announcement,
    directory: PathBuf,
    throw_away: bool,
    // Killed when dropped.
    processes: Vec<Child>,
}

/// How long a server may take to start.
const START: Duration = Duration::from_secs(15);

impl Stage {
    /// Starts both, the service telling events to `webhook` and the sandbox to the service.
    pub(super) async fn set_up(
        keep: Option<&Path>,
        webhook: &str,
        output: Output,
    ) -> Result<Self, Failure> {
        let throw_away = keep.is_none();
        let directory = keep.map_or_else(
            || std::env::temp_dir().join(format!("payout-demo-{}", id_generator::random())),
            Path::to_owned,
        );
        create_private_directory(&directory)?;
        // The processes live in it, so its whole path is what they can use.
        let whole = directory.canonicalize();
        let directory =
            whole.map_err(|error| Failure::failed("the directory of the demo", &error))?;
        let arguments = ["sandbox"].map(str::to_owned);
        let (bank, sandbox) = start(&directory, "sandbox", &arguments).await?;
        output.note(format_args!("sandbox     {}: the provider on this machine", sandbox.base_url));
        let credentials = directory.join("sandbox").display().to_string();
        let arguments = [
            "serve".to_owned(),
            format!("--gateway={}", sandbox.base_url),
            format!("--credentials={credentials}"),
            format!("--webhook={webhook}"),
            "--private-network=127.0.0.0/8".to_owned(),
        ];
        let (server, service) = start(&directory, "service", &arguments).await?;
        output.note(format_args!("service     {}: in front of it, on SQLite", service.base_url));
        let stage = Self { sandbox, service, directory, throw_away, processes: vec![bank, server] };
        let inbound = format!("{}/webhooks", stage.service.base_url);
        stage.controls()?.set_webhook(&inbound).await?;
        Ok(stage)
    }

    /// The client of the service.
    pub(super) fn client(&self) -> Result<ApiClient, Failure> {
        let credentials = self.service.credentials()?;
        let connection = Connection {
            environment: environment(&self.service)?,
            client_id: credentials.client_id,
            client_secret: ClientSecret::new(credentials.client_secret.expose_secret()),
            signing_key: credentials.signing_key,
            deadlines: Deadlines::default(),
        };
        ApiClient::new(&connection, Arc::new(SystemClock))
            .map_err(|error| Failure::configuration(chain(&error)))
    }

    /// The hands of the sandbox's users.
    pub(super) fn controls(&self) -> Result<SandboxControls, Failure> {
        SandboxControls::new(&environment(&self.sandbox)?, Deadlines::default())
            .map_err(|error| Failure::configuration(chain(&error)))
    }
}

/// Ends both processes, and removes what they wrote unless it is to be kept.
impl Drop for Stage {
    fn drop(&mut self) {
        self.processes.clear();
        if self.throw_away {
            let _what_is_left_is_in_the_temporary_directory = fs::remove_dir_all(&self.directory);
        }
    }
}

fn environment(server: &Announcement) -> Result<Environment, Failure> {
    Environment::at(&server.base_url).map_err(|error| Failure::configuration(chain(&error)))
}

/// Starts this program as a server, and reads what it announces.
async fn start(
    directory: &Path,
    name: &str,
    arguments: &[String],
) -> Result<(Child, Announcement), Failure> {
    let wrong = |error: std::io::Error| Failure::failed(name, &error);
    let log = directory.join(format!("{name}.log"));
    let program = std::env::current_exe().map_err(wrong)?;
    let mut process = Command::new(program)
        .args(arguments)
        .args(["--listen", "127.0.0.1:0", "--json", "--data"])
        .arg(directory.join(name))
        // Nothing of the demo is left in the user's own directories.
        .env("XDG_STATE_HOME", directory)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(&log).map_err(wrong)?)
        .kill_on_drop(true)
        .spawn()
        .map_err(wrong)?;
    let said = match process.stdout.take() {
        Some(stdout) => timeout(START, BufReader::new(stdout).lines().next_line()).await,
        None => Ok(Ok(None)),
    };
    let announced = match said {
        Ok(Ok(Some(line))) => serde_json::from_str(&line).ok(),
        _ => None,
    };
    let announced = announced.ok_or_else(|| {
        let log = fs::read_to_string(&log).unwrap_or_default();
        Failure::new(Exit::Failed, format!("the {name} did not start: {}", log.trim()))
    })?;
    Ok((process, announced))
}
