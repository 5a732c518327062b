//! A PostgreSQL server in a temporary folder, gone when we are gone.

use super::programs::{Programs, User};
use crate::process::{self, output_of};
use anyhow::{Context, Result};
use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// Who may do everything on it, without a password.
const SUPERUSER: &str = "postgres";

/// Whoever is local is trusted, but the role `guarded` must show its password.
const ACCESS: &str = "\
local all all trust
host all guarded 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
";

/// Small, and as careful as a real one: the store refuses a server that could lose what it has
/// acknowledged.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
shared_buffers = 32MB
max_connections = 200
wal_level = minimal
max_wal_senders = 0
max_wal_size = 512MB
log_min_messages = fatal
ssl = on
";

/// A server that runs until this is dropped, or until this program ends in whatever way.
#[derive(Debug)]
pub(crate) struct Cluster {
    url: String,
    crash: PathBuf,
    undertaker: Undertaker,
}

impl Cluster {
    /// Makes a cluster in a temporary folder and starts its server on a free port.
    pub(crate) fn start() -> Result<Self> {
        let programs = Programs::find()?;
        let folder = make_folder(&programs)?;
        // From here on, whatever happens, somebody tidies up.
        let undertaker = Undertaker::wait(&programs, &folder)?;
        let data = folder.join("data");
        initialise(&programs, &data)?;
        let port = free_port()?;
        configure(&data, &folder, port, programs.user())?;
        start(&programs, &folder)?;
        let url = format!("postgres://{SUPERUSER}@127.0.0.1:{port}/postgres");
        let crash = folder.join("crash");
        own_file(&crash, crash_script(&programs, &folder).as_bytes(), programs.user())?;
        fs::set_permissions(&crash, Permissions::from_mode(0o700))?;
        Ok(Self { url, crash, undertaker })
    }

    /// Where it is, for its superuser.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A program that kills the server with SIGKILL and returns when a new one answers in its place.
    pub(crate) fn crash_program(&self) -> &Path {
        &self.crash
    }

    /// Stops it and removes all that it held.
    pub(crate) fn stop(self) -> Result<()> {
        self.undertaker.bury()
    }
}

/// A process that stops the server and removes its folder as soon as we close our end of a pipe. The
/// system does that for us, however we end.
#[derive(Debug)]
struct Undertaker(Child);

impl Undertaker {
    fn wait(programs: &Programs, folder: &Path) -> Result<Self> {
        // Ctrl-C reaches everybody on the terminal, and must not reach this one.
        let script = "trap '' INT TERM HUP; cat >/dev/null; \
             \"$0\" stop -D \"$1/data\" -m immediate -s 2>/dev/null; rm -rf \"$1\"";
        let mut command = programs.command("sh");
        command.args(["-c", script]).arg(programs.path("pg_ctl")).arg(folder);
        // It must not keep a pipe of ours open that somebody else reads to its end.
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(command.current_dir("/").spawn().context("cannot start `sh`")?))
    }

    fn bury(mut self) -> Result<()> {
        self.finish()
    }

    fn finish(&mut self) -> Result<()> {
        drop(self.0.stdin.take());
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Undertaker {
    fn drop(&mut self) {
        // It does its work also if we cannot wait for it.
        let _ = self.finish();
    }
}

/// The user that runs the server makes the folder, so that it is theirs and nobody else's.
fn make_folder(programs: &Programs) -> Result<PathBuf> {
    let mut make = programs.command("mktemp");
    make.args(["-d", "-t", "payout-postgres.XXXXXX"]).current_dir("/");
    Ok(PathBuf::from(output_of(&mut make)?.trim()))
}

fn initialise(programs: &Programs, data: &Path) -> Result<()> {
    let mut initdb = programs.command(programs.path("initdb"));
    initdb.args(["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]);
    // The folder outlives no power cut; the server itself does sync.
    initdb.args(["--locale", "C", "--no-sync", "--pgdata"]).arg(data).current_dir("/");
    output_of(&mut initdb).map(drop)
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn configure(data: &Path, folder: &Path, port: u16, user: Option<User>) -> Result<()> {
    let mut settings = OpenOptions::new().append(true).open(data.join("postgresql.conf"))?;
    settings.write_all(SETTINGS.as_bytes())?;
    writeln!(settings, "port = {port}\nunix_socket_directories = '{}'", folder.display())?;
    fs::write(data.join("pg_hba.conf"), ACCESS)?;
    for (file, name) in [("server", "server.crt"), ("server-key", "server.key")] {
        own_file(&data.join(name), &fs::read(certificate(file))?, user)?;
    }
    Ok(())
}

fn certificate(file: &str) -> PathBuf {
    let folder = process::workspace_root().join("crates/payout-postgres/tests/tls");
    folder.join(format!("{file}.TEST-ONLY.pem"))
}

/// The server refuses a key that is not its own.
fn own_file(path: &Path, contents: &[u8], user: Option<User>) -> Result<()> {
    fs::write(path, contents)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    if let Some(User { uid, gid }) = user {
        chown(path, Some(uid), Some(gid))?;
    }
    Ok(())
}

/// Starts the server and waits until it answers.
fn start(programs: &Programs, folder: &Path) -> Result<()> {
    let mut start = programs.command(programs.path("pg_ctl"));
    start.args(["start", "--wait", "--silent", "--log"]).arg(folder.join("log"));
    start.arg("--pgdata").arg(folder.join("data")).current_dir("/");
    // The server would keep a pipe open for as long as it runs.
    start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = start.status().context("cannot start `pg_ctl`")?;
    if !status.success() {
        let said = fs::read_to_string(folder.join("log")).unwrap_or_default();
        anyhow::bail!("the PostgreSQL server does not start:\n{}", said.trim());
    }
    Ok(())
}

/// The server's children end when they notice that it is gone; before that no new one starts.
fn crash_script(programs: &Programs, folder: &Path) -> String {
    let as_user = programs.user().map_or_else(String::new, |User { uid, gid }| {
        format!("setpriv --reuid {uid} --regid {gid} --clear-groups ")
    });
    let (pg_ctl, folder) = (programs.path("pg_ctl"), folder.display());
    let pg_ctl = pg_ctl.display();
    format!(
        "#!/bin/sh\n\
         kill -KILL \"$(head -n 1 '{folder}/data/postmaster.pid')\" || exit 1\n\
         cd /\n\
         for again in 1 2 3 4 5 6 7 8 9 10; do\n\
         \t{as_user}'{pg_ctl}' start --wait --silent --pgdata '{folder}/data' \\\n\
         \t\t--log '{folder}/log' </dev/null >/dev/null 2>&1 && exit 0\n\
         \tsleep 0.3\n\
         done\n\
         cat '{folder}/log' >&2\n\
         exit 1\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_server_answers_while_it_is_held_and_leaves_nothing_behind() {
        let cluster = Cluster::start().expect("PostgreSQL is installed");
        let address = cluster.url().split(['@', '/']).nth(3).expect("it has a host").to_owned();
        let answered = TcpStream::connect(&address).is_ok();

        cluster.stop().expect("it was running");

        assert!(answered, "{address}");
        assert!(TcpStream::connect(&address).is_err(), "{address}");
    }

    #[test]
    fn a_server_that_is_killed_is_there_again_as_another_process() {
        let cluster = Cluster::start().expect("PostgreSQL is installed");
        let folder = cluster.crash_program().parent().expect("it is in the cluster's folder");
        let pid = || {
            let file = fs::read_to_string(folder.join("data/postmaster.pid"));
            file.expect("a server runs").lines().next().map(ToOwned::to_owned)
        };
        let before = pid();

        let done = std::process::Command::new(cluster.crash_program()).status();

        assert!(done.is_ok_and(|status| status.success()));
        assert_ne!(pid(), before);
        let address = cluster.url().split(['@', '/']).nth(3).expect("it has a host").to_owned();
        assert!(TcpStream::connect(&address).is_ok(), "{address}");
        cluster.stop().expect("it was running");
    }
}
