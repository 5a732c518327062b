//! What commands print: data on standard output, everything else on standard error.

use std::fmt;
use std::io::{self, Write as _};

use comfy_table::{Table, presets};

use crate::failure::Failure;

/// Where the results of a command go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
}

impl Output {
    pub(crate) const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Whether nothing but results and errors is said.
    pub(crate) const fn is_silent(self) -> bool {
        self.json || self.quiet
    }

    /// Prints a result: the JSON document, or the words for people.
    pub(crate) fn result(self, json: &str, words: impl FnOnce() -> String) -> Result<(), Failure> {
        let words = if self.json { json.trim_end().to_owned() } else { words() };
        line(&mut anstream::stdout(), &words)
    }

    /// Prints the members of a list: a JSON document, or a table for people.
    pub(crate) fn table(
        self,
        json: &str,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<(), Failure> {
        self.result(json, || as_table(header, rows))
    }

    /// Says something about the work itself.
    pub(crate) fn note(self, text: impl fmt::Display) {
        if !self.is_silent() {
            let _nobody_listens = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// Says why a command failed. With `--json`, a problem document is printed as it came.
    pub(crate) fn failure(self, failure: &Failure) {
        let problem = failure.problem.as_deref().filter(|_| self.json);
        let _nobody_listens = match problem {
            Some(problem) => writeln!(io::stderr(), "{problem}"),
            None => writeln!(anstream::stderr(), "payout: {failure}"),
        };
    }
}

/// A table for people.
pub(crate) fn as_table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    trimmed(&table.to_string())
}

/// Prints one line. A reader that has gone away is no failure.
pub(crate) fn line(to: &mut impl io::Write, text: &str) -> Result<(), Failure> {
    match writeln!(to, "{text}").and_then(|()| to.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed("standard output", &error))
        }
        _ => Ok(()),
    }
}

/// A table's lines without the blanks around them.
fn trimmed(table: &str) -> String {
    let line = |line: &str| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned();
    table.lines().map(line).collect::<Vec<_>>().join("\n")
}
