//! Our crates and what their manifests say, from `cargo metadata`.

use super::finding::{Finding, numbered};
use super::tree::Tree;
use anyhow::Result;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use std::path::Path;

/// A crate of the workspace.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// From the root of the workspace.
    pub(crate) folder: String,
    pub(crate) description: String,
    pub(crate) uses: Vec<Use>,
}

/// A line below a `[dependencies]`.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
}

/// Whether the product needs a dependency, or only its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Product,
    Tests,
}

/// Asks cargo for the crates of the workspace.
pub(crate) fn read(root: &Path) -> Result<Vec<Crate>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let root = metadata.workspace_root.as_str();
    Ok(metadata.workspace_packages().into_iter().map(|package| read_crate(package, root)).collect())
}

impl Crate {
    pub(crate) fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// Makes a finding about a dependency, on the line where the manifest names it.
    pub(crate) fn finding(&self, tree: &Tree, dependency: &Use, advice: String) -> Finding {
        let manifest = self.manifest();
        let line = line_of(tree.text(&manifest), dependency);
        Finding::new(&manifest, line, advice)
    }
}

fn read_crate(package: &Package, root: &str) -> Crate {
    let manifest = package.manifest_path.as_str();
    let folder = manifest.trim_start_matches(root).trim_end_matches("Cargo.toml").trim_matches('/');
    let uses = package.dependencies.iter().map(|dependency| Use {
        name: dependency.name.clone(),
        kind: kind(dependency.kind),
        optional: dependency.optional,
    });
    Crate {
        name: package.name.to_string(),
        folder: folder.to_owned(),
        description: package.description.clone().unwrap_or_default(),
        uses: uses.collect(),
    }
}

/// A build script is part of the product: it decides what is compiled.
fn kind(kind: DependencyKind) -> Kind {
    if kind == DependencyKind::Development { Kind::Tests } else { Kind::Product }
}

/// The line in the section of the right kind; the first line where the manifest writes it otherwise.
fn line_of(manifest: &str, dependency: &Use) -> usize {
    let mut in_section = false;
    for (number, line) in numbered(manifest) {
        if let Some(section) = line.strip_prefix('[') {
            let kind = if section.contains("dev-") { Kind::Tests } else { Kind::Product };
            in_section = section.contains("dependencies") && kind == dependency.kind;
        } else if in_section && line.split(['.', ' ', '=']).next() == Some(&dependency.name) {
            return number;
        }
    }
    1
}

#[cfg(test)]
impl Crate {
    /// A crate without fault, at the place where its name belongs.
    pub(crate) fn named(name: &str) -> Self {
        let folder = if name == "xtask" { name.to_owned() } else { format!("crates/{name}") };
        let description = "One sentence.".to_owned();
        Self { name: name.to_owned(), folder, description, uses: Vec::new() }
    }

    pub(crate) fn using(self, name: &str) -> Self {
        self.with(name, Kind::Product, false)
    }

    pub(crate) fn using_optionally(self, name: &str) -> Self {
        self.with(name, Kind::Product, true)
    }

    pub(crate) fn testing_with(self, name: &str) -> Self {
        self.with(name, Kind::Tests, false)
    }

    fn with(mut self, name: &str, kind: Kind, optional: bool) -> Self {
        self.uses.push(Use { name: name.to_owned(), kind, optional });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_found_in_the_section_of_its_kind() {
        let manifest =
            "[dependencies]\nserde_json = \"1\"\n[dev-dependencies]\nserde_json.workspace = true\n";
        let tree = Tree::of(&[("crates/payout-memory/Cargo.toml", manifest)]);
        let memory = Crate::named("payout-memory").testing_with("serde_json");
        let dependency = memory.uses.first().expect("it has one");

        let finding = memory.finding(&tree, dependency, "Go.".to_owned());

        assert_eq!(finding.to_string(), "crates/payout-memory/Cargo.toml:4: Go.");
    }

    #[test]
    fn reads_the_crate_that_this_is() {
        let crates = read(&crate::process::workspace_root()).expect("cargo knows this workspace");
        let xtask = crates.iter().find(|candidate| candidate.name == "xtask");

        assert_eq!(xtask.map(Crate::manifest).as_deref(), Some("xtask/Cargo.toml"));
    }
}
