//! What a verb has to say in the end.

use std::process::ExitCode;

/// Whether a verb found everything in order.
///
/// An error is something else: the verb could not find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
}

impl Verdict {
    pub(crate) fn passed_if(condition: bool) -> Self {
        if condition { Self::Passed } else { Self::Failed }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
        }
    }

    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Passed => ExitCode::SUCCESS,
            Self::Failed => ExitCode::FAILURE,
        }
    }
}
