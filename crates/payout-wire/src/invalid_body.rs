//! What is wrong with a body.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// All that is wrong with a body: JSON paths, such as `beneficiary.type`, with sentences that say what
/// to write instead. The body as a whole has the path `body`.
///
/// No sentence quotes an account number, a name or a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBody {
    // Invariant: not empty.
    errors: BTreeMap<String, Vec<String>>,
}

impl InvalidBody {
    /// The path of what concerns the whole body.
    pub const WHOLE: &str = "body";

    pub(crate) fn new(errors: BTreeMap<String, Vec<String>>) -> Self {
        Self { errors }
    }

    pub(crate) fn at(path: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { errors: [(path.into(), vec![sentence.into()])].into() }
    }

    /// The sentences by JSON path: the `errors` of a problem document.
    pub fn errors(&self) -> &BTreeMap<String, Vec<String>> {
        &self.errors
    }

    /// The same, to keep.
    pub fn into_errors(self) -> BTreeMap<String, Vec<String>> {
        self.errors
    }
}

impl fmt::Display for InvalidBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (path, sentences)) in self.errors.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            // A path holds the sender's own member names.
            write!(f, "{separator}`{}` {}", path.escape_debug(), sentences.join(", "))?;
        }
        Ok(())
    }
}

impl Error for InvalidBody {}
