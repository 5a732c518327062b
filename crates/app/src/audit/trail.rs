//! Writing the record.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base16ct::lower;
use payout_http_server::{AuditEntry, AuditFailed, AuditTrail, AuditWho};
use payout_wire::timestamp;

use super::chain::{Head, Line};
use super::{FOLDER, SUFFIX, segments};
use crate::credentials::create_private_directory;
use crate::failure::Failure;

/// The record of a server.
///
/// What was recorded is in the hands of the operating system, so it outlives the process; once a second
/// a thread brings it to the disk. A line is written by whoever answers: that takes a few microseconds,
/// less than to wake another thread for it and to be woken by it.
#[derive(Clone, Debug)]
pub(crate) struct AuditFiles {
    writer: Arc<Mutex<Writer>>,
    /// Nothing is ever sent: when the last record is dropped, the thread hears that it may end.
    _alive: mpsc::Sender<()>,
}

/// The size from which on a segment is followed by another, in bytes.
const SEGMENT_MAX: u64 = 64 * 1024 * 1024;

/// How long what was written may be in the hands of the operating system alone.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// How often the head is told to the log.
const TELL_EVERY: Duration = Duration::from_hours(1);

/// The longest line that is ever written is far below this.
const LINE_MAX: u64 = 64 * 1024;

impl AuditFiles {
    /// Goes on with the record of a data directory. What a crash has left of a line that nobody was
    /// answered for is taken away.
    pub(crate) fn open(data: &Path) -> Result<Self, Failure> {
        let folder = data.join(FOLDER);
        let wrong = |error: io::Error| Failure::failed(&folder.display().to_string(), &error);
        create_private_directory(&folder)?;
        let (number, path) = match segments(&folder)?.pop() {
            Some(last) => last,
            None => (1, segment(&folder, 1)),
        };
        let mut file = open(&path).map_err(wrong)?;
        let head = continued(&mut file, number, &folder)?;
        let size = file.metadata().map_err(wrong)?.len();
        let (file, told, unsynced) = (Arc::new(file), Instant::now(), Vec::new());
        let writer = Writer { folder, file, number, size, head, told, unsynced };
        let writer = Arc::new(Mutex::new(writer));
        let (alive, ended) = mpsc::channel();
        let written = Arc::clone(&writer);
        thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || sync_until(&ended, &written))
            .map_err(|error| Failure::failed("audit", &error))?;
        Ok(Self { writer, _alive: alive })
    }
}

#[async_trait]
impl AuditTrail for AuditFiles {
    async fn record(&self, entry: AuditEntry) -> Result<(), AuditFailed> {
        locked(&self.writer).write(&entry)
    }
}

#[derive(Debug)]
struct Writer {
    folder: PathBuf,
    file: Arc<File>,
    number: u64,
    size: u64,
    head: Head,
    told: Instant,
    /// What was written to since the last sync.
    unsynced: Vec<Arc<File>>,
}

impl Writer {
    /// The whole line or nothing: what was written of one that failed is taken away again.
    fn write(&mut self, entry: &AuditEntry) -> Result<(), AuditFailed> {
        let (head, text) = line(&self.head, entry).ok_or(AuditFailed)?;
        let written = self.roll().and_then(|()| (&*self.file).write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::error!(%error, "the audit trail cannot be written: nothing is done without it");
            if let Err(error) = self.file.set_len(self.size) {
                tracing::error!(%error, "half a line of the audit trail stays");
            }
            return Err(AuditFailed);
        }
        self.size = self.size.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
        self.head = head;
        if self.unsynced.last().is_none_or(|last| !Arc::ptr_eq(last, &self.file)) {
            self.unsynced.push(Arc::clone(&self.file));
        }
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            tracing::info!(head = %self.head, "the audit trail has come so far");
        }
        Ok(())
    }

    /// Begins another segment if this one is full.
    fn roll(&mut self) -> io::Result<()> {
        if self.size < SEGMENT_MAX {
            return Ok(());
        }
        let number = self.number.saturating_add(1);
        self.file = Arc::new(open(&segment(&self.folder, number))?);
        (self.number, self.size) = (number, 0);
        Ok(())
    }
}

/// Brings to the disk what was written, once a second and at the end. Nobody waits for it.
fn sync_until(ended: &mpsc::Receiver<()>, writer: &Mutex<Writer>) {
    loop {
        let waited = ended.recv_timeout(SYNC_EVERY);
        let unsynced = std::mem::take(&mut locked(writer).unsynced);
        for file in unsynced {
            if let Err(error) = file.sync_data() {
                tracing::error!(%error, "the audit trail could not be brought to the disk");
            }
        }
        if waited == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

/// A head is that of a whole line, whoever panicked.
fn locked(writer: &Mutex<Writer>) -> MutexGuard<'_, Writer> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

fn line(head: &Head, entry: &AuditEntry) -> Option<(Head, String)> {
    let who = match &entry.who {
        AuditWho::Nobody => "-".to_owned(),
        AuditWho::Client(id) => format!("client:{id}"),
        AuditWho::Operator(name) => format!("operator:{name}"),
    };
    let line = Line {
        number: head.number.checked_add(1)?,
        at: timestamp::to_micros(entry.at),
        who,
        key: entry.key.as_deref(),
        from: entry.from.to_string(),
        what: format!("{} {}", entry.method, entry.path),
        request: entry.request.map(|digest| lower::encode_string(&digest)),
        status: entry.status,
        trace_id: &entry.trace_id,
        left_out: entry.left_out,
    };
    head.next(&line).ok()
}

fn segment(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:06}{SUFFIX}"))
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

/// The head of a record, from the end of its last segment.
fn continued(file: &mut File, number: u64, folder: &Path) -> Result<Head, Failure> {
    let wrong = |error: io::Error| Failure::failed("audit", &error);
    let size = file.metadata().map_err(wrong)?.len();
    let start = size.saturating_sub(LINE_MAX);
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(start)).map_err(wrong)?;
    file.read_to_end(&mut end).map_err(wrong)?;
    let whole = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
    let torn = end.len().saturating_sub(whole);
    if torn > 0 {
        let keep = size.saturating_sub(u64::try_from(torn).unwrap_or(u64::MAX));
        file.set_len(keep).map_err(wrong)?;
        tracing::warn!(bytes = torn, "half a line of the audit trail was taken away");
    }
    let lines = end.get(..whole.saturating_sub(1)).unwrap_or_default();
    let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    if last.is_empty() {
        return previous(number, folder);
    }
    let head = std::str::from_utf8(last).ok().and_then(Head::claimed_by);
    head.ok_or_else(|| {
        let sentence = "the last line of the audit trail is none; `payout audit verify` says more";
        Failure::configuration(sentence.to_owned())
    })
}

/// A segment that was begun and not written to follows the one before it.
fn previous(number: u64, folder: &Path) -> Result<Head, Failure> {
    let before = number.saturating_sub(1);
    if before == 0 {
        return Ok(Head::nothing());
    }
    let path = segment(folder, before);
    let wrong = |error: io::Error| Failure::failed(&path.display().to_string(), &error);
    let text = fs::read_to_string(&path).map_err(wrong)?;
    let last = text.lines().next_back().and_then(Head::claimed_by);
    last.ok_or_else(|| Failure::configuration(format!("{}: has no line", path.display())))
}
