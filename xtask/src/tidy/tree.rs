//! The files of the workspace, as git knows them.

use crate::process::output_of;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Every file that is, or would be, committed; by its path from the root.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads tracked and new files; what `.gitignore` names is not there.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listing = output_of(git.current_dir(root))?;
        let paths = listing.split_terminator('\0');
        let files = paths.filter_map(|path| Some((path.to_owned(), text_of(&root.join(path))?)));
        Ok(Self { files: files.collect() })
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(crate) fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| has_ending(path, "rs"))
    }

    /// The text of a file; of a file that is not there, nothing.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    /// Whether there is a file, or a folder with files, at this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.files.keys().any(|file| file == path || file.starts_with(&folder))
    }
}

#[cfg(test)]
impl Tree {
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let owned = |&(path, text): &(&str, &str)| (path.to_owned(), text.to_owned());
        Self { files: files.iter().map(owned).collect() }
    }
}

/// Whether the path has this ending, which is given without its dot.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == ending)
}

/// Whether everything in this file is test code.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.contains("/benches/") || path.ends_with("/tests.rs")
}

/// A file that was deleted but not yet committed is gone; one that is no text has no lines.
fn text_of(path: &Path) -> Option<String> {
    let bytes = std::fs::read(path).ok()?;
    Some(String::from_utf8(bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_when_a_file_is_in_it() {
        let tree = Tree::of(&[("docs/decisions/0001-one.md", "")]);

        assert!(tree.has("docs/decisions"));
        assert!(!tree.has("docs/deci"));
    }

    #[test]
    fn reads_this_very_file() {
        let tree = Tree::read(&crate::process::workspace_root()).expect("this is a git repository");

        assert!(tree.text("xtask/src/tidy/tree.rs").contains("fn reads_this_very_file"));
    }
}
