//! Words that have no place in our code.

use super::finding::{Finding, numbered};
use super::house::House;
use super::rust_code::{code_of, without_tests};
use super::tree::is_test_file;

struct Banned {
    word: &'static str,
    /// Whether tests may have it.
    fine_in_tests: bool,
    fine_in: &'static str,
    advice: &'static str,
}

const fn banned(word: &'static str, advice: &'static str) -> Banned {
    Banned { word, fine_in_tests: false, fine_in: "", advice }
}

const fn float(word: &'static str) -> Banned {
    let advice = "Count money in whole minor units: a float forgets pennies.";
    // The wire may have to read a number that somebody else wrote.
    Banned { word, fine_in_tests: true, fine_in: "crates/payout-wire/", advice }
}

const BANNED: &[Banned] = &[
    float("f64"),
    float("f32"),
    Banned {
        word: ".unwrap()",
        fine_in_tests: true,
        fine_in: "",
        advice: "Handle the error, or write `expect` with the reason why it cannot happen.",
    },
    banned("todo!", "Finish it, or leave it out."),
    banned("unimplemented!", "Finish it, or leave it out."),
    banned("dbg!", "Take the probe out."),
    banned("#[ignore", "Make the test run, or delete it: nothing is skipped."),
    banned("should_panic", "Return the error and assert on it."),
];

/// Finds banned words in the code of our crates; comments and strings may say what they like.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let files = house.tree.rust_files().filter(|(path, _)| path.starts_with("crates/"));
    files.flat_map(|(path, text)| check_file(path, text)).collect()
}

fn check_file(path: &str, text: &str) -> Vec<Finding> {
    let everything = code_of(text);
    let product = if is_test_file(path) { String::new() } else { without_tests(&everything) };
    let mut findings = unexplained_exceptions(path, &everything);
    for banned in BANNED.iter().filter(|banned| !is_fine_in(banned, path)) {
        let code = if banned.fine_in_tests { &product } else { &everything };
        let lines = numbered(code).filter(|(_, line)| has_word(line, banned.word));
        findings.extend(lines.map(|(number, _)| Finding::new(path, number, banned.advice)));
    }
    findings
}

fn is_fine_in(banned: &Banned, path: &str) -> bool {
    !banned.fine_in.is_empty() && path.starts_with(banned.fine_in)
}

/// Whether the word stands alone; `1.0f64` names the type as well.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let (before, here) = line.split_at(place);
        let after = here.strip_prefix(word).unwrap_or_default();
        let runs_on_before = word.starts_with(is_letter) && before.ends_with(is_letter);
        let runs_on_after =
            word.ends_with(is_letter_or_digit) && after.starts_with(is_letter_or_digit);
        !runs_on_before && !runs_on_after
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_letter_or_digit(c: char) -> bool {
    is_letter(c) || c.is_numeric()
}

/// An exception to a lint is a decision, and a decision has a reason.
fn unexplained_exceptions(path: &str, code: &str) -> Vec<Finding> {
    let attributes = code.match_indices("allow(").filter(|(place, _)| {
        let (before, here) = code.split_at(*place);
        let attribute = here.split(']').next().unwrap_or_default();
        opens_attribute(before) && !attribute.contains("reason")
    });
    let line = |place| code.split_at(place).0.lines().count();
    let advice = "Say why the lint is wrong here: `reason = \"…\"`.";
    attributes.map(|(place, _)| Finding::new(path, line(place), advice)).collect()
}

fn opens_attribute(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    before.ends_with('[') || (line.contains("cfg_attr(") && before.trim_end().ends_with(','))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    const FILE: &str = "crates/payout-domain/src/money.rs";

    fn found(path: &str, text: &str) -> Vec<String> {
        findings(check, &House::of_files(&[(path, text)]))
    }

    #[test]
    fn every_banned_word_is_found() {
        for banned in BANNED {
            let found = found(FILE, &format!("fn f() {{\n  {} \n}}\n", banned.word));

            assert_eq!(found, [format!("{FILE}:2: {}", banned.advice)], "{}", banned.word);
        }
    }

    #[test]
    fn a_float_hides_neither_behind_a_digit_nor_in_another_word() {
        assert_eq!(found(FILE, "let pi = 3.1f64;\n").len(), 1);
        assert!(found(FILE, "let half64 = buf64(elf32_header);\n").is_empty());
    }

    #[test]
    fn comments_and_strings_may_name_a_banned_word() {
        assert!(found(FILE, "// f64 and todo!\nlet s = \"dbg! .unwrap()\";\n").is_empty());
    }

    #[test]
    fn tests_may_unwrap_but_not_be_skipped() {
        let tests = "#[cfg(test)]\nmod tests {\n  #[ignore]\n  fn f() { g().unwrap() }\n}\n";

        let found = found(FILE, tests);

        assert_eq!(found.len(), 1);
        assert!(found.concat().starts_with(&format!("{FILE}:3:")), "{found:?}");
    }

    #[test]
    fn a_file_of_tests_is_all_tests() {
        assert!(found("crates/app/tests/smoke.rs", "fn f() { g().unwrap() }\n").is_empty());
    }

    #[test]
    fn only_the_wire_may_read_a_float() {
        assert!(found("crates/payout-wire/src/amount.rs", "fn f(x: f64) {}\n").is_empty());
    }

    #[test]
    fn an_exception_without_a_reason_is_found() {
        assert_eq!(found(FILE, "\n#[allow(dead_code)]\nfn f() {}\n").len(), 1);
        assert_eq!(found(FILE, "#![cfg_attr(test, allow(dead_code))]\n").len(), 1);
        assert!(found(FILE, "#[allow(\n  dead_code,\n  reason = \"soon\"\n)]\n").is_empty());
        assert!(found(FILE, "if limits.allow(amount) {}\n").is_empty());
    }
}
