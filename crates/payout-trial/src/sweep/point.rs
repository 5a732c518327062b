//! The points at which a life is ended.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is done at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// The process is killed while it works on a payout.
    Working,
    /// The disk fails while it works on a payout.
    Failing,
    /// The process is killed while it starts on an empty store.
    Starting,
}

/// The n-th call of one kind, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) act: Act,
    pub(crate) call: &'static str,
    pub(crate) nth: u32,
}

/// All points, and how far they have been tried.
#[derive(Debug)]
pub(crate) struct Points {
    stride: u32,
    series: Mutex<BTreeMap<(Act, &'static str), Series>>,
}

/// The points of one act and one call.
#[derive(Clone, Copy, Debug, Default)]
struct Series {
    /// How many there were when somebody looked on.
    seen: u32,
    next: u32,
    struck: u32,
    over: bool,
}

/// By what a payout reaches the disk or the wire. Plain `write` is not among them: while the service
/// works, only its log and the wake-up calls of its threads go that way.
pub(crate) const WORKING: &[&str] = &[
    "pwrite64",
    "pwritev",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fallocate",
    "rename",
    "unlink",
    "writev",
    "sendto",
    "sendmsg",
];

/// What a failing disk answers with an error.
const FAILING: &[&str] = &["pwrite64", "fsync", "fdatasync", "ftruncate"];

/// What a start writes: keys and announcements by plain `write` as well.
pub(crate) const STARTING: &[&str] = &[
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "unlink",
    "sendto",
    "writev",
];

impl Points {
    /// No points yet; of those that occur, every so-many-th is to be tried.
    pub(crate) fn new(stride: u32) -> Self {
        Self { stride: stride.max(1), series: Mutex::default() }
    }

    /// Adds the points of an act, now that somebody has looked of how many calls it is made.
    pub(crate) fn occur(&self, act: Act, seen: &BTreeMap<String, u32>) {
        let calls = match act {
            Act::Working => WORKING,
            Act::Failing => FAILING,
            Act::Starting => STARTING,
        };
        for call in calls {
            if let Some(seen) = seen.get(*call) {
                let series = Series { seen: *seen, next: 1, ..Series::default() };
                self.lock().insert((act, *call), series);
            }
        }
    }

    /// Series of which far fewer points were met than there were when somebody looked on. No two lives
    /// make exactly the same calls, but a sweep that ends early proves nothing.
    pub(crate) fn missed(&self) -> Vec<String> {
        let all = self.lock();
        let missed = all.iter().filter(|(_, series)| {
            let met = series.struck.saturating_mul(self.stride);
            met.saturating_mul(2) < series.seen
        });
        missed.map(|((act, call), s)| format!("{act} {call}: {} of {}", s.struck, s.seen)).collect()
    }

    /// The next point; `None` if all have been tried.
    pub(crate) fn next(&self) -> Option<Point> {
        let mut all = self.lock();
        let ((act, call), series) = all.iter_mut().find(|(_, series)| !series.over)?;
        let point = Point { act: *act, call, nth: series.next };
        series.next = series.next.saturating_add(self.stride);
        Some(point)
    }

    /// Notes whether a life came as far as this point; if not, there are no further ones.
    pub(crate) fn tried(&self, point: Point, struck: bool) {
        if let Some(series) = self.lock().get_mut(&(point.act, point.call)) {
            series.struck = series.struck.saturating_add(u32::from(struck));
            series.over |= !struck;
        }
    }

    /// How many lives were ended, by act and call.
    pub(crate) fn struck(&self) -> Vec<(Act, &'static str, u32)> {
        let all = self.lock();
        let struck = all.iter().map(|((act, call), series)| (*act, *call, series.struck));
        struck.filter(|(_, _, count)| *count > 0).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Act, &'static str), Series>> {
        self.series.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Working => "killed at",
            Self::Failing => "disk error at",
            Self::Starting => "killed in the first start at",
        })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.act, self.call, self.nth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_ends_where_no_life_comes_any_more() {
        let points = Points::new(2);
        points.occur(Act::Failing, &BTreeMap::from([("fsync".to_owned(), 6)]));
        let mut tried = Vec::new();

        while let Some(point) = points.next() {
            tried.push(point);
            points.tried(point, point.nth < 6);
        }

        assert_eq!(tried.iter().map(|point| point.nth).collect::<Vec<_>>(), [1, 3, 5, 7]);
        assert_eq!(points.struck(), [(Act::Failing, "fsync", 3)]);
        assert_eq!(points.missed(), [""; 0]);
    }

    #[test]
    fn a_series_that_ends_early_is_missed() {
        let points = Points::new(1);
        points.occur(Act::Working, &BTreeMap::from([("fsync".to_owned(), 6)]));

        while let Some(point) = points.next() {
            points.tried(point, point.nth < 3);
        }

        assert_eq!(points.missed(), ["killed at fsync: 2 of 6"]);
    }
}
