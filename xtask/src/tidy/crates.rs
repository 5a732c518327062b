//! What every crate owes its reader: a name, a sentence, a row on the map, the shared lints.

use super::finding::{Finding, numbered};
use super::house::House;
use super::workspace::Crate;

const ARCHITECTURE: &str = "docs/architecture.md";

/// Finds crates that cannot be found by their name or say nothing about themselves.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let members = house.crates.iter().flat_map(|member| check_crate(house, member));
    members.chain(rows_without_a_crate(house)).collect()
}

fn check_crate(house: &House, member: &Crate) -> Vec<Finding> {
    let findings = [
        name(member),
        description(member),
        lints(house, member),
        row(house, member),
        crate_docs(house, member),
    ];
    findings.into_iter().flatten().collect()
}

fn name(member: &Crate) -> Option<Finding> {
    let folder = member.folder.rsplit('/').next().unwrap_or_default();
    (folder != member.name).then(|| {
        let advice = format!("Name the folder `{}`, like the crate.", member.name);
        Finding::new(&member.manifest(), 1, advice)
    })
}

fn description(member: &Crate) -> Option<Finding> {
    let description = member.description.as_str();
    let is_one_sentence =
        description.ends_with('.') && !description.contains(". ") && !description.contains('\n');
    (!is_one_sentence).then(|| {
        let advice = "Describe the crate in one sentence that ends with a full stop.";
        Finding::new(&member.manifest(), 1, advice)
    })
}

fn lints(house: &House, member: &Crate) -> Option<Finding> {
    let manifest = house.tree.text(&member.manifest());
    let inherits = manifest.contains("[lints]\nworkspace = true")
        || manifest.lines().any(|line| line == "lints.workspace = true");
    (!inherits).then(|| {
        Finding::new(&member.manifest(), 1, "Take the shared lints: `lints.workspace = true`.")
    })
}

fn row(house: &House, member: &Crate) -> Option<Finding> {
    let name = format!("`{}`", member.name);
    let mut rows = house.tree.text(ARCHITECTURE).lines().filter(|line| line.starts_with('|'));
    (!rows.any(|row| row.contains(&name))).then(|| {
        let advice = format!("Give {name} a row in the table of crates.");
        Finding::new(ARCHITECTURE, 1, advice)
    })
}

fn crate_docs(house: &House, member: &Crate) -> Option<Finding> {
    let roots = ["src/lib.rs", "src/main.rs"].map(|root| format!("{}/{root}", member.folder));
    let silent = |root: &&String| house.tree.has(root) && !opens_with_docs(house.tree.text(root));
    roots
        .iter()
        .find(silent)
        .map(|root| Finding::new(root, 1, "Open the crate with `//!` docs that say what it is."))
}

fn opens_with_docs(source: &str) -> bool {
    source.starts_with("//!") || source.starts_with("#![doc")
}

/// A map that still shows what was torn down is as bad as one that lacks a room.
fn rows_without_a_crate(house: &House) -> Vec<Finding> {
    let rows = numbered(house.tree.text(ARCHITECTURE));
    let named = rows.filter_map(|(number, line)| Some((number, crate_of_row(line)?)));
    named
        .filter(|(_, name)| !house.crates.iter().any(|member| member.name == *name))
        .map(|(number, name)| {
            let advice = format!("Take the row of `{name}` away: there is no such crate.");
            Finding::new(ARCHITECTURE, number, advice)
        })
        .collect()
}

fn crate_of_row(line: &str) -> Option<&str> {
    let cell = line.strip_prefix('|')?.split('|').next()?.trim();
    let name = cell.strip_prefix('`')?.strip_suffix('`')?;
    name.starts_with("payout-").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;
    use crate::tidy::tree::Tree;

    const MANIFEST: (&str, &str) =
        ("crates/payout-wire/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n");
    const LIBRARY: (&str, &str) = ("crates/payout-wire/src/lib.rs", "//! The wire.\n");
    const MAP: (&str, &str) = (ARCHITECTURE, "| crate |\n|---|\n| `payout-wire` |\n");

    fn findings_of(member: Crate, files: &[(&str, &str)]) -> Vec<String> {
        let house = House { tree: Tree::of(files), ..House::of_crates(vec![member]) };
        findings(check, &house)
    }

    fn wire() -> Crate {
        Crate::named("payout-wire")
    }

    #[test]
    fn a_crate_that_pays_its_dues_has_no_findings() {
        assert!(findings_of(wire(), &[MANIFEST, LIBRARY, MAP]).is_empty());
    }

    #[test]
    fn a_folder_with_another_name_is_found() {
        let mut member = wire();
        member.folder = "crates/wire".to_owned();
        let manifest = ("crates/wire/Cargo.toml", MANIFEST.1);

        assert_eq!(
            findings_of(member, &[manifest, MAP]),
            ["crates/wire/Cargo.toml:1: Name the folder `payout-wire`, like the crate."]
        );
    }

    #[test]
    fn a_description_is_exactly_one_sentence() {
        for wrong in ["", "No full stop", "Two. Sentences."] {
            let mut member = wire();
            member.description = wrong.to_owned();

            assert_eq!(findings_of(member, &[MANIFEST, LIBRARY, MAP]).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_crate_without_the_shared_lints_is_found() {
        let manifest = (MANIFEST.0, "[package]\n");

        let found = findings_of(wire(), &[manifest, LIBRARY, MAP]);

        assert!(found.concat().contains("Take the shared lints"), "{found:?}");
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let prose = (ARCHITECTURE, "The crate `payout-wire` is not in a table.\n");

        let found = findings_of(wire(), &[MANIFEST, LIBRARY, prose]);

        assert_eq!(
            found,
            ["docs/architecture.md:1: Give `payout-wire` a row in the table of crates."]
        );
    }

    #[test]
    fn a_row_without_a_crate_is_found() {
        let map = "| `payout-wire` |\n| `payout-carrier-pigeon` |\n";

        let found = findings_of(wire(), &[MANIFEST, LIBRARY, (ARCHITECTURE, map)]);

        assert_eq!(
            found,
            ["docs/architecture.md:2: Take the row of `payout-carrier-pigeon` away: \
              there is no such crate."]
        );
    }

    #[test]
    fn a_crate_without_docs_is_found() {
        let library = (LIBRARY.0, "pub mod money;\n");

        let found = findings_of(wire(), &[MANIFEST, library, MAP]);

        assert!(found.concat().starts_with("crates/payout-wire/src/lib.rs:1:"), "{found:?}");
    }
}
