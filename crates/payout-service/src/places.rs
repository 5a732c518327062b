//! How much is under way at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::Doorbell;

/// How long few free places are left alone for the sake of larger claims.
const CROWDED_MAX: Duration = Duration::from_millis(20);

/// Places for what is under way at once.
///
/// Whoever claims work asks first how much there is room for. If too little, a bell rings when there is
/// more.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    count: usize,
    /// Whether something may wait for a place.
    crowded: Arc<AtomicBool>,
    claimed_at: Arc<Mutex<Option<Instant>>>,
    bell: Doorbell,
}

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    permit: Option<OwnedSemaphorePermit>,
}

impl Places {
    /// So many places.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(count)),
            count,
            crowded: Arc::default(),
            claimed_at: Arc::default(),
            bell: Doorbell::default(),
        }
    }

    /// Rings when there is room again for what has found none.
    pub(crate) fn ringing(self, bell: Doorbell) -> Self {
        Self { bell, ..self }
    }

    /// How many may be claimed now; `None` if too few are worth it, and then the bell will ring when there
    /// is room for more.
    pub(crate) fn room(&self) -> Option<usize> {
        // Said before it is looked at: a place that becomes free in between rings once too often, and
        // not once too seldom.
        self.crowded.store(true, Ordering::SeqCst);
        let free = self.free.available_permits();
        let mut claimed_at = self.claimed_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_late = claimed_at.is_none_or(|at| at.elapsed() >= CROWDED_MAX);
        if free == 0 || (free < self.enough() && !is_late) {
            return None;
        }
        *claimed_at = Some(Instant::now());
        self.crowded.store(false, Ordering::SeqCst);
        Some(free)
    }

    /// Takes a place, when there is one.
    pub(crate) async fn take(&self) -> Option<Place> {
        let permit = Arc::clone(&self.free).acquire_owned().await.ok();
        permit.map(|permit| Place { places: self.clone(), permit: Some(permit) })
    }

    /// Waits until all places are free.
    pub(crate) async fn drain(&self) {
        let all = u32::try_from(self.count).unwrap_or(u32::MAX);
        let _all_places = self.free.acquire_many(all).await;
    }

    /// As many places as are worth a claim. If each place that becomes free were claimed for by itself,
    /// there would be a commit for each.
    fn enough(&self) -> usize {
        self.count.div_ceil(4)
    }
}

impl Drop for Place {
    /// Gives the place back, and rings if somebody waits for enough of them.
    fn drop(&mut self) {
        drop(self.permit.take());
        let places = &self.places;
        let is_enough = places.free.available_permits() >= places.enough();
        if is_enough && places.crowded.swap(false, Ordering::SeqCst) {
            places.bell.ring();
        }
    }
}
