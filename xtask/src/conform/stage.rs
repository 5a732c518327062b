//! A sandbox and a service in front of it, on this machine.

use crate::process::{describe, output_of};
use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Sandbox,
    Service,
}

/// Both servers, fresh, until it is dropped.
pub(crate) struct Stage {
    service: Server,
    sandbox: Server,
}

struct Server {
    child: Child,
    url: String,
    data: PathBuf,
}

impl Stage {
    /// Starts both in an empty folder.
    pub(crate) fn set(binary: &Path, folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let (at_sandbox, at_service) = (free_address()?, free_address()?);
        let events = format!("http://{at_service}/webhooks");
        let sandbox = ["sandbox", "--webhook", &events];
        let sandbox = Server::start(binary, &sandbox, &at_sandbox, folder.join("sandbox"))?;
        let credentials = sandbox.data.to_str().context("our own paths are texts")?;
        let service = ["serve", "--gateway", &sandbox.url, "--credentials", credentials];
        let service = Server::start(binary, &service, &at_service, folder.join("service"))?;
        for server in [&sandbox, &service] {
            let mut add = Command::new(binary);
            add.args(["operator", "add", "conform", "--quiet", "--secret-file"]);
            output_of(add.arg(server.secret_file()).arg("--data").arg(&server.data))?;
        }
        Ok(Self { service, sandbox })
    }

    /// Where a server is.
    pub(crate) fn url(&self, face: Face) -> &str {
        &self.server(face).url
    }

    /// What the hooks are told of the servers.
    pub(crate) fn variables(&self, face: Face) -> Vec<(&'static str, OsString)> {
        let server = self.server(face);
        vec![
            ("PAYOUT_URL", (&server.url).into()),
            ("PAYOUT_DATA", (&server.data).into()),
            ("PAYOUT_PROVIDER_URL", (&self.sandbox.url).into()),
            ("PAYOUT_PROVIDER_DATA", (&self.sandbox.data).into()),
            ("PAYOUT_OPERATOR_SECRET", server.secret_file().into()),
        ]
    }

    fn server(&self, face: Face) -> &Server {
        match face {
            Face::Sandbox => &self.sandbox,
            Face::Service => &self.service,
        }
    }
}

impl Server {
    /// Starts one and waits until it says that it listens.
    fn start(binary: &Path, arguments: &[&str], at: &str, data: PathBuf) -> Result<Self> {
        let log = std::fs::File::create(data.with_extension("log"))?;
        let mut command = Command::new(binary);
        command.args(arguments).args(["--json", "--listen", at, "--data"]).arg(&data);
        let said = describe(&command);
        let child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
        let mut server = Self { child, url: format!("http://{at}"), data };
        let output = server.child.stdout.take().context("the server's stdout is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(line.contains(&server.url), "`{said}` did not start: see its log");
        Ok(server)
    }

    fn secret_file(&self) -> PathBuf {
        self.data.with_extension("operator")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended once more.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// An address on this machine where nobody listens.
fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
