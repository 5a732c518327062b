//! A server process: started, killed, stopped, started again.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::{PATIENCE, Stage};

/// A server process. It is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    name: &'static str,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    log: PathBuf,
    /// What it said when it began to listen.
    pub(crate) announcement: Json,
}

impl Server {
    /// Starts `payout sandbox` or `payout serve` on a free port, its data in `data`.
    #[track_caller]
    pub(crate) fn start(
        stage: &Stage,
        name: &'static str,
        data: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let arguments: Vec<String> = [name, "--json", "--data", data]
            .iter()
            .chain(arguments)
            .map(|argument| (*argument).to_owned())
            .collect();
        let environment: Vec<_> =
            environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let log = stage.path(&format!("{data}.log"));
        File::create(&log).expect("the home can be written");
        let listen = ["--listen".to_owned(), "127.0.0.1:0".to_owned()];
        let begun = begin(stage, &log, &[arguments.as_slice(), &listen].concat(), &environment);
        let (child, announcement) = begun.unwrap_or_else(|log| panic!("{name}: {log}"));
        Self { child, name, arguments, environment, log, announcement }
    }

    /// Starts it again on the same port and the same data.
    #[track_caller]
    pub(crate) fn start_again(&mut self, stage: &Stage) {
        self.start_again_with(stage, &[]);
    }

    /// The same, with these arguments this once.
    #[track_caller]
    pub(crate) fn start_again_with(&mut self, stage: &Stage, more: &[&str]) {
        assert!(self.child.try_wait().expect("it is our child").is_some(), "it still runs");
        let listen = ["--listen".to_owned(), self.address()];
        let more: Vec<String> = more.iter().map(|argument| (*argument).to_owned()).collect();
        let arguments = [self.arguments.as_slice(), &listen, &more].concat();
        let begun_at = Instant::now();
        loop {
            match begin(stage, &self.log, &arguments, &self.environment) {
                Ok((child, announcement)) => {
                    self.child = child;
                    self.announcement = announcement;
                    return;
                }
                // Another test's connection may have taken the port for a moment.
                Err(log) if log.contains("in use") && begun_at.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(100));
                }
                Err(log) => panic!("{}: {log}", self.name),
            }
        }
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not stop: {}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &line]).status().expect("there is a shell");
        assert!(status.success(), "{line}");
    }

    pub(crate) fn url(&self) -> &str {
        self.member("base_url")
    }

    /// A member of what it announced.
    pub(crate) fn member(&self, name: &str) -> &str {
        self.announcement.get(name).and_then(Json::as_str).expect("it announces that")
    }

    /// All that it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log is ours")
    }

    fn address(&self) -> String {
        self.url().trim_start_matches("http://").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _it_may_have_ended = self.child.kill();
        let _it_may_have_been_waited_for = self.child.wait();
    }
}

/// Starts a process and reads what it announces; what it logged if it announces nothing.
fn begin(
    stage: &Stage,
    log: &PathBuf,
    arguments: &[String],
    environment: &[(String, String)],
) -> Result<(Child, Json), String> {
    let appended = File::options().append(true).open(log).expect("the log is ours");
    let mut child = stage
        .command(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(appended)
        .spawn()
        .expect("the binary was built");
    let stdout = child.stdout.take().expect("it is piped");
    let (sender, said) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _nobody_reads_any_more = sender.send(line);
        }
    });
    let first = said.recv_timeout(PATIENCE);
    if let Some(announcement) = first.ok().and_then(|line| serde_json::from_str(&line).ok()) {
        return Ok((child, announcement));
    }
    let _it_may_have_ended = child.kill();
    child.wait().expect("it is our child");
    Err(fs::read_to_string(log).expect("the log is ours"))
}
