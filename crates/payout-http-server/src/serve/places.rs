//! How many connections there are, in all and of each peer.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::standing::Standing;
use crate::Limits;
use crate::limits::{TrustedProxies, neighbourhood};

/// The connections that there are.
#[derive(Debug)]
pub(super) struct Places {
    all_max: usize,
    peer_max: usize,
    proxies: TrustedProxies,
    turns: Arc<AtomicU64>,
    book: Mutex<Book>,
    /// Told when there may be a place that was not there before.
    freed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Book {
    next: u64,
    held: BTreeMap<u64, Held>,
}

#[derive(Debug)]
struct Held {
    /// `None` if its peer may have as many as there are.
    peer: Option<IpAddr>,
    standing: Arc<Standing>,
}

/// Whether there is a place.
enum Room {
    Made,
    NotForThisPeer,
    NotNow,
}

/// The place of one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    standing: Arc<Standing>,
    places: Arc<Places>,
}

impl Places {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all_max: limits.connections_max,
            peer_max: limits.connections_per_peer_max,
            proxies: limits.proxies.clone(),
            turns: Arc::default(),
            book: Mutex::default(),
            freed: Arc::default(),
        }
    }

    /// Takes a place, from whoever waits longest if there is none left; waits if all are at work. `None`
    /// if the peer itself has as many as it may have, and all of them are at work.
    pub(super) async fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = (self.peer_max > 0 && !self.proxies.contains(peer)).then(|| neighbourhood(peer));
        loop {
            let freed = self.freed.notified();
            let room = self.book().make_room(peer, self);
            match room {
                Room::Made => return Some(self.enter(peer)),
                Room::NotForThisPeer => return None,
                Room::NotNow => freed.await,
            }
        }
    }

    fn enter(self: &Arc<Self>, peer: Option<IpAddr>) -> Place {
        let standing = Arc::new(Standing::new(&self.turns, &self.freed));
        let mut book = self.book();
        let number = book.next;
        book.next = number.saturating_add(1);
        book.held.insert(number, Held { peer, standing: Arc::clone(&standing) });
        Place { number, standing, places: Arc::clone(self) }
    }

    /// Waits until there is no connection.
    pub(super) async fn all_free(&self) {
        loop {
            let freed = self.freed.notified();
            if self.book().held.is_empty() {
                return;
            }
            freed.await;
        }
    }

    /// Ends every connection.
    pub(super) fn end_all(&self) {
        for held in self.book().held.values() {
            held.standing.end();
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing that is done under the lock can leave it half done.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn make_room(&mut self, peer: Option<IpAddr>, places: &Places) -> Room {
        if peer.is_some() && self.count(peer) >= places.peer_max {
            let ended = self.end_longest(|held| held.peer == peer);
            return if ended { Room::Made } else { Room::NotForThisPeer };
        }
        if self.held.len() < places.all_max || self.end_longest(|_| true) {
            return Room::Made;
        }
        Room::NotNow
    }

    fn count(&self, peer: Option<IpAddr>) -> usize {
        self.held.values().filter(|held| held.peer == peer).count()
    }

    /// The connection that waits longest of these.
    fn longest(&self, of: impl Fn(&Held) -> bool) -> Option<u64> {
        let these = self.held.iter().filter(|(_, held)| of(held));
        let waiting =
            these.filter_map(|(number, held)| Some((held.standing.waits_since()?, *number)));
        waiting.min().map(|(_, number)| number)
    }

    /// Ends it; what it held is free at once.
    fn end_longest(&mut self, of: impl Fn(&Held) -> bool) -> bool {
        let ended = self.longest(of).and_then(|number| self.held.remove(&number));
        if let Some(held) = &ended {
            held.standing.end();
        }
        ended.is_some()
    }
}

impl Place {
    pub(super) fn standing(&self) -> &Arc<Standing> {
        &self.standing
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whoever was ended for another is not there any more.
        let _held = self.places.book().held.remove(&self.number);
        self.places.freed.notify_one();
    }
}
