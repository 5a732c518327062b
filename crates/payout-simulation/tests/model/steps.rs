//! What can happen next: each step either changes the world or cannot be taken.

use std::time::Duration;

use payout_domain::{Applied, CannotSend, Evidence, FailureReason, Payout, PayoutState, SendRule};

use crate::bounds::{rule, token};
use crate::planted::Planted;
use crate::protocol::Protocol;
use crate::provider::{Answer, Provider, Reaction, Standing};
use crate::world::{Place, Transmission, World};

/// A world in which something happens.
pub(crate) struct Steps<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) protocol: Protocol,
}

impl Steps<'_> {
    /// Time goes by.
    pub(crate) fn tick(&mut self) -> Option<()> {
        if self.world.now >= self.protocol.last_tick {
            return None;
        }
        self.world.now = self.world.now.saturating_add(1);
        self.world.lease = self.world.lease.saturating_sub(1);
        self.world.provider.tick(self.world.now);
        Some(())
    }

    /// Our own clock goes back, once: a virtual machine wakes, a time server errs.
    pub(crate) fn clock_goes_back(&mut self) -> Option<()> {
        let had_not = !self.world.clock_went_back;
        self.world.clock_went_back = true;
        had_not.then_some(())
    }

    /// A free worker claims the payout with a token in hand: the intent is on disk, nothing is sent.
    pub(crate) fn claim(&mut self, worker: usize) -> Option<()> {
        let is_busy = self.world.workers.get(worker)?.is_some();
        let is_due = self.world.lease == 0 || self.has(Planted::NoFence);
        if is_busy || !is_due {
            return None;
        }
        let mut payout = self.world.payout.payout();
        let token = token(self.world.token_clock(self.protocol.planted));
        match payout.begin_transmission(&self.rule(), token, self.world.own_clock()) {
            Ok(_) => self.begun(worker, payout),
            Err(CannotSend::Park(reason)) => self.changed(&Evidence::Parked(reason)),
            Err(CannotSend::NotWaiting) => None,
        }
    }

    /// A worker sends what it has claimed.
    pub(crate) fn send(&mut self, worker: usize) -> Option<()> {
        let late_token = self.has(Planted::NoTokenFence).then_some(self.world.now);
        let transmission = self.world.in_hand(worker)?;
        if transmission.place != Place::Worker {
            return None;
        }
        transmission.place = Place::Network;
        transmission.issued = late_token.unwrap_or(transmission.issued);
        Some(())
    }

    /// A worker dies, and what it knew dies with it. Another starts in its place.
    pub(crate) fn crash(&mut self, worker: usize) -> Option<()> {
        self.world.let_go(worker).map(drop)
    }

    /// A worker has waited long enough: the answer is late or lost.
    pub(crate) fn give_up(&mut self, worker: usize) -> Option<()> {
        let place = self.world.in_hand(worker)?.place;
        if place == Place::Worker {
            return None;
        }
        let Transmission { attempt, .. } = self.world.let_go(worker)?;
        let learned = if self.has(Planted::TimeoutIsFailure) {
            Answer::Rejected.as_evidence(attempt)
        } else {
            Evidence::OutcomeUnknown { attempt }
        };
        self.record(attempt, &learned);
        Some(())
    }

    /// A worker gets its answer, however late, and writes it down.
    pub(crate) fn receive(&mut self, worker: usize) -> Option<()> {
        let answer = self.world.in_hand(worker)?.answer?;
        let Transmission { attempt, .. } = self.world.let_go(worker)?;
        self.record(attempt, &answer.as_evidence(attempt));
        let is_doubtful = self.world.payout.state().is_sendable();
        if answer == Answer::Rejected
            && is_doubtful
            && self.has(Planted::RefusalAfterDoubtIsFailure)
        {
            self.force(PayoutState::Failed(FailureReason::Rejected));
        }
        Some(())
    }

    /// A transmission reaches the provider, however late.
    pub(crate) fn arrive(&mut self, place: usize, reaction: Reaction) -> Option<()> {
        let transmission = *self.world.transmission(place)?;
        let is_taken = Provider::may_take(transmission.issued, self.world.now);
        if transmission.place != Place::Network || !(is_taken || reaction == Reaction::TurnAway) {
            return None;
        }
        let (at, answer) = self.react(transmission.key, reaction)?;
        let is_awaited = self.world.is_awaited(place);
        let transmission = self.world.transmission(place)?;
        transmission.place = at;
        transmission.answer = answer.filter(|_| is_awaited);
        Some(())
    }

    /// The provider deals once more with what it has dealt with: its own machines repeat too. Whoever
    /// hears the answer is not us.
    pub(crate) fn echo(&mut self, place: usize) -> Option<()> {
        let Transmission { place: at, key, issued, .. } = *self.world.transmission(place)?;
        let is_taken = Provider::may_take(issued, self.world.now);
        if at != Place::Provider || !is_taken || self.world.provider.known(key).is_some() {
            return None;
        }
        self.react(key, Reaction::Accept).map(drop)
    }

    /// One of the provider's payouts moves on.
    pub(crate) fn proceed(&mut self, number: usize, next: Standing) -> Option<()> {
        let booked = self.world.provider.payouts.get_mut(number)?.as_mut()?;
        if !booked.standing.next().contains(&next) {
            return None;
        }
        booked.standing = next;
        Some(())
    }

    /// The provider says how a payout stands or stood, in answer to our own question.
    pub(crate) fn hear(&mut self, number: usize, standing: Standing) -> Option<()> {
        let word = self.world.provider.word(number, standing)?;
        self.changed(&word)
    }

    /// The provider shows nothing, because there is nothing or because it lags behind. We know better
    /// than to conclude anything.
    pub(crate) fn see_nothing(&mut self) -> Option<()> {
        let state = self.world.payout.state();
        let is_open = !state.is_final() && *state != PayoutState::Executed;
        let shows_nothing = self.world.provider.booked().all(|booked| booked.is_new);
        if !(is_open && shows_nothing && self.has(Planted::AbsenceIsFailure)) {
            return None;
        }
        self.force(PayoutState::Failed(FailureReason::Unknown));
        Some(())
    }

    pub(crate) fn has(&self, planted: Planted) -> bool {
        self.protocol.planted == Some(planted)
    }

    fn rule(&self) -> SendRule {
        if self.has(Planted::NoWindowCheck) {
            return SendRule { key_window: Duration::MAX, ..rule() };
        }
        if self.has(Planted::NoMargin) {
            return SendRule { margin: Duration::ZERO, ..rule() };
        }
        rule()
    }

    fn begun(&mut self, worker: usize, payout: Payout) -> Option<()> {
        let place = self.world.sent().count();
        if place >= self.protocol.transmissions {
            return None;
        }
        let transmission = Transmission {
            attempt: payout.progress().attempts,
            key: if self.has(Planted::FreshKey) { place } else { 0 },
            issued: self.world.now,
            place: Place::Worker,
            answer: None,
        };
        if !self.has(Planted::IntentAfterSend) {
            self.world.store(payout);
        }
        self.world.claim(worker, transmission)
    }

    fn react(&mut self, key: usize, reaction: Reaction) -> Option<(Place, Option<Answer>)> {
        let now = self.world.now;
        let known = self.world.provider.known(key);
        if reaction != Reaction::TurnAway {
            self.world.broken.send_rule |= self.world.provider.has_forgotten(key);
        }
        let provider = &mut self.world.provider;
        match (reaction, known) {
            (Reaction::TurnAway, _) => Some((Place::Nowhere, Some(Answer::NotProcessed))),
            (Reaction::Accept, _) => {
                let number = provider.book(key, now)?;
                Some((Place::Provider, Some(Answer::Accepted(number))))
            }
            (Reaction::Refuse, Some(_)) => Some((Place::Provider, Some(Answer::Rejected))),
            (Reaction::Refuse, None) => {
                provider.see(key, now)?;
                Some((Place::Nowhere, Some(Answer::Rejected)))
            }
            (Reaction::KeyReused, Some(_)) => Some((Place::Provider, Some(Answer::KeyReused))),
            // To break when the payout is there is to lose the answer, and answers are lost anyway.
            (Reaction::KeyReused, None) | (Reaction::Break, Some(_)) => None,
            (Reaction::Break, None) => {
                provider.see(key, now)?;
                Some((Place::Provider, None))
            }
        }
    }

    /// Writes down an outcome, and then whether the payout is due again.
    fn record(&mut self, attempt: u32, learned: &Evidence) {
        if self.has(Planted::IntentAfterSend) {
            let _ = self.world.take_in(&Evidence::TransmissionBegun { attempt });
        }
        let _ = self.world.take_in(learned);
        self.world.release(attempt, self.protocol.planted);
    }

    /// Takes in what leads nowhere if it says nothing new.
    pub(crate) fn changed(&mut self, evidence: &Evidence) -> Option<()> {
        (self.world.take_in(evidence) != Applied::Unchanged).then_some(())
    }

    /// What production code refuses to do.
    pub(crate) fn force(&mut self, state: PayoutState) {
        let forced = self.world.payout.forced_into(state);
        self.world.store(forced);
    }
}
