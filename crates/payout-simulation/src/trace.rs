//! What happened in a world, in order.

use std::collections::VecDeque;
use std::fmt;

use uuid::Uuid;

/// The last happenings of a world, and a digest of all of them: two runs with one digest were the
/// same.
#[derive(Debug)]
pub(crate) struct Trace {
    digest: u64,
    last: VecDeque<Entry>,
    kept_max: usize,
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Milliseconds since the world began.
    pub(crate) at: u64,
    /// What.
    pub(crate) what: &'static str,
    /// To whom; nil if to nobody.
    pub(crate) whom: Uuid,
    /// A number that belongs to it.
    pub(crate) number: u64,
}

/// Offset and prime of the 64-bit FNV-1a.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

impl Trace {
    /// Keeps so many of the last happenings.
    pub(crate) fn keeping(kept_max: usize) -> Self {
        Self { digest: OFFSET, last: VecDeque::new(), kept_max }
    }

    pub(crate) fn write(&mut self, entry: Entry) {
        let (high, low) = entry.whom.as_u64_pair();
        for word in [entry.at, high, low, entry.number] {
            self.mix(word);
        }
        for byte in entry.what.bytes() {
            self.mix(u64::from(byte));
        }
        if self.last.len() >= self.kept_max {
            self.last.pop_front();
        }
        self.last.push_back(entry);
    }

    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }

    /// The last happenings, one a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.last.iter().map(ToString::to_string).collect()
    }

    fn mix(&mut self, word: u64) {
        self.digest = (self.digest ^ word).wrapping_mul(PRIME);
        // The multiplication carries upwards only; this brings the high bits back down.
        self.digest ^= self.digest >> 32;
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at.checked_div(1000).unwrap_or_default();
        let (hours, rest) = (seconds.checked_div(3600), seconds.checked_rem(3600));
        let rest = rest.unwrap_or_default();
        let (minutes, seconds) = (rest.checked_div(60), rest.checked_rem(60));
        let (hours, minutes) = (hours.unwrap_or_default(), minutes.unwrap_or_default());
        let (seconds, thousandths) = (seconds.unwrap_or_default(), self.at.checked_rem(1000));
        let thousandths = thousandths.unwrap_or_default();
        write!(f, "{hours:4}:{minutes:02}:{seconds:02}.{thousandths:03}  {}", self.what)?;
        if !self.whom.is_nil() {
            write!(f, " {}", self.whom)?;
        }
        if self.number > 0 { write!(f, " ({})", self.number) } else { Ok(()) }
    }
}
