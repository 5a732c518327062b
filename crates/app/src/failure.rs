//! Why a command did not do what was asked.

use std::fmt;

pub(crate) use payout_ports::chain;

use crate::exit_code::Exit;

/// Why a command did not do what was asked: a sentence, how to end, and perhaps the problem document
/// that the server sent.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) problem: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), problem: None }
    }

    /// The configuration is wrong.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Exit::Configuration, message)
    }

    /// Something failed; the error's sources are said, too.
    pub(crate) fn failed(what: &str, error: &dyn std::error::Error) -> Self {
        Self::new(Exit::Failed, format!("{what}: {}", chain(error)))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
