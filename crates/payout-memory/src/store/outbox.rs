//! What our clients are to be told.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use payout_domain::{ClientId, EventId, PaymentId, PayoutId, Timestamp};
use payout_ports::{
    AfterFailure, DeadLetter, DeadLetterSubject, NewNotification, Notification, NotificationKind,
    NotificationSubject,
};

use super::Tables;

/// The letters that are not done.
#[derive(Clone, Default)]
pub(super) struct OutboxTable {
    letters: BTreeMap<EventId, Letter>,
    // For each subject its letters in the order of writing: only the first of a line may go.
    lines: BTreeMap<Line, BTreeMap<u64, EventId>>,
    // The first letter of each line.
    queue: BTreeSet<(Timestamp, u64, EventId)>,
    // Those that were given up: they stand in no line.
    dead: BTreeMap<(u64, EventId), Letter>,
    written: u64,
}

type Line = (ClientId, Subject);

/// What a letter is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Payout(PayoutId),
    Payment(PaymentId),
}

/// A notification that is not done.
#[derive(Clone)]
pub(super) struct Letter {
    event_id: EventId,
    client_id: ClientId,
    kind: NotificationKind,
    subject: Subject,
    sequence: u32,
    created_at: Timestamp,
    tried_since: Timestamp,
    failures: u32,
    due_at: Timestamp,
    given_up_at: Option<Timestamp>,
    // The place in the order of writing.
    place: u64,
}

impl OutboxTable {
    pub(super) fn write(
        &mut self,
        client_id: ClientId,
        subject: Subject,
        notification: &NewNotification,
    ) {
        let NewNotification { event_id, kind, sequence, created_at } = *notification;
        let place = self.written;
        self.written = place.saturating_add(1);
        let letter = Letter {
            event_id,
            client_id,
            kind,
            subject,
            sequence,
            created_at,
            tried_since: created_at,
            failures: 0,
            due_at: created_at,
            given_up_at: None,
            place,
        };
        self.stand_in_line(letter);
    }

    pub(super) fn claim(
        &mut self,
        now: Timestamp,
        limit: usize,
        lease_end: Timestamp,
    ) -> Vec<Letter> {
        let due = self.queue.iter().take_while(|(due_at, ..)| *due_at <= now);
        let ids: Vec<EventId> = due.take(limit).map(|(.., id)| *id).collect();
        let mut claimed = Vec::new();
        for id in ids {
            self.change(id, |letter| letter.due_at = lease_end);
            claimed.extend(self.letters.get(&id).cloned());
        }
        claimed
    }

    pub(super) fn done(&mut self, id: EventId) {
        if self.leave_line(id).is_none() {
            self.dead.retain(|(_, dead), _| *dead != id);
        }
    }

    pub(super) fn failed(&mut self, id: EventId, then: AfterFailure) {
        self.change(id, |letter| letter.failures = letter.failures.saturating_add(1));
        match then {
            AfterFailure::Again(due_at) => self.change(id, |letter| letter.due_at = due_at),
            AfterFailure::GiveUp(at) => {
                if let Some(mut letter) = self.leave_line(id) {
                    letter.given_up_at = Some(at);
                    self.dead.insert((letter.place, id), letter);
                }
            }
        }
    }

    pub(super) fn dead_letters(&self, limit: usize, after: Option<EventId>) -> Vec<DeadLetter> {
        let place = |id| self.dead.keys().find(|(_, dead)| *dead == id).copied();
        let start = match after.map(place) {
            None => Bound::Unbounded,
            Some(Some(place)) => Bound::Excluded(place),
            Some(None) => return Vec::new(),
        };
        let after = self.dead.range((start, Bound::Unbounded));
        after.take(limit).filter_map(|(_, letter)| letter.dead()).collect()
    }

    pub(super) fn replay(&mut self, id: EventId, at: Timestamp) -> bool {
        let Some(key) = self.dead.keys().find(|(_, dead)| *dead == id).copied() else {
            return false;
        };
        let Some(letter) = self.dead.remove(&key) else { return false };
        let again =
            Letter { failures: 0, due_at: at, tried_since: at, given_up_at: None, ..letter };
        self.stand_in_line(again);
        true
    }

    fn stand_in_line(&mut self, letter: Letter) {
        let line = letter.line();
        self.dequeue(&line);
        self.lines.entry(line.clone()).or_default().insert(letter.place, letter.event_id);
        self.letters.insert(letter.event_id, letter);
        self.queue(&line);
    }

    fn leave_line(&mut self, id: EventId) -> Option<Letter> {
        let line = self.letters.get(&id)?.line();
        self.dequeue(&line);
        let letter = self.letters.remove(&id)?;
        if let Some(waiting) = self.lines.get_mut(&line) {
            waiting.remove(&letter.place);
            if waiting.is_empty() {
                self.lines.remove(&line);
            }
        }
        self.queue(&line);
        Some(letter)
    }

    fn change(&mut self, id: EventId, how: impl FnOnce(&mut Letter)) {
        let Some(line) = self.letters.get(&id).map(Letter::line) else { return };
        self.dequeue(&line);
        if let Some(letter) = self.letters.get_mut(&id) {
            how(letter);
        }
        self.queue(&line);
    }

    /// Puts the first letter of a line into the queue.
    fn queue(&mut self, line: &Line) {
        let first = self.first(line);
        self.queue.extend(first);
    }

    /// Takes the first letter of a line out of the queue.
    fn dequeue(&mut self, line: &Line) {
        if let Some(first) = self.first(line) {
            self.queue.remove(&first);
        }
    }

    fn first(&self, line: &Line) -> Option<(Timestamp, u64, EventId)> {
        let (place, id) = self.lines.get(line)?.first_key_value()?;
        Some((self.letters.get(id)?.due_at, *place, *id))
    }
}

impl Letter {
    fn line(&self) -> Line {
        (self.client_id.clone(), self.subject)
    }

    fn dead(&self) -> Option<DeadLetter> {
        Some(DeadLetter {
            event_id: self.event_id,
            client_id: self.client_id.clone(),
            kind: self.kind,
            about: match self.subject {
                Subject::Payout(id) => DeadLetterSubject::Payout(id),
                Subject::Payment(id) => DeadLetterSubject::Payment(id),
            },
            created_at: self.created_at,
            given_up_at: self.given_up_at?,
            failures: self.failures,
        })
    }
}

impl Tables {
    /// The letter as it goes out: with its payout or payment as it is now.
    pub(super) fn shown(&self, letter: &Letter) -> Option<Notification> {
        let subject = match letter.subject {
            Subject::Payout(id) => {
                NotificationSubject::Payout(Box::new(self.payouts.payout(id)?.clone()))
            }
            Subject::Payment(id) => {
                let payment = self.payments.payment(&letter.client_id, id)?;
                NotificationSubject::Payment(Box::new(payment.clone()))
            }
        };
        Some(Notification {
            event_id: letter.event_id,
            client_id: letter.client_id.clone(),
            kind: letter.kind,
            subject,
            sequence: letter.sequence,
            created_at: letter.created_at,
            tried_since: letter.tried_since,
            failures: letter.failures,
        })
    }
}
