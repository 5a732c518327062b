//! Keys that signatures are verified by again and again.

mod difference;
mod shelf;

use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use aws_lc_rs::rand;

pub use self::difference::Difference;
use self::shelf::Shelf;
use crate::digest;
use crate::key::VerifyingKey;
use crate::key_tables::{KeyTables, Verdict};

/// Keys that signatures are verified by again and again, each by [tables](KeyTables) of its own.
///
/// - A key gets its tables when the library has taken a signature by it; they are made by a thread of
///   their own, and until they are there the library verifies. So nobody waits, and forgeries make
///   nothing.
/// - Only so many keys have tables. A key that comes to a full house must be used many times before it
///   takes the place of the one that was used least recently.
/// - What the tables are not sure of the library decides.
/// - Verdicts picked by chance are repeated by the library, whose verdict counts. On the first
///   difference the tables are thrown away, for as long as the process lives.
///
/// Copies are one.
#[derive(Clone)]
pub struct KnownKeys {
    inner: Arc<Inner>,
}

/// How much is spent on tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableLimits {
    /// How many keys have tables, of [`KeyTables::SIZE`] each.
    pub keys_max: NonZeroUsize,
    /// One in how many verdicts the library repeats; with 1 it is every one, and `None` is none.
    pub checked_one_in: Option<NonZeroU32>,
}

struct Inner {
    limits: TableLimits,
    shelf: Shelf,
    /// Whether a thread is making tables: there is one at a time.
    is_building: AtomicBool,
    /// Whether tables and library have ever differed.
    is_stopped: AtomicBool,
    tell: Box<dyn Fn(&Difference) + Send + Sync>,
}

impl KnownKeys {
    /// No keys yet. Of the first difference somebody is told, and it is the last.
    pub fn new(limits: TableLimits, tell: impl Fn(&Difference) + Send + Sync + 'static) -> Self {
        let inner = Inner {
            limits,
            shelf: Shelf::new(limits.keys_max),
            is_building: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
            tell: Box::new(tell),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Makes the tables of a key at once, for a caller who can wait: see [`KeyTables::build`].
    pub fn build(&self, key: &VerifyingKey) {
        self.inner.build(key);
    }

    /// Whether this key has tables now.
    pub fn has_tables(&self, key: &VerifyingKey) -> bool {
        self.inner.shelf.has(key.point())
    }

    /// Whether tables and library have differed, so that the library alone verifies from now on.
    pub fn is_stopped(&self) -> bool {
        self.inner.is_stopped.load(Ordering::Acquire)
    }

    pub(crate) fn has_signed(&self, key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
        let by_library = || key.has_signed(message, signature);
        if self.is_stopped() {
            return by_library();
        }
        let Some(tables) = self.inner.shelf.find(key.point()) else {
            let is_signed = by_library();
            if is_signed {
                self.want_tables(key);
            }
            return is_signed;
        };
        let digest = digest::sha512_of(message);
        let is_signed = match tables.verdict(&digest, signature) {
            Verdict::Signed => true,
            Verdict::NotSigned => false,
            Verdict::Unsure => return by_library(),
        };
        if !self.inner.is_checked() {
            return is_signed;
        }
        let library = by_library();
        if library != is_signed {
            self.inner.stop(&Difference::new(key, library, &digest, signature));
        }
        library
    }

    /// Has the tables of a key made, unless others are being made: then somebody will ask again.
    fn want_tables(&self, key: &VerifyingKey) {
        let inner = &self.inner;
        if !inner.shelf.is_worth_a_place(key.point())
            || inner.is_building.swap(true, Ordering::AcqRel)
        {
            return;
        }
        let (builder, key) = (Arc::clone(inner), key.clone());
        let thread = thread::Builder::new().name("key-tables".to_owned()).spawn(move || {
            builder.build(&key);
            builder.is_building.store(false, Ordering::Release);
        });
        if thread.is_err() {
            inner.is_building.store(false, Ordering::Release);
        }
    }
}

impl Inner {
    fn build(&self, key: &VerifyingKey) {
        if self.is_stopped.load(Ordering::Acquire) || self.shelf.has(key.point()) {
            return;
        }
        // A key that tables cannot be made of is one to the library only; it is not asked about again.
        self.shelf.put(key.point().clone(), KeyTables::build(key));
        if self.is_stopped.load(Ordering::Acquire) {
            self.shelf.clear();
        }
    }

    /// Whether the library repeats this verdict: by chance, so that nobody can tell beforehand.
    fn is_checked(&self) -> bool {
        let Some(one_in) = self.limits.checked_one_in else { return false };
        let mut chance = [0; 8];
        if rand::fill(&mut chance).is_err() {
            return true;
        }
        u64::from_be_bytes(chance).checked_rem(u64::from(one_in.get())) == Some(0)
    }

    fn stop(&self, difference: &Difference) {
        if !self.is_stopped.swap(true, Ordering::AcqRel) {
            self.shelf.clear();
            (self.tell)(difference);
        }
    }
}

impl fmt::Debug for KnownKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownKeys")
            .field("limits", &self.inner.limits)
            .field("is_stopped", &self.is_stopped())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
