//! Whether the record is what was written.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::chain::Head;
use super::{FOLDER, segments};
use crate::failure::Failure;

/// A record of which every line is what was written after the line before it.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    /// The number of the first line that is there.
    pub(crate) first: u64,
    /// The last line; `None` if there is none.
    pub(crate) head: Option<Head>,
    /// Whether the head that was asked for is one of the lines; `None` if none was.
    pub(crate) found: Option<bool>,
}

/// Where the chain breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) segment: PathBuf,
    /// The line in its segment, from 1.
    pub(crate) line: usize,
    /// The last line before it that is what was written.
    pub(crate) after: Option<u64>,
}

/// Reads the record of a data directory from its first line to its last. Where old segments were put
/// away, it begins with the first that is there, and believes what that says of the one before.
pub(crate) fn verify(
    data: &Path,
    looked_for: Option<&Head>,
) -> Result<Result<Verified, Broken>, Failure> {
    let segments = segments(&data.join(FOLDER))?;
    let begins = segments.first().is_none_or(|(number, _)| *number == 1);
    let mut head = begins.then(Head::nothing);
    let (mut first, mut found) = (None, looked_for.map(|_| false));
    for (_, segment) in &segments {
        let failed = |error| Failure::failed(&segment.display().to_string(), &error);
        let lines = BufReader::new(File::open(segment).map_err(failed)?).split(b'\n');
        for (at, line) in (1..).zip(lines) {
            let line = line.map_err(failed)?;
            let text = std::str::from_utf8(&line).ok();
            let next = match &head {
                Some(head) => text.and_then(|line| head.follow(line)),
                None => text.and_then(Head::claimed_by),
            };
            let Some(next) = next else {
                let after = head.map(|head| head.number).filter(|number| *number > 0);
                return Ok(Err(Broken { segment: segment.clone(), line: at, after }));
            };
            if looked_for == Some(&next) {
                found = Some(true);
            }
            first.get_or_insert(next.number);
            head = Some(next);
        }
    }
    let head = head.filter(|head| head.number > 0);
    Ok(Ok(Verified { first: first.unwrap_or(1), head, found }))
}
