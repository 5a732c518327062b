//! The page of what goes wrong names tests, and those tests are there.

use std::collections::BTreeSet;

use super::finding::{Finding, numbered};
use super::house::House;
use super::rust_code::code_of;

const PAGE: &str = "docs/scenarios.md";

/// They name tests here and there, besides much else that is quoted as code.
const PROSE: [&str; 2] = ["docs/reliability.md", "docs/security.md"];

/// Whatever has so many underscores is a sentence, and so the name of a test.
const UNDERSCORES_MIN: usize = 4;

/// How many columns a table of scenarios has; the tests stand in the last.
const COLUMNS: usize = 4;

/// Finds names of tests that are no function of ours.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let in_table = named_tests(house.tree.text(PAGE)).map(|named| (PAGE, named));
    let in_prose = PROSE
        .into_iter()
        .flat_map(|page| sentences(house.tree.text(page)).map(move |named| (page, named)));
    let named: Vec<_> = in_table.chain(in_prose).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let functions: BTreeSet<_> =
        house.tree.rust_files().flat_map(|(_, text)| functions(text)).collect();
    let missing = named.into_iter().filter(|(_, (_, name))| !functions.contains(*name));
    missing
        .map(|(page, (number, name))| {
            Finding::new(page, number, format!("Name a test that exists: there is no `fn {name}`."))
        })
        .collect()
}

/// What is quoted as code in the last column of each table, with its line.
fn named_tests(page: &str) -> impl Iterator<Item = (usize, &str)> {
    numbered(page).flat_map(|(number, line)| {
        let tests = last_column(line).unwrap_or_default();
        quoted(tests).map(move |name| (number, name))
    })
}

fn sentences(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let all =
        numbered(page).flat_map(|(number, line)| quoted(line).map(move |name| (number, name)));
    all.filter(|(_, name)| name.matches('_').count() >= UNDERSCORES_MIN)
}

/// What stands between two back ticks: every second piece.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn last_column(line: &str) -> Option<&str> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let columns: Vec<_> = row.split('|').collect();
    columns.last().copied().filter(|_| columns.len() == COLUMNS)
}

/// The names of all functions of a source.
fn functions(source: &str) -> Vec<String> {
    let code = code_of(source);
    let after_fn = code.split("fn ").skip(1);
    let name = |rest: &str| {
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (!name.is_empty()).then_some(name)
    };
    after_fn.filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    const SOURCE: &str =
        "#[tokio::test]\nasync fn it_is_paid_once() {}\n// fn it_was_renamed() {}\n";

    fn found(page: &str) -> Vec<String> {
        findings(check, &House::of_files(&[(PAGE, page), ("crates/app/tests/a.rs", SOURCE)]))
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let page = "| A1 | a kill | a `key` | `it_is_paid_once`, `it_was_renamed` |\n";

        assert_eq!(
            found(page),
            ["docs/scenarios.md:1: Name a test that exists: there is no `fn it_was_renamed`."]
        );
    }

    #[test]
    fn only_the_last_column_names_tests() {
        let page =
            "`prose` is free.\n| A1 | `this` | `that` | `it_is_paid_once` |\n| `x` | `y` |\n";

        assert!(found(page).is_empty());
    }

    #[test]
    fn in_prose_a_sentence_is_the_name_of_a_test() {
        let text = "`lock_timeout` and `a_b`\n`it_is_not_paid_twice`, `it_is_paid_once`\n";
        let house = House::of_files(&[(PROSE[1], text), ("crates/app/tests/a.rs", SOURCE)]);

        assert_eq!(
            findings(check, &house),
            ["docs/security.md:2: Name a test that exists: there is no `fn it_is_not_paid_twice`."]
        );
    }

    #[test]
    fn without_a_page_there_is_nothing_to_hold() {
        assert!(found("").is_empty());
    }
}
