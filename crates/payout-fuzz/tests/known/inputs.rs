//! What is known.

use std::path::{Path, PathBuf};

/// The folders whose files are what we and others write.
const GOLDENS: [&str; 4] = [
    "crates/payout-wire/tests/golden",
    "crates/payout-signature/tests/keys",
    "crates/payout-signature/tests/vectors",
    "crates/payout-signature/tests/forgeries",
];

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The golden files of the workspace.
pub(crate) fn goldens() -> Vec<Vec<u8>> {
    GOLDENS.iter().flat_map(|folder| files(&root().join(folder))).collect()
}

/// What is there for one target alone: its seeds, and what was once found.
pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let of = |kind: &str| files(&root().join("fuzz").join(kind).join(target));
    of("seeds").into_iter().chain(of("found")).collect()
}

/// The files of a folder; none if there is no such folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| std::fs::read(entry.path()).ok()).collect()
}
