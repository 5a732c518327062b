//! How long a file may be. (How long a function may be is clippy's question.)

use super::finding::Finding;
use super::house::House;

const LINES_MAX: usize = 600;
const LINES_NOTED: usize = 400;

/// Finds files that nobody reads to the end.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let sizes = sizes(house).into_iter().filter(|(_, lines)| *lines > LINES_MAX);
    sizes
        .map(|(path, lines)| {
            let advice = format!("Split the file: it has {lines} lines, the limit is {LINES_MAX}.");
            Finding::new(path, 1, advice)
        })
        .collect()
}

/// Names the files that are on their way to be too long.
pub(crate) fn notes(house: &House) -> Vec<Finding> {
    let growing = LINES_NOTED.saturating_add(1)..=LINES_MAX;
    let sizes = sizes(house).into_iter().filter(|(_, lines)| growing.contains(lines));
    sizes
        .map(|(path, lines)| Finding::new(path, 1, format!("Think of a split: {lines} lines.")))
        .collect()
}

fn sizes(house: &House) -> Vec<(&str, usize)> {
    house.tree.rust_files().map(|(path, text)| (path, text.lines().count())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    fn found(lines: usize) -> (Vec<String>, Vec<Finding>) {
        let house = House::of_files(&[("crates/app/src/main.rs", &"x\n".repeat(lines))]);
        (findings(check, &house), notes(&house))
    }

    #[test]
    fn a_file_over_the_limit_is_found() {
        let (found, notes) = found(601);

        assert_eq!(
            found,
            ["crates/app/src/main.rs:1: Split the file: it has 601 lines, the limit is 600."]
        );
        assert!(notes.is_empty());
    }

    #[test]
    fn a_long_file_within_the_limit_is_only_noted() {
        let (found, notes) = found(600);

        assert!(found.is_empty());
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn a_file_of_ordinary_length_is_not_mentioned() {
        let (found, notes) = found(400);

        assert!(found.is_empty() && notes.is_empty());
    }
}
