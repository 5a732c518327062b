//! Places that exist only on one machine, and registries asked without encryption.

use super::finding::{Finding, numbered};
use super::house::House;
use super::rust_code::product_lines;
use super::tree::{has_ending, is_test_file};

// Written in two parts, so that this file does not find itself.
const FOLDERS: &[&str] = &[concat!("/", "work/"), concat!("/", "home/"), concat!("/", "tmp/")];
const UNENCRYPTED: &str = concat!("http", "://");
const REGISTRIES: &[&str] = &["crates.io", "pypi.org", "npmjs.org", "npmjs.com", "debian.org"];

/// Finds absolute paths of somebody's machine and unencrypted addresses of registries.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let files = house.tree.files().filter(|(path, _)| !is_test_file(path));
    files.flat_map(|(path, text)| check_file(path, text)).collect()
}

fn check_file(path: &str, text: &str) -> Vec<Finding> {
    let is_rust = has_ending(path, "rs");
    let lines = if is_rust { product_lines(text) } else { numbered(text).collect() };
    let lines = lines.into_iter();
    lines.filter_map(|(number, line)| Some(Finding::new(path, number, advice(line)?))).collect()
}

fn advice(line: &str) -> Option<&'static str> {
    if FOLDERS.iter().any(|folder| has_absolute_path(line, folder)) {
        return Some("Write a path that exists on every machine.");
    }
    let mut addresses = line.split(UNENCRYPTED).skip(1);
    let is_registry = |address: &str| {
        let host = address.split(['/', ' ', '"']).next().unwrap_or_default();
        REGISTRIES.iter().any(|registry| host.ends_with(registry))
    };
    addresses.any(is_registry).then_some("Ask the registry over https.")
}

/// An absolute path starts with the slash; `target/tmp/` and a URL's path do not.
fn has_absolute_path(line: &str, folder: &str) -> bool {
    let is_of_a_path = |c: char| c.is_alphanumeric() || "._-~})>$*".contains(c);
    line.match_indices(folder).any(|(place, _)| !line.split_at(place).0.ends_with(is_of_a_path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    fn found(path: &str, text: &str) -> Vec<String> {
        findings(check, &House::of_files(&[(path, text)]))
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        assert_eq!(
            found("docs/operating.md", "Look\ninto `/home/ada/payouts`.\n"),
            ["docs/operating.md:2: Write a path that exists on every machine."]
        );
        assert_eq!(found("payout.toml", "file = \"/tmp/payout.sqlite\"\n").len(), 1);
        let line = concat!("const A: &str = \"/", "work/a\";\n");
        assert_eq!(found("crates/app/src/main.rs", line).len(), 1);
    }

    #[test]
    fn a_path_below_another_folder_is_fine() {
        let text = concat!("target/tmp/a ${DIR}/", "work/b https://a.example/home/c ../home/d\n");

        assert!(found("docs/operating.md", text).is_empty());
    }

    #[test]
    fn tests_may_name_any_path() {
        let tests = "#[cfg(test)]\nmod tests {\n const A: &str = \"/tmp/a\";\n}\n";

        assert!(found("crates/app/src/main.rs", tests).is_empty());
        assert!(found("crates/app/tests/smoke.rs", "const A: &str = \"/tmp/a\";\n").is_empty());
    }

    #[test]
    fn a_registry_without_encryption_is_found() {
        assert_eq!(found(".ci/run", "npm ci --registry http://registry.npmjs.org/\n").len(), 1);
        assert!(found("LICENSE", "http://www.apache.org/licenses/\n").is_empty());
    }
}
