//! Verbs that our documents tell people to type.

use super::finding::{Finding, numbered};
use super::house::House;
use super::links::is_document;

/// Finds every `cargo xtask VERB` whose verb does not exist.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let files = house.tree.files().filter(|(path, _)| is_document(path) || *path == ".ci/run");
    let lines =
        files.flat_map(|(path, text)| numbered(text).map(move |(line, text)| (path, line, text)));
    lines.flat_map(|(path, line, text)| check_line(house, path, line, text)).collect()
}

fn check_line(house: &House, path: &str, line: usize, text: &str) -> Vec<Finding> {
    let unknown = verbs(text).filter(|verb| !house.verbs.iter().any(|known| known == verb));
    unknown
        .map(|verb| {
            let known = house.verbs.join(", ");
            Finding::new(path, line, format!("Name a verb that exists, not `{verb}`: {known}."))
        })
        .collect()
}

/// A placeholder in capitals and a bare `cargo xtask` are no verbs.
fn verbs(text: &str) -> impl Iterator<Item = &str> {
    let is_of_a_verb = |c: char| c.is_ascii_lowercase() || c == '-';
    text.split("cargo xtask ")
        .skip(1)
        .filter_map(move |rest| rest.split(|c| !is_of_a_verb(c)).next())
        .filter(|verb| !verb.is_empty() && !verb.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    fn found(path: &str, text: &str) -> Vec<String> {
        let verbs = ["test", "cross-check"].map(ToOwned::to_owned).to_vec();
        findings(check, &House { verbs, ..House::of_files(&[(path, text)]) })
    }

    #[test]
    fn a_verb_that_does_not_exist_is_found() {
        assert_eq!(
            found("README.md", "Type\n`cargo xtask tset`.\n"),
            ["README.md:2: Name a verb that exists, not `tset`: test, cross-check."]
        );
        assert_eq!(found(".ci/run", "cargo xtask\ncargo xtask everything\n").len(), 1);
    }

    #[test]
    fn verbs_with_flags_and_dashes_are_known() {
        let text =
            "`cargo xtask test --filter iban`, `cargo xtask cross-check`, `cargo xtask VERB`\n";

        assert!(found("docs/style.md", text).is_empty());
    }
}
