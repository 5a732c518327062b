//! What clients wrote under which key, and what they are still to be told.

use std::time::Duration;

use payout_domain::{
    ClientId, EventId, IdempotencyKey, PayIn, PaymentId, Timestamp, Transfer, TransferId,
};
use payout_ports::{ClientWrite, Fingerprint, Notice, NoticeSubject};

use super::Book;
use crate::bank::provider_operation::WrittenUnder;

/// What a client wrote, and what it was answered.
pub(in crate::bank) struct Written {
    first_seen: Timestamp,
    pub(in crate::bank) fingerprint: Fingerprint,
    pub(in crate::bank) answer: Answer,
}

/// What a write was answered.
pub(in crate::bank) enum Answer {
    /// This payment was made.
    Created(PaymentId),
    /// This is how the step left its payment.
    Stepped(Box<PayIn>),
    /// This transfer was accepted.
    Transferred(TransferId),
}

/// Whose key it is, and which one.
pub(super) type OwnKey = (ClientId, IdempotencyKey);

/// A notice on its way, and when it is due.
pub(super) struct Pending {
    pub(super) due_at: Timestamp,
    pub(super) notice: Notice,
}

impl Book {
    /// What was written under a key, unless that is forgotten by now.
    pub(in crate::bank) fn written(&self, write: &ClientWrite) -> Option<&Written> {
        let key = (write.client_id.clone(), write.key.clone());
        let is_known = |first_seen: Timestamp, window: Option<Duration>| {
            window.is_none_or(|window| self.now < first_seen.plus(window))
        };
        self.written.get(&key).filter(|found| is_known(found.first_seen, write.key_window))
    }

    /// The notices that are due, the first that came to be due first.
    pub(in crate::bank) fn notices(&self, limit: usize) -> Vec<Notice> {
        let due = self.notices.iter().filter(|pending| pending.due_at <= self.now);
        due.take(limit).map(|pending| pending.notice.clone()).collect()
    }

    /// Puts a notice off.
    pub(in crate::bank) fn put_off(&mut self, id: EventId, due_at: Timestamp) {
        let found = self.notices.iter_mut().find(|pending| pending.notice.event_id == id);
        if let Some(pending) = found {
            pending.due_at = due_at;
            pending.notice.failures = pending.notice.failures.saturating_add(1);
        }
    }

    /// Whether a notice is still to be told.
    pub(in crate::bank) fn is_pending(&self, id: EventId) -> bool {
        self.notices.iter().any(|pending| pending.notice.event_id == id)
    }

    pub(super) fn remember_write(&mut self, write: WrittenUnder, at: Timestamp, answer: Answer) {
        let WrittenUnder { client_id, key, fingerprint } = write;
        self.written.insert((client_id, key), Written { first_seen: at, fingerprint, answer });
    }

    pub(super) fn drop_notice(&mut self, id: EventId) {
        self.notices.retain(|pending| pending.notice.event_id != id);
    }

    pub(super) fn notice_pay_in(&mut self, event_id: EventId, pay_in: PayIn, at: Timestamp) {
        let client_id = pay_in.client_id().clone();
        self.note(event_id, client_id, NoticeSubject::PayIn(Box::new(pay_in)), at);
    }

    pub(super) fn notice_transfer(&mut self, event_id: EventId, transfer: Transfer, at: Timestamp) {
        let client_id = transfer.client_id.clone();
        self.note(event_id, client_id, NoticeSubject::Transfer(Box::new(transfer)), at);
    }

    fn note(
        &mut self,
        event_id: EventId,
        client_id: ClientId,
        subject: NoticeSubject,
        since: Timestamp,
    ) {
        let notice = Notice { event_id, client_id, subject, since, failures: 0 };
        self.notices.push(Pending { due_at: since, notice });
    }
}
