//! The mark of a store, in a file of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use payout_domain::Timestamp;
use payout_ports::{Marker, RepositoryError, StoreMark};
use tokio::sync::Mutex;

use crate::credentials::write_private;

/// Keeps the mark in a small text file. It is written anew and put in the old one's place, so that a
/// crash leaves one of the two.
#[derive(Clone, Debug)]
pub(crate) struct FileMarker {
    path: PathBuf,
    /// Held by whoever writes: two would use one temporary file.
    writing: Arc<Mutex<()>>,
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
        let text = match tokio::fs::read_to_string(&self.path).await {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(RepositoryError::Unavailable(error.into())),
        };
        let no_mark = || {
            let path = self.path.display();
            format!("{path} is no mark of a store; move it away and start with --adopt")
        };
        parse(&text).map(Some).ok_or_else(|| RepositoryError::Corrupt(no_mark().into()))
    }

    async fn write(&self, mark: &StoreMark) -> Result<(), RepositoryError> {
        let _nobody_else_writes = self.writing.lock().await;
        // What is no mark is replaced: whoever adopts a store says so by that.
        if self.read().await.is_ok_and(|known| known.is_some_and(|known| known.outlives(mark))) {
            return Ok(());
        }
        let (path, text) = (self.path.clone(), text(mark));
        let written = tokio::task::spawn_blocking(move || write_private(&path, &text)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(failure)) => Err(RepositoryError::Unavailable(failure.to_string().into())),
            Err(stopped) => Err(RepositoryError::Unavailable(stopped.into())),
        }
    }
}

fn text(mark: &StoreMark) -> String {
    let StoreMark { store, place, sequence, latest_at } = mark;
    let latest = latest_at.map_or_else(|| "none".to_owned(), |at| at.as_micros().to_string());
    format!("store {store}\nplace {place}\nsequence {sequence}\nlatest {latest}\n")
}

fn parse(text: &str) -> Option<StoreMark> {
    let mut lines = text.lines();
    let mut member = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    Some(StoreMark {
        store: member("store")?.into(),
        place: member("place")?.into(),
        sequence: member("sequence")?.parse().ok()?,
        latest_at: match member("latest")? {
            "none" => None,
            micros => Some(Timestamp::from_micros(micros.parse().ok()?)),
        },
    })
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
        let whole = text(&marks()[0]);
        for end in 0..whole.len() - 1 {
            std::fs::write(&path, &whole[..end]).expect("there is room for a file");

            let read = FileMarker::at(&path).read().await;

            assert!(matches!(read, Err(RepositoryError::Corrupt(_))), "{end}: {read:?}");
        }
    }
}
