//! Everything that the checks look at, read once.

use super::tree::Tree;
use super::workspace::{self, Crate};
use crate::cli;
use anyhow::Result;
use std::path::Path;

/// The workspace as the checks see it.
#[derive(Debug, Default)]
pub(crate) struct House {
    pub(crate) tree: Tree,
    pub(crate) crates: Vec<Crate>,
    pub(crate) verbs: Vec<String>,
}

impl House {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let (tree, crates) = (Tree::read(root)?, workspace::read(root)?);
        Ok(Self { tree, crates, verbs: cli::verbs() })
    }
}

#[cfg(test)]
impl House {
    /// Builds a house in memory that holds only these files.
    pub(crate) fn of_files(files: &[(&str, &str)]) -> Self {
        Self { tree: Tree::of(files), ..Self::default() }
    }

    /// Builds a house in memory that holds only these crates.
    pub(crate) fn of_crates(crates: Vec<Crate>) -> Self {
        Self { crates, ..Self::default() }
    }
}

/// Runs a check and writes its findings as `tidy` prints them.
#[cfg(test)]
pub(crate) fn findings(check: super::Check, house: &House) -> Vec<String> {
    check(house).iter().map(ToString::to_string).collect()
}
