//! The decisions: numbered, complete, and none lost.

use super::finding::Finding;
use super::house::House;

const FOLDER: &str = "docs/decisions/";
const SECTIONS: &[&str] = &["Context", "Decision", "Consequences"];

/// Finds decisions that lack a part, share a number or leave a gap.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expected = 1;
    for (path, text) in house.tree.files().filter(|(path, _)| is_decision(path)) {
        findings.extend(missing_sections(path, text));
        // Files come in the order of their names, so a repeated number is one behind.
        match number(path) {
            Some(number) if number == expected => expected = number.saturating_add(1),
            Some(number) => {
                findings.push(out_of_order(path, number, expected));
                expected = number.max(expected.saturating_sub(1)).saturating_add(1);
            }
            None => {
                let advice = "Name the file `NNNN-what-we-decided.md`.";
                findings.push(Finding::new(path, 1, advice));
            }
        }
    }
    findings
}

fn is_decision(path: &str) -> bool {
    path.starts_with(FOLDER) && !path.ends_with("/README.md")
}

fn missing_sections(path: &str, text: &str) -> Vec<Finding> {
    let missing = SECTIONS.iter().filter(|section| !has_section(text, section));
    missing.map(|section| Finding::new(path, 1, format!("Add the section `{section}`."))).collect()
}

fn has_section(text: &str, section: &str) -> bool {
    text.lines().any(|line| line.starts_with('#') && line.trim_start_matches('#').trim() == section)
}

fn number(path: &str) -> Option<u32> {
    let (number, name) = path.strip_prefix(FOLDER)?.strip_suffix(".md")?.split_once('-')?;
    if number.len() != 4 || name.is_empty() {
        return None;
    }
    number.parse().ok()
}

fn out_of_order(path: &str, number: u32, expected: u32) -> Finding {
    let advice = if number < expected {
        format!("Take the next free number: {number:04} is taken.")
    } else {
        format!("Close the gap: {expected:04} is missing.")
    };
    Finding::new(path, 1, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    const COMPLETE: &str = "# A\n\n## Context\n\n## Decision\n\n## Consequences\n";

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        findings(check, &House::of_files(files))
    }

    #[test]
    fn complete_decisions_without_a_gap_have_no_findings() {
        let (one, two) = ("docs/decisions/0001-a.md", "docs/decisions/0002-b.md");

        assert!(found(&[(one, COMPLETE), (two, COMPLETE)]).is_empty());
    }

    #[test]
    fn a_missing_section_is_found() {
        let text = COMPLETE.replace("## Decision\n", "The Decision\n");

        assert_eq!(
            found(&[("docs/decisions/0001-a.md", &text)]),
            ["docs/decisions/0001-a.md:1: Add the section `Decision`."]
        );
    }

    #[test]
    fn a_gap_is_found_once() {
        let files = ["0001-a", "0003-c", "0004-d"].map(|name| format!("docs/decisions/{name}.md"));

        let found = found(&files.each_ref().map(|path| (path.as_str(), COMPLETE)));

        assert_eq!(found, ["docs/decisions/0003-c.md:1: Close the gap: 0002 is missing."]);
    }

    #[test]
    fn a_number_that_is_taken_is_found_once() {
        let files = ["0001-a", "0001-b", "0002-c"].map(|name| format!("docs/decisions/{name}.md"));

        let found = found(&files.each_ref().map(|path| (path.as_str(), COMPLETE)));

        assert_eq!(
            found,
            ["docs/decisions/0001-b.md:1: Take the next free number: 0001 is taken."]
        );
    }

    #[test]
    fn a_decision_without_a_number_is_found() {
        assert_eq!(found(&[("docs/decisions/sqlite.md", COMPLETE)]).len(), 1);
    }
}
