//! Names that say nothing.

use super::finding::{Finding, numbered};
use super::house::House;
use super::rust_code::code_of;

const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc"];

/// Finds files, folders and modules with a name that would fit any other as well.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let files = house.tree.rust_files();
    files.flat_map(|(path, text)| check_path(path).chain(check_modules(path, text))).collect()
}

fn check_path(path: &str) -> impl Iterator<Item = Finding> {
    let names = path.trim_end_matches(".rs").split('/');
    let empty = names.filter(|name| EMPTY_NAMES.contains(name));
    let empty = empty.map(|name| Finding::new(path, 1, advice(name)));
    let root = path.ends_with("/mod.rs").then(|| {
        let advice = "Move the file up and name it like its folder: `mod.rs` is found by nobody.";
        Finding::new(path, 1, advice)
    });
    empty.chain(root)
}

/// A module in a file of its own is found by its path; this finds the ones within a file.
fn check_modules(path: &str, text: &str) -> Vec<Finding> {
    let code = code_of(text);
    let modules = numbered(&code).filter_map(|(number, line)| Some((number, opened_module(line)?)));
    modules
        .filter(|(_, name)| EMPTY_NAMES.contains(name))
        .map(|(number, name)| Finding::new(path, number, advice(name)))
        .collect()
}

fn opened_module(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| *word != "mod");
    words.nth(1).filter(|_| line.trim_end().ends_with('{'))
}

fn advice(name: &str) -> String {
    format!("Find a name that says what is inside: `{name}` fits everything.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    #[test]
    fn a_file_or_folder_with_an_empty_name_is_found() {
        let house = House::of_files(&[
            ("crates/payout-wire/src/utils.rs", ""),
            ("crates/payout-wire/tests/common/bank.rs", ""),
            ("crates/payout-wire/src/uncommon.rs", ""),
        ]);

        let found = findings(check, &house);

        assert_eq!(found.len(), 2);
        assert!(found.concat().contains("`utils` fits everything"), "{found:?}");
    }

    #[test]
    fn a_module_within_a_file_is_found_on_its_line() {
        let house = House::of_files(&[(
            "crates/app/src/main.rs",
            "fn main() {}\npub(crate) mod misc {\n}\n",
        )]);

        assert_eq!(
            findings(check, &house),
            ["crates/app/src/main.rs:2: Find a name that says what is inside: \
              `misc` fits everything."]
        );
    }

    #[test]
    fn a_mod_rs_is_found() {
        let house = House::of_files(&[("crates/app/src/serve/mod.rs", "")]);

        assert_eq!(findings(check, &house).len(), 1);
    }
}
