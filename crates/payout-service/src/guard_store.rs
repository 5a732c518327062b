//! Notices a store that is not where, or what, it was.

use std::sync::Arc;

use payout_domain::{Evidence, ParkReason};
use payout_ports::{
    MarkedStore, Marker, PageOrder, PayoutRepository, Schedule, Standing, StoreMark,
};

use crate::{ServiceError, TakeIn};

/// Holds the store against a mark that is kept outside it, so that a restored backup, a copy or a
/// clone never sends what may have been sent already.
#[derive(Clone)]
pub struct GuardStore {
    /// The store.
    pub store: Arc<dyn MarkedStore>,
    /// The mark outside it.
    pub marker: Arc<dyn Marker>,
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// Writes down that a payout may have been sent.
    pub take_in: TakeIn,
}

/// What the mark says of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreVerdict {
    /// It is the one that it was, and has not gone back: send.
    Same,
    /// It is new and empty: send.
    New,
    /// It holds payouts, and there is no mark of it: an operator must say what it is.
    Unmarked,
    /// It is in another place than its mark says, or another store: an operator must say what it is.
    Moved {
        /// What the mark says.
        marked: StoreMark,
    },
    /// It is behind its mark: it has gone back in time.
    WentBack {
        /// What the mark says.
        marked: StoreMark,
    },
}

/// What an operator says of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// It is current, and the only one: nothing was sent that it does not know of.
    Current,
    /// It is a backup or a copy: whatever is open in it may have been sent since.
    Restored,
}

/// Where a store is, by its mark, that was found to have gone back: no store is there, so somebody must
/// say what each one is that comes now, also the newer one if it is put back.
const NOWHERE: &str = "no place, since an older copy of it was started";

/// How many open payouts are parked at a time.
const PAGE: usize = 256;

impl StoreVerdict {
    /// Whether payouts may be sent from the store.
    pub fn allows_sending(&self) -> bool {
        matches!(self, Self::Same | Self::New)
    }
}

impl GuardStore {
    /// Judges the store. If it has gone back in time, its open payouts are parked at once.
    pub async fn run(&self) -> Result<StoreVerdict, ServiceError> {
        let (mark, marked) = (self.store.mark().await?, self.marker.read().await?);
        let verdict = judge(&mark, marked);
        if verdict.allows_sending() {
            self.marker.write(&mark).await?;
        }
        if let StoreVerdict::WentBack { marked } = &verdict {
            // Parking takes the store further. If it catches up with its mark by that, it is still not
            // where the mark says.
            self.marker.write(&StoreMark { place: NOWHERE.into(), ..marked.clone() }).await?;
            self.park_unsettled().await?;
        }
        Ok(verdict)
    }

    /// Takes an operator's word for what the store is, and marks it.
    pub async fn adopt(&self, adoption: Adoption) -> Result<(), ServiceError> {
        match adoption {
            Adoption::Current => {}
            Adoption::Restored => {
                self.park_unsettled().await?;
            }
        }
        self.advance().await
    }

    /// Marks how far the store has come, if it is the one that is marked: what clients were told must
    /// not be forgotten by a backup that nobody notices. It returns how many marks were written.
    pub async fn keep_up(&self) -> Result<usize, ServiceError> {
        let (mark, marked) = (self.store.mark().await?, self.marker.read().await?);
        let is_ahead = marked.as_ref().is_some_and(|marked| marked.sequence < mark.sequence);
        if !(is_ahead && judge(&mark, marked) == StoreVerdict::Same) {
            return Ok(0);
        }
        self.marker.write(&mark).await?;
        Ok(1)
    }

    /// Marks how far the store has come, before anything of a claim leaves.
    pub async fn advance(&self) -> Result<(), ServiceError> {
        let mark = self.store.mark().await?;
        Ok(self.marker.write(&mark).await?)
    }

    /// Parks everything that could still be sent, because it may have been sent already. It returns
    /// how many payouts.
    async fn park_unsettled(&self) -> Result<usize, ServiceError> {
        let parked = Evidence::Parked(ParkReason::Restored);
        let (mut page, mut count) = (PageOrder { limit: PAGE, after: None }, 0_usize);
        loop {
            let found = self.payouts.list_standing(Standing::Unsettled, &page).await?;
            let now = self.take_in.clock.now();
            let due_now = |_: &_| Some(Schedule { due_at: Some(now), epoch: None });
            for payout in found.items {
                page.after = Some(payout.id());
                self.take_in.run(payout, &parked, &due_now).await?;
                count = count.saturating_add(1);
            }
            if !found.more {
                return Ok(count);
            }
        }
    }
}

fn judge(mark: &StoreMark, marked: Option<StoreMark>) -> StoreVerdict {
    match marked {
        None if mark.sequence == 0 => StoreVerdict::New,
        None => StoreVerdict::Unmarked,
        Some(marked) if marked.store != mark.store => StoreVerdict::Moved { marked },
        Some(marked) if marked.sequence > mark.sequence => StoreVerdict::WentBack { marked },
        Some(marked) if marked.place != mark.place => StoreVerdict::Moved { marked },
        Some(_) => StoreVerdict::Same,
    }
}
