//! The tables that there are.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::key::Point;
use crate::key_tables::KeyTables;

/// How often a key must be used before it takes another's place. To make tables takes as long as to
/// verify some hundred times, so that keys that drive each other out cost a fraction of what the
/// library does anyway.
pub(super) const PATIENCE: u32 = 256;

/// The most keys that are counted until they are worth a place.
const COUNTED_MAX: usize = 1024;

/// The tables that there are, by the points of their keys: so many and no more.
pub(super) struct Shelf {
    places: NonZeroUsize,
    held: RwLock<Held>,
    /// Counts uses, to tell which was last.
    uses: AtomicU64,
    /// How often keys were used that have no place.
    counted: Mutex<BTreeMap<Point, u32>>,
}

type Held = BTreeMap<Point, Place>;

struct Place {
    /// `None` if none can be made of this key.
    tables: Option<Arc<KeyTables>>,
    used_last: AtomicU64,
}

impl Shelf {
    pub(super) fn new(places: NonZeroUsize) -> Self {
        Self { places, held: RwLock::default(), uses: AtomicU64::new(0), counted: Mutex::default() }
    }

    /// Finds the tables of a key, and remembers that they were used.
    pub(super) fn find(&self, point: &Point) -> Option<Arc<KeyTables>> {
        let held = self.read();
        let place = held.get(point)?;
        place.used_last.store(self.next_use(), Ordering::Relaxed);
        place.tables.clone()
    }

    pub(super) fn has(&self, point: &Point) -> bool {
        self.read().get(point).is_some_and(|place| place.tables.is_some())
    }

    /// Counts a use of a key that has no tables, and says whether to make them: at once if there is
    /// room, else only if it is used a lot.
    pub(super) fn is_worth_a_place(&self, point: &Point) -> bool {
        {
            let held = self.read();
            if held.contains_key(point) {
                return false;
            }
            if held.len() < self.places.get() {
                return true;
            }
        }
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= COUNTED_MAX && !counted.contains_key(point) {
            counted.clear();
        }
        let count = counted.entry(point.clone()).or_default();
        *count = count.saturating_add(1);
        *count >= PATIENCE
    }

    /// Puts tables in place, if need be in the place of those that were used least recently.
    pub(super) fn put(&self, point: Point, tables: Option<KeyTables>) {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).remove(&point);
        let used_last = AtomicU64::new(self.next_use());
        let mut held = self.write();
        while held.len() >= self.places.get() && !held.contains_key(&point) {
            let Some(oldest) = oldest(&held) else { break };
            held.remove(&oldest);
        }
        held.insert(point, Place { tables: tables.map(Arc::new), used_last });
    }

    /// Throws all away.
    pub(super) fn clear(&self) {
        self.write().clear();
    }

    fn next_use(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed)
    }

    // Whatever panicked, it left the map whole.
    fn read(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn oldest(held: &Held) -> Option<Point> {
    let used_last = |place: &Place| place.used_last.load(Ordering::Relaxed);
    let oldest = held.iter().min_by_key(|(_, place)| used_last(place));
    oldest.map(|(point, _)| point.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    fn points<const N: usize>() -> [Point; N] {
        std::array::from_fn(|_| {
            let (key, _pem) = SigningKey::generate("key").expect("there is entropy");
            key.verifying_key().point().clone()
        })
    }

    fn holds(shelf: &Shelf, point: &Point) -> bool {
        shelf.read().contains_key(point)
    }

    #[test]
    fn a_key_must_be_used_often_before_it_takes_anothers_place() {
        let (shelf, [first, second]) = (Shelf::new(NonZeroUsize::MIN), points());

        assert!(shelf.is_worth_a_place(&first), "there is room");
        shelf.put(first.clone(), None);
        for _ in 1..PATIENCE {
            assert!(!shelf.is_worth_a_place(&second));
        }
        assert!(shelf.is_worth_a_place(&second));
        assert!(!shelf.is_worth_a_place(&first), "it has a place");
    }

    #[test]
    fn who_was_used_least_recently_makes_room() {
        let shelf = Shelf::new(NonZeroUsize::MIN.saturating_add(1));
        let [first, second, third] = points();
        shelf.put(first.clone(), None);
        shelf.put(second.clone(), None);
        let _used = shelf.find(&first);

        shelf.put(third.clone(), None);

        let held = [&first, &second, &third].map(|point| holds(&shelf, point));
        assert_eq!(held, [true, false, true]);
        shelf.clear();
        assert!(!holds(&shelf, &first));
    }
}
