//! Links in our documents to files of ours.

use super::finding::{Finding, numbered};
use super::house::House;
use super::tree::has_ending;

/// Finds relative links that lead nowhere.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let documents = house.tree.files().filter(|(path, _)| is_document(path));
    documents.flat_map(|(path, text)| check_document(house, path, text)).collect()
}

/// Whether a person is meant to read this file before the code.
pub(crate) fn is_document(path: &str) -> bool {
    path == "README.md" || (path.starts_with("docs/") && has_ending(path, "md"))
}

fn check_document(house: &House, path: &str, text: &str) -> Vec<Finding> {
    let prose = without_examples(text);
    let links = prose.flat_map(|(number, line)| targets(line).map(move |target| (number, target)));
    links
        .filter(|(_, target)| is_relative(target) && !house.tree.has(&resolve(path, target)))
        .map(|(number, target)| {
            Finding::new(path, number, format!("Point the link `{target}` at a file that exists."))
        })
        .collect()
}

/// The lines outside of fenced blocks, which may show a link without meaning one.
fn without_examples(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    numbered(text).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

/// Both `[text](target)` and, at the start of a line, `[name]: target`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let definition = line.starts_with('[').then(|| line.split_once("]: ")).flatten();
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    inline.chain(definition.map(|(_, target)| target.trim()))
}

fn is_relative(target: &str) -> bool {
    !target.starts_with('#') && !target.contains("://") && !target.starts_with("mailto:")
}

fn resolve(document: &str, target: &str) -> String {
    let file = target.split('#').next().unwrap_or_default();
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    fn found(path: &str, text: &str) -> Vec<String> {
        let house =
            House::of_files(&[(path, text), ("docs/decisions/0001-one.md", ""), ("LICENSE", "")]);
        findings(check, &house)
    }

    #[test]
    fn a_link_to_a_file_that_is_not_there_is_found() {
        assert_eq!(
            found("README.md", "Read\n[the style](docs/style.md).\n"),
            ["README.md:2: Point the link `docs/style.md` at a file that exists."]
        );
        assert_eq!(found("README.md", "[style]: docs/style.md\n").len(), 1);
    }

    #[test]
    fn links_are_read_from_the_folder_of_their_document() {
        let text = "[a](0001-one.md#context) [b](../../LICENSE) [c](..) [d](./0001-one.md)\n";

        assert!(found("docs/decisions/0002-two.md", text).is_empty());
        assert_eq!(found("docs/security.md", "[a](0001-one.md)\n").len(), 1);
    }

    #[test]
    fn the_web_anchors_and_examples_are_not_ours_to_check() {
        let text =
            "[a](https://a.example/b.md) [b](#b) [c](mailto:a@b.example)\n```\n[d](e.md)\n```\n";

        assert!(found("README.md", text).is_empty());
    }
}
