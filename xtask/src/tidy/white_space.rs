//! White space that shows up in a diff and says nothing.

use super::finding::{Finding, numbered};
use super::house::House;
use super::tree::has_ending;

/// Files that people write. Goldens and fixtures may have to hold any byte.
const WRITTEN: &[&str] = &["rs", "md", "toml", "sql", "py", "mjs", "yml"];

/// Finds trailing white space, tabs, carriage returns and unfinished last lines.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let files = house.tree.files().filter(|(path, _)| is_written(path));
    files
        .flat_map(|(path, text)| check_lines(path, text).into_iter().chain(end(path, text)))
        .collect()
}

fn is_written(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    !name.contains('.') || WRITTEN.iter().any(|ending| has_ending(path, ending))
}

fn check_lines(path: &str, text: &str) -> Vec<Finding> {
    // `lines` would swallow the carriage return that we look for.
    let lines = (1..).zip(text.split('\n'));
    lines
        .filter_map(|(number, line)| Some(Finding::new(path, number, advice(path, line)?)))
        .collect()
}

fn advice(path: &str, line: &str) -> Option<&'static str> {
    if line.contains('\r') {
        return Some("End the line with a line feed alone.");
    }
    if line.ends_with([' ', '\t']) {
        return Some("Take the white space at the end of the line away.");
    }
    let no_tabs = has_ending(path, "rs") || has_ending(path, "md");
    (no_tabs && line.contains('\t')).then_some("Write spaces instead of the tab.")
}

fn end(path: &str, text: &str) -> Option<Finding> {
    let last = numbered(text).last().map_or(1, |(number, _)| number);
    let is_unfinished = !text.is_empty() && !text.ends_with('\n');
    is_unfinished.then(|| Finding::new(path, last, "End the file with a newline."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    fn found(path: &str, text: &str) -> Vec<String> {
        findings(check, &House::of_files(&[(path, text)]))
    }

    #[test]
    fn each_kind_of_loose_white_space_is_found() {
        let wrong = ["a \n", "a\n\tb\n", "a\r\n", "a", "a\t\n"];

        for text in wrong {
            assert_eq!(found("docs/style.md", text).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn the_place_is_the_line_with_the_fault() {
        let found = found("README.md", "one\ntwo \n");

        assert_eq!(found, ["README.md:2: Take the white space at the end of the line away."]);
    }

    #[test]
    fn a_golden_file_may_hold_any_byte() {
        assert!(found("crates/payout-wire/tests/golden/body.json", "{} \r\n").is_empty());
    }

    #[test]
    fn scripts_without_an_ending_are_looked_at_too() {
        assert_eq!(found(".ci/run", "set -e ").len(), 2);
    }
}
