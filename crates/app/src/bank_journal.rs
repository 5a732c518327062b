//! Keeps what the bank of a sandbox has done in a file, so that it does it again after a restart.

mod provider_record;
mod record;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use payout_domain::Money;
use payout_memory::{BankJournal, BankOperation};
use payout_ports::Cause;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use record::Record;

/// A file of one JSON line for the opening balances and one for each operation. A line counts when it
/// is whole and synced; a piece of a line at the end is what a crash cut off, and never happened.
#[derive(Debug)]
pub(crate) struct FileJournal {
    file: Mutex<Option<File>>,
}

/// What a journal held when it was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) journal: FileJournal,
    pub(crate) opening_balances: Vec<Money>,
    pub(crate) operations: Vec<BankOperation>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    opening_balances: Vec<Money>,
}

impl FileJournal {
    /// Opens the journal in a directory, or begins one with these opening balances.
    pub(crate) fn open(directory: &Path, opening_balances: &[Money]) -> Result<Opened, Failure> {
        let path = directory.join("bank.ndjson");
        let wrong = |error: io::Error| Failure::failed(&path.display().to_string(), &error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(wrong)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(wrong)?;
        let whole = text.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let kept = u64::try_from(whole).unwrap_or(u64::MAX);
        file.set_len(kept).and_then(|()| file.seek(io::SeekFrom::Start(kept))).map_err(wrong)?;
        let mut lines = text.get(..whole).unwrap_or_default().lines();
        let head = if let Some(line) = lines.next() {
            read(&path, 1, line)?
        } else {
            let head = Head { opening_balances: opening_balances.to_vec() };
            append(&mut file, &head).map_err(wrong)?;
            head
        };
        let operations = lines
            .zip(2_usize..)
            .map(|(line, number)| {
                read::<Record>(&path, number, line).map(|Record(operation)| operation)
            })
            .collect::<Result<_, _>>()?;
        let journal = Self { file: Mutex::new(Some(file)) };
        Ok(Opened { journal, opening_balances: head.opening_balances, operations })
    }
}

impl BankJournal for FileJournal {
    fn append(&self, operation: &BankOperation) -> Result<(), Cause> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let open = file.as_mut().ok_or("the bank's journal is broken; start the sandbox again")?;
        let appended = append(open, &Record(operation.clone()));
        if appended.is_err() {
            // What is in the file now is not known, so nothing may come after it.
            *file = None;
        }
        Ok(appended?)
    }
}

fn append(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_data()
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path, number: usize, line: &str) -> Result<T, Failure> {
    serde_json::from_str(line).map_err(|error| {
        Failure::configuration(format!("{}, line {number}: {error}", path.display()))
    })
}

/// The journal's place in a data directory, for messages.
pub(crate) fn path(directory: &Path) -> PathBuf {
    directory.join("bank.ndjson")
}

#[cfg(test)]
mod tests {
    use super::*;
    use payout_domain::{FailureReason, Timestamp};

    fn operation(second: i64) -> BankOperation {
        BankOperation::FailNext {
            at: Timestamp::from_seconds(second),
            reason: FailureReason::Blocked,
        }
    }

    fn balances() -> Vec<Money> {
        vec!["10.00 GBP".parse().expect("it is an amount")]
    }

    #[test]
    fn what_was_appended_comes_back_in_order() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let opened = FileJournal::open(directory.path(), &balances()).expect("it is new");
        for second in 1..=3 {
            opened.journal.append(&operation(second)).expect("there is room");
        }

        let again = FileJournal::open(directory.path(), &[]).expect("it is whole");

        assert_eq!(again.operations, (1..=3).map(operation).collect::<Vec<_>>());
        assert_eq!(again.opening_balances, balances());
    }

    #[test]
    fn a_line_that_a_crash_cut_off_never_happened() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let opened = FileJournal::open(directory.path(), &balances()).expect("it is new");
        opened.journal.append(&operation(1)).expect("there is room");
        let text = std::fs::read_to_string(path(directory.path())).expect("it was written");
        std::fs::write(path(directory.path()), format!("{text}{{\"fail_ne")).expect("it is ours");

        let again = FileJournal::open(directory.path(), &[]).expect("the piece is dropped");
        again.journal.append(&operation(2)).expect("there is room");

        let last = FileJournal::open(directory.path(), &[]).expect("it is whole again");
        assert_eq!(last.operations, [operation(1), operation(2)]);
    }

    #[test]
    fn a_line_that_is_none_of_ours_is_named() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        FileJournal::open(directory.path(), &balances()).expect("it is new");
        let text = std::fs::read_to_string(path(directory.path())).expect("it was written");
        std::fs::write(path(directory.path()), format!("{text}nonsense\n")).expect("it is ours");

        let failure = FileJournal::open(directory.path(), &[]).expect_err("line 2 is no operation");

        assert!(failure.message.contains("line 2"), "{failure}");
    }
}
