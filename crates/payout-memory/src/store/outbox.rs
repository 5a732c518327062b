//! What our clients are to be told.

use std::collections::{BTreeMap, BTreeSet};

use payout_domain::{ClientId, EventId, PaymentId, PayoutId, Timestamp};
use payout_ports::{NewNotification, Notification, NotificationKind, NotificationSubject};

use super::Tables;

/// The letters that are not done.
#[derive(Default)]
pub(super) struct OutboxTable {
    letters: BTreeMap<EventId, Letter>,
    // For each subject its letters in the order of writing: only the first of a line may go.
    lines: BTreeMap<Line, BTreeMap<u64, EventId>>,
    // The first letter of each line.
    queue: BTreeSet<(Timestamp, u64, EventId)>,
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
    created_at: Timestamp,
    failures: u32,
    due_at: Timestamp,
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
        let NewNotification { event_id, kind, created_at } = *notification;
        let place = self.written;
        self.written = place.saturating_add(1);
        let (failures, due_at) = (0, created_at);
        let letter =
            Letter { event_id, client_id, kind, subject, created_at, failures, due_at, place };
        let line = letter.line();
        self.dequeue(&line);
        self.lines.entry(line.clone()).or_default().insert(place, event_id);
        self.letters.insert(event_id, letter);
        self.queue(&line);
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
        let Some(letter) = self.letters.get(&id) else { return };
        let (line, place) = (letter.line(), letter.place);
        self.dequeue(&line);
        self.letters.remove(&id);
        if let Some(waiting) = self.lines.get_mut(&line) {
            waiting.remove(&place);
            if waiting.is_empty() {
                self.lines.remove(&line);
            }
        }
        self.queue(&line);
    }

    pub(super) fn failed(&mut self, id: EventId, due_at: Timestamp) {
        self.change(id, |letter| {
            letter.failures = letter.failures.saturating_add(1);
            letter.due_at = due_at;
        });
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
            created_at: letter.created_at,
            failures: letter.failures,
        })
    }
}
