//! Everything there is: the store, two workers, the network and the provider.

use payout_domain::{Applied, Evidence, Payout, PayoutState, Timestamp};

use crate::bounds::{CLOCK_JUMP, LEASE, TRANSMISSIONS, Tick, WORKERS, time};
use crate::kept::Kept;
use crate::planted::Planted;
use crate::provider::{Answer, Provider};
use crate::reached::Reached;

/// The world at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    /// The true time.
    pub(crate) now: Tick,
    /// Whether our own clock has gone back.
    pub(crate) clock_went_back: bool,
    /// What the store keeps.
    pub(crate) payout: Kept,
    /// For how many ticks nobody else claims it.
    pub(crate) lease: u8,
    /// What each worker has in hand: a transmission, by its place.
    pub(crate) workers: [Option<usize>; WORKERS],
    /// What was ever going to be sent, in the order of the claims.
    pub(crate) transmissions: [Option<Transmission>; TRANSMISSIONS],
    /// When the last token was issued with which something can still arrive.
    pub(crate) last_token: Option<Tick>,
    /// The payout as a backup of the store has it.
    pub(crate) backup: Option<Kept>,
    /// Whether the store was put back from the backup.
    pub(crate) went_back: bool,
    /// The provider.
    pub(crate) provider: Provider,
    /// What the client was told.
    pub(crate) told: Told,
    /// What has happened that no state shows any more.
    pub(crate) reached: Reached,
    /// Rules that were broken on the way.
    pub(crate) broken: Broken,
}

/// A request that carries a key and a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Transmission {
    /// Its number in the store.
    pub(crate) attempt: u32,
    /// Which key it carries: there is more than one only if that error is planted.
    pub(crate) key: usize,
    /// When the provider issued its token, by a true clock.
    pub(crate) issued: Tick,
    /// Where it is.
    pub(crate) place: Place,
    /// What comes back to the worker that waits for it.
    pub(crate) answer: Option<Answer>,
}

/// Where a transmission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// With its worker, who may be slow.
    Worker,
    /// In the network, which may be slow or lose it.
    Network,
    /// The provider has dealt with it, and may deal with it again: its own machines repeat too.
    Provider,
    /// Nowhere: it was never sent, or turned away.
    Nowhere,
}

/// What a client was told of its payout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Told {
    pub(crate) executed: bool,
    pub(crate) failed: bool,
}

/// Rules that a single state cannot show to be broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Broken {
    /// Something was sent, or dealt with, after the provider may have forgotten the key.
    pub(crate) send_rule: bool,
    /// A final state was left, or `executed` for anything but a return.
    pub(crate) finality: bool,
    /// Something was learned that cannot be true together with what is known.
    pub(crate) coherence: bool,
}

impl World {
    /// The payout is accepted, and nothing else has happened.
    pub(crate) fn start() -> Self {
        Self {
            now: 0,
            clock_went_back: false,
            payout: Kept::accepted(),
            lease: 0,
            workers: [None; WORKERS],
            transmissions: [None; TRANSMISSIONS],
            last_token: None,
            backup: None,
            went_back: false,
            provider: Provider::default(),
            told: Told::default(),
            reached: Reached::default(),
            broken: Broken::default(),
        }
    }

    /// The time that our own clock shows.
    pub(crate) fn own_clock(&self) -> Timestamp {
        let back = if self.clock_went_back { CLOCK_JUMP } else { 0 };
        Timestamp::from_seconds(i64::from(self.now).saturating_sub(i64::from(back)))
    }

    /// When a token was issued that is asked for now.
    pub(crate) fn token_clock(&self, planted: Option<Planted>) -> Timestamp {
        if planted == Some(Planted::OwnClock) { self.own_clock() } else { time(self.now) }
    }

    /// Writes down what was learned. Evidence is never fenced: whoever has it, may.
    pub(crate) fn take_in(&mut self, evidence: &Evidence) -> Applied {
        let mut payout = self.payout.payout();
        let applied = payout.apply(evidence, self.own_clock());
        match applied {
            Applied::Changed => self.store(payout),
            Applied::Unchanged => {}
            Applied::Contradicted => self.broken.coherence = true,
        }
        applied
    }

    /// Keeps the payout as it is now, and tells its client.
    pub(crate) fn store(&mut self, payout: Payout) {
        let (before, after) = (self.payout.state(), payout.state());
        let may_follow = match before {
            PayoutState::Failed(_) | PayoutState::Returned => before == after,
            PayoutState::Executed => {
                matches!(after, PayoutState::Executed | PayoutState::Returned)
            }
            PayoutState::Accepted
            | PayoutState::Sending { .. }
            | PayoutState::Unknown
            | PayoutState::Parked(_)
            | PayoutState::Submitted { .. } => true,
        };
        self.broken.finality |= !may_follow;
        self.told.executed |= *after == PayoutState::Executed;
        self.told.failed |= after.is_final();
        self.reached.note(after);
        self.payout = Kept::from(payout);
    }

    /// Ends the claim, if it is still the claim of this transmission.
    pub(crate) fn release(&mut self, attempt: u32, planted: Option<Planted>) {
        if attempt == self.payout.attempts() || planted == Some(Planted::NoFence) {
            self.lease = 0;
        }
    }

    /// Claims the payout for a worker who is about to send it.
    pub(crate) fn claim(&mut self, worker: usize, transmission: Transmission) -> Option<()> {
        let place = self.transmissions.iter().position(Option::is_none)?;
        *self.transmissions.get_mut(place)? = Some(transmission);
        *self.workers.get_mut(worker)? = Some(place);
        self.lease = LEASE;
        self.last_token = Some(self.now);
        Some(())
    }

    /// The transmission that a worker has in hand.
    pub(crate) fn in_hand(&mut self, worker: usize) -> Option<&mut Transmission> {
        let place = self.workers.get(worker).copied().flatten()?;
        self.transmission(place)
    }

    /// A transmission by its place.
    pub(crate) fn transmission(&mut self, place: usize) -> Option<&mut Transmission> {
        self.transmissions.get_mut(place)?.as_mut()
    }

    /// The worker's hands are free; nobody waits for an answer any more.
    pub(crate) fn let_go(&mut self, worker: usize) -> Option<Transmission> {
        let transmission = self.in_hand(worker)?;
        transmission.answer = None;
        if transmission.place == Place::Worker {
            transmission.place = Place::Nowhere;
        }
        let transmission = *transmission;
        *self.workers.get_mut(worker)? = None;
        Some(transmission)
    }

    /// Whether a worker waits for the answer to this transmission.
    pub(crate) fn is_awaited(&self, place: usize) -> bool {
        self.workers.contains(&Some(place))
    }

    /// Forgets what makes no difference any more.
    pub(crate) fn settle(&mut self) {
        self.last_token = self.last_token.filter(|issued| Provider::may_take(*issued, self.now));
        for transmission in self.transmissions.iter_mut().flatten() {
            if transmission.place == Place::Nowhere {
                transmission.issued = 0;
            }
        }
    }

    /// Whether nothing that was ever sent can still arrive.
    pub(crate) fn is_quiet(&self) -> bool {
        self.last_token.is_none()
    }

    /// All transmissions.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Transmission> {
        self.transmissions.iter().flatten()
    }
}
