//! How a command ends.

use std::process::ExitCode;

/// How a command ends, for scripts. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done,
    /// It could not do what was asked.
    Failed,
    /// There is no such thing.
    NotFound,
    /// A rule refuses it: the closed loop, a currency, a limit, a malformed value.
    Refused,
    /// The idempotency key was used for another request, or another request is in the way.
    Conflict,
    /// It was sent, and nobody knows what became of it. Ask again under the same key.
    OutcomeUnknown,
    /// The configuration or the credentials are wrong.
    Configuration,
    /// The server cannot be reached or cannot work now. Nothing was done.
    Unavailable,
    /// It is proposed, and not done before another person has said the same.
    Proposed,
}

impl Exit {
    /// The number. Two is clap's own, for a command line that cannot be read.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::NotFound => 3,
            Self::Refused => 4,
            Self::Conflict => 5,
            Self::OutcomeUnknown => 6,
            Self::Configuration => 7,
            Self::Unavailable => 8,
            Self::Proposed => 9,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// What the help says about them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  failed
  2  the command line cannot be read
  3  not found
  4  refused by a rule
  5  conflict: the idempotency key was used for another request
  6  sent, outcome unknown: ask again under the same key
  7  configuration or credentials are wrong
  8  the server is not available: nothing was done
  9  proposed: another person must say the same";
