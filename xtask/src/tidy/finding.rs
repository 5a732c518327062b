//! What a check has to say.

use std::fmt;

/// A place, and the sentence that says what to do there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    advice: String,
}

impl Finding {
    pub(crate) fn new(path: &str, line: usize, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

/// Numbers the lines of a text the way people do.
pub(crate) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_a_place_that_an_editor_can_open() {
        let finding = Finding::new("docs/style.md", 7, "Say why.");

        assert_eq!(finding.to_string(), "docs/style.md:7: Say why.");
    }
}
