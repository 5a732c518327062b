//! How we notice that a store is not where, or what, it was.

use async_trait::async_trait;
use payout_domain::Timestamp;

use crate::RepositoryError;

/// A store that can say which one it is and how far it has come.
///
/// # Laws
///
/// 1. *It only goes forward*: the sequence grows whenever a claim to send, an acceptance or a save is
///    written, and never falls, also through a restart.
/// 2. *It is itself*: the store's id and place stay the same through a restart.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MarkedStore: Send + Sync {
    /// Where the store is now.
    async fn mark(&self) -> Result<StoreMark, RepositoryError>;
}

/// Remembers, outside the store, how far the store had come: a store that is behind its marker has
/// gone back in time, and one in another place may be a copy.
///
/// # Laws
///
/// 1. *Written means written*: what [`write`](Self::write) has taken survives a crash.
/// 2. *All or nothing*: a crash, or another write at the same time, leaves the old mark or the new one.
/// 3. *It goes forward*: a mark of the same store in the same place that has come further stays.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Marker: Send + Sync {
    /// The last mark; `None` if there is none.
    async fn read(&self) -> Result<Option<StoreMark>, RepositoryError>;

    /// Remembers a mark.
    async fn write(&self, mark: &StoreMark) -> Result<(), RepositoryError>;
}

/// Which store, where, and how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreMark {
    /// The store's own name, given once when it was made.
    pub store: Box<str>,
    /// Where it is: a text that a copy, a clone or a promoted replica does not share.
    pub place: Box<str>,
    /// How far it has come.
    pub sequence: u64,
    /// When the newest event in it was recorded; `None` if it has none.
    pub latest_at: Option<Timestamp>,
}

impl StoreMark {
    /// Whether this mark is to stay when the other one comes: it is of the same store in the same
    /// place, and further.
    pub fn outlives(&self, other: &Self) -> bool {
        self.store == other.store && self.place == other.place && self.sequence > other.sequence
    }
}
