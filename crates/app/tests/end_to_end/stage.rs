//! A home of one's own, in which the binary is run.

mod outcome;
mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) use outcome::Outcome;
pub(crate) use server::Server;

/// How long anything may take that is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// A home of one's own: nothing in it is anybody else's, and nothing of it is left.
pub(crate) struct Stage {
    directory: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        std::fs::create_dir(directory.path().join("tmp")).expect("it is empty");
        Self { directory }
    }

    /// The whole path of something in the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The same as text, for arguments.
    pub(crate) fn text(&self, name: &str) -> String {
        text(&self.path(name))
    }

    /// Writes a file into the home.
    pub(crate) fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, contents).expect("the home can be written");
        path
    }

    /// The binary with these arguments, which knows nothing of the machine but this home.
    pub(crate) fn command<S: AsRef<str>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payout"));
        command.args(arguments.iter().map(AsRef::as_ref));
        self.furnish(&mut command);
        command
    }

    /// Lets a command know nothing of the machine but this home.
    pub(crate) fn furnish(&self, command: &mut Command) {
        let home = self.directory.path();
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TMPDIR", home.join("tmp"))
            .current_dir(home)
            .stdin(Stdio::null());
    }

    /// Runs the binary to its end.
    pub(crate) fn run<S: AsRef<str>>(&self, arguments: &[S]) -> Outcome {
        Outcome::of(&mut self.command(arguments))
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are text").to_owned()
}

/// Asks again and again until there is an answer.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "it never came: {what}");
        thread::sleep(Duration::from_millis(25));
    }
}
