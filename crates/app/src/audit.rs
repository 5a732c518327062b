//! Who did what: an append-only record, each entry of which names the one before it.
//!
//! The record lies in `audit/` of the data directory, in segments of lines of JSON. Each line ends with
//! a digest of itself and of the digest of the line before it, so that a line that is changed, removed
//! or moved breaks the chain from there on. What is cut off at the end breaks nothing: whoever wants to
//! notice that keeps the newest digest elsewhere, where it is written each hour, too.

mod chain;
mod trail;
mod verify;

pub(crate) use chain::Head;
pub(crate) use trail::AuditFiles;
pub(crate) use verify::{Broken, Verified, verify};

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folder of the record, below a data directory.
const FOLDER: &str = "audit";

/// Ends the name of a segment; the name is its number.
const SUFFIX: &str = ".jsonl";

/// The segments of a record by their numbers, in order.
fn segments(folder: &Path) -> Result<Vec<(u64, PathBuf)>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::failed(&folder.display().to_string(), &error)),
    };
    let number = |path: &Path| path.file_name()?.to_str()?.strip_suffix(SUFFIX)?.parse().ok();
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<_> = paths.filter_map(|path| Some((number(&path)?, path))).collect();
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
