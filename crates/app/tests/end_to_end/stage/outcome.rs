//! How a command ended and what it said.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::PATIENCE;

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Outcome {
    /// Runs a command to its end. One that does not end in time is ended, and fails the test.
    #[track_caller]
    pub(crate) fn of(command: &mut Command) -> Self {
        let begun = Instant::now();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        let stdout = drain(child.stdout.take());
        let stderr = drain(child.stderr.take());
        let status = loop {
            if let Some(status) = child.try_wait().expect("it is our child") {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                child.kill().expect("it is our child");
                child.wait().expect("it is our child");
                let said = stderr.join().expect("nothing panics there");
                panic!("{command:?} did not end within {PATIENCE:?}: {said}");
            }
            thread::sleep(Duration::from_millis(3));
        };
        Self {
            code: status.code(),
            stdout: stdout.join().expect("nothing panics there"),
            stderr: stderr.join().expect("nothing panics there"),
            took: begun.elapsed(),
        }
    }

    /// Fails the test unless the command has ended with this code.
    #[track_caller]
    pub(crate) fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Fails the test unless standard error holds this.
    #[track_caller]
    pub(crate) fn said(self, sentence: &str) -> Self {
        assert!(self.stderr.contains(sentence), "`{sentence}` is missing: {self:#?}");
        self
    }

    /// Standard output without the line's end.
    pub(crate) fn line(&self) -> String {
        self.stdout.trim_end().to_owned()
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        json(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Standard error as one JSON document: the problem that a server told.
    #[track_caller]
    pub(crate) fn problem(&self) -> Json {
        json(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

fn json(text: &str) -> Result<Json, serde_json::Error> {
    serde_json::from_str(text)
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    let mut pipe = pipe.expect("it is piped");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _until_it_is_closed = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
