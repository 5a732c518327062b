//! Who will probably have something accepted soon.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Says that something is probably coming to be accepted, until it is dropped: when it has come, or when
/// it will not come any more.
///
/// It promises nothing. A store that commits in groups may wait a little for it, so that one commit serves
/// both; if nothing comes, that little time is all that was lost.
#[derive(Debug, Default)]
pub struct Coming(Option<Arc<AtomicUsize>>);

/// How much is coming.
#[derive(Clone, Debug, Default)]
pub struct ComingCount(Arc<AtomicUsize>);

impl ComingCount {
    /// Counts one more.
    pub fn one_more(&self) -> Coming {
        self.0.fetch_add(1, Ordering::Relaxed);
        Coming(Some(Arc::clone(&self.0)))
    }

    /// How much is coming, with what has come and is not answered yet.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        if let Some(count) = self.0.take() {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_is_not_coming_any_more() {
        let count = ComingCount::default();

        let (first, second) = (count.one_more(), count.one_more());
        let both = count.get();
        drop(first);
        let one = count.get();
        drop((second, Coming::default()));

        assert_eq!((both, one, count.get()), (2, 1, 0));
    }
}
