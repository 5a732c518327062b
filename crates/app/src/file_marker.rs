//! The mark of a store, in a file of its own.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use base16ct::lower;
use payout_domain::Timestamp;
use payout_ports::{Marker, RepositoryError, StoreMark};
use payout_signature::digest;
use tokio::sync::Mutex;

use crate::credentials::write_private;

/// Keeps the mark in a small text file with two places, of which the older one is written over: a write
/// that a crash cut off leaves the other. Nothing is made or renamed, so that a mark costs one
/// `fdatasync` of bytes that are there already; before each claim one is written.
#[derive(Clone, Debug)]
pub(crate) struct FileMarker {
    path: PathBuf,
    /// Held by whoever writes: two would take the same place.
    writing: Arc<Mutex<()>>,
}

/// How long a place is, in bytes.
const PLACE_LEN: usize = 1024;

/// A mark that was read, and which write it was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    number: u64,
    mark: StoreMark,
}

impl FileMarker {
    /// The mark in this file, which need not exist yet.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), writing: Arc::default() }
    }
}

#[async_trait]
impl Marker for FileMarker {
    async fn read(&self) -> Result<Option<StoreMark>, RepositoryError> {
        let path = self.path.clone();
        Ok(aside(move || read(&path)).await?.map(|written| written.mark))
    }

    async fn write(&self, mark: &StoreMark) -> Result<(), RepositoryError> {
        let _nobody_else_writes = self.writing.lock().await;
        let (path, mark) = (self.path.clone(), mark.clone());
        aside(move || write(&path, mark)).await
    }
}

/// Does what may wait for a disk where nobody else waits behind it.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RepositoryError> + Send + 'static,
) -> Result<T, RepositoryError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|stopped| RepositoryError::Unavailable(stopped.into()))?
}

fn read(path: &Path) -> Result<Option<Written>, RepositoryError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RepositoryError::Unavailable(error.into())),
    };
    let no_mark = || {
        let path = path.display();
        format!("{path} is no mark of a store; move it away and start with --adopt")
    };
    newest(&text).map(Some).ok_or_else(|| RepositoryError::Corrupt(no_mark().into()))
}

/// The newer of the two that can be read.
fn newest(text: &[u8]) -> Option<Written> {
    let (first, second) = text.split_at_checked(PLACE_LEN)?;
    if second.len() != PLACE_LEN {
        return None;
    }
    let places = [first, second].into_iter().filter_map(|place| parse(place.trim_ascii_end()));
    places.max_by_key(|written| written.number)
}

fn write(path: &Path, mark: StoreMark) -> Result<(), RepositoryError> {
    // What is no mark is replaced: whoever adopts a store says so by that.
    let known = read(path).ok().flatten();
    if known.as_ref().is_some_and(|known| known.mark.outlives(&mark)) {
        return Ok(());
    }
    let number = known.as_ref().map_or(0, |known| known.number.wrapping_add(1));
    let place = place(&Written { number, mark })?;
    match known {
        Some(_) => write_over(path, number, &place)
            .map_err(|error| RepositoryError::Unavailable(error.into())),
        None => write_private(path, &[place.as_str(), &place].concat())
            .map_err(|failure| RepositoryError::Unavailable(failure.to_string().into())),
    }
}

/// Every other write is in the second place.
fn write_over(path: &Path, number: u64, place: &str) -> io::Result<()> {
    let file: File = OpenOptions::new().write(true).open(path)?;
    let offset = if number.is_multiple_of(2) { 0 } else { u64::try_from(PLACE_LEN).unwrap_or(0) };
    file.write_all_at(place.as_bytes(), offset)?;
    file.sync_data()
}

/// The lines of a mark, filled up with spaces.
fn place(written: &Written) -> Result<String, RepositoryError> {
    let lines = lines(written);
    if lines.len() >= PLACE_LEN {
        return Err(RepositoryError::Unavailable(
            "the place of the store has too long a name".into(),
        ));
    }
    Ok(format!("{lines:<width$}\n", width = PLACE_LEN.saturating_sub(1)))
}

fn lines(Written { number, mark }: &Written) -> String {
    let StoreMark { store, place, sequence, latest_at } = mark;
    let latest = latest_at.map_or_else(|| "none".to_owned(), |at| at.as_micros().to_string());
    let lines = format!(
        "write {number}\nstore {store}\nplace {place}\nsequence {sequence}\nlatest {latest}\n"
    );
    let check = check(&lines);
    format!("{lines}check {check}\n")
}

/// By this a mark that was half written is told from a whole one.
fn check(lines: &str) -> String {
    lower::encode_string(&digest::sha256(&[lines.as_bytes()]))
}

fn parse(text: &[u8]) -> Option<Written> {
    let text = std::str::from_utf8(text).ok()?;
    let (lines, sum) = text.rsplit_once("check ")?;
    if sum != check(lines) {
        return None;
    }
    let mut lines = lines.lines();
    let mut member = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let number = member("write")?.parse().ok()?;
    let mark = StoreMark {
        store: member("store")?.into(),
        place: member("place")?.into(),
        sequence: member("sequence")?.parse().ok()?,
        latest_at: match member("latest")? {
            "none" => None,
            micros => Some(Timestamp::from_micros(micros.parse().ok()?)),
        },
    };
    Some(Written { number, mark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> [StoreMark; 2] {
        let mark = |sequence, latest_at| StoreMark {
            store: "5a0e4c1d9b724f868a3e61c2d7f0b9a4".into(),
            place: "disk 00ff inode 17".into(),
            sequence,
            latest_at,
        };
        [mark(0, None), mark(u64::MAX, Some(Timestamp::from_micros(-1)))]
    }

    #[tokio::test]
    async fn the_last_mark_is_read_back() {
        let directory = tempfile::tempdir().expect("there is room for a file");
        let marker = FileMarker::at(&directory.path().join("store.mark"));
        assert_eq!(marker.read().await.expect("it can be missing"), None);

        for mark in marks() {
            marker.write(&mark).await.expect("there is room for a file");

            assert_eq!(marker.read().await.expect("it is there"), Some(mark));
        }
    }

    #[tokio::test]
    async fn of_many_marks_at_once_the_furthest_stays() {
        let directory = tempfile::tempdir().expect("there is room for a file");
        let marker = FileMarker::at(&directory.path().join("store.mark"));
        let [start, _] = marks();
        let mut writes = tokio::task::JoinSet::new();
        for sequence in 0..64 {
            let (marker, mark) = (marker.clone(), StoreMark { sequence, ..start.clone() });
            writes.spawn(async move { marker.write(&mark).await });
        }

        while let Some(written) = writes.join_next().await {
            written.expect("it does not panic").expect("there is room for a file");
        }

        let last = marker.read().await.expect("it is there").expect("it was written");
        assert_eq!(last.sequence, 63);
    }

    #[tokio::test]
    async fn what_is_no_mark_is_never_taken_for_a_missing_one() {
        let directory = tempfile::tempdir().expect("there is room for a file");
        let path = directory.path().join("store.mark");
        FileMarker::at(&path).write(&marks()[0]).await.expect("there is room for a file");
        let whole = std::fs::read(&path).expect("it was written");
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).expect("there is room for a file");

            let read = FileMarker::at(&path).read().await;

            assert!(matches!(read, Err(RepositoryError::Corrupt(_))), "{end}: {read:?}");
        }
    }

    #[tokio::test]
    async fn a_write_that_was_cut_off_leaves_the_mark_before_it() {
        let directory = tempfile::tempdir().expect("there is room for a file");
        let path = directory.path().join("store.mark");
        let marker = FileMarker::at(&path);
        let mark = |sequence| StoreMark { sequence, ..marks()[0].clone() };
        for sequence in 1..6 {
            marker.write(&mark(sequence)).await.expect("there is room for a file");
            let before = std::fs::read(&path).expect("it was written");
            marker.write(&mark(sequence + 1)).await.expect("there is room for a file");
            let after = std::fs::read(&path).expect("it was written");
            let changed: Vec<_> = (0..after.len()).filter(|at| before[*at] != after[*at]).collect();

            for cut in &changed {
                let torn = [&after[..*cut], &before[*cut..]].concat();
                std::fs::write(&path, torn).expect("there is room for a file");

                let read = marker.read().await.expect("one of the two is whole");
                assert_eq!(read, Some(mark(sequence)), "cut at {cut}");
            }
            std::fs::write(&path, before).expect("there is room for a file");
        }
    }

    #[tokio::test]
    async fn the_file_never_grows_and_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().expect("there is room for a file");
        let path = directory.path().join("store.mark");
        for sequence in 0..5 {
            let mark = StoreMark { sequence, ..marks()[0].clone() };
            FileMarker::at(&path).write(&mark).await.expect("there is room for a file");

            let metadata = std::fs::metadata(&path).expect("it was written");
            assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (2048, 0o600));
        }
    }
}
