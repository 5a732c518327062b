//! What clients are shown and told, held against the bank's own book.

use payout_domain::{PayoutId, PayoutState, Status};
use payout_memory::Bank;
use payout_ports::{Notification, NotificationKind, NotificationSubject};

use super::Auditor;
use crate::statement::Statement;

impl Auditor {
    /// A client sees how its payout stands.
    pub(crate) fn shown(&mut self, id: PayoutId, status: Status, bank: &Bank) {
        let restored = self.restored.is_some();
        let file = self.files.entry(id).or_default();
        file.executions = bank.executions(id);
        let before = file.status.replace(status);
        let is_executed = file.executions > 0;
        let is_failed = file.executions == 0 || file.returned;
        file.told_failed |= status == Status::Failed;
        if before.is_some_and(|before| status < before) && !restored {
            self.accuse_of(Statement::NoLie, id, "the status goes back");
        }
        if status == Status::Executed && !is_executed {
            self.accuse_of(Statement::NoLie, id, "shown as executed, and it is not");
        }
        if status == Status::Failed && !is_failed {
            self.accuse_of(Statement::NoLie, id, "shown as failed, and the money is gone");
        }
    }

    /// A client is told something.
    pub(crate) fn told(&mut self, notification: &Notification, bank: &Bank) {
        let NotificationSubject::Payout(payout) = &notification.subject else { return };
        let (id, kind) = (payout.id(), notification.kind);
        let restored = self.restored.is_some();
        let file = self.files.entry(id).or_default();
        file.executions = bank.executions(id);
        let told = (notification.event_id, kind);
        if file.told.contains(&told) {
            return;
        }
        let is_legal = match (file.told.last(), kind) {
            (None, _)
            | (Some((_, NotificationKind::PayoutExecuted)), NotificationKind::PayoutFailed) => true,
            (Some(_), _) => restored,
        };
        file.told.push(told);
        let is_failure = kind == NotificationKind::PayoutFailed;
        file.told_failed |= is_failure;
        let is_true = match kind {
            NotificationKind::PayoutExecuted => file.executions > 0,
            NotificationKind::PayoutFailed => file.executions == 0 || file.returned,
            NotificationKind::PaymentSettled => false,
        };
        if !is_legal {
            self.accuse_of(Statement::NoLie, id, "told what cannot follow what was told before");
        }
        if !is_true {
            let what = if is_failure {
                "told to have failed, and the money is gone"
            } else {
                "told to be executed, and it is not"
            };
            self.accuse_of(Statement::NoLie, id, what);
        }
    }

    /// The last that a client was told of a payout is how it ended.
    pub(crate) fn check_told(&mut self, id: PayoutId, state: &PayoutState) {
        let last = self.files.get(&id).and_then(|file| file.told.last().map(|(_, kind)| *kind));
        let expected = match state.status() {
            Status::Executed => Some(NotificationKind::PayoutExecuted),
            Status::Failed => Some(NotificationKind::PayoutFailed),
            Status::Pending | Status::Authorized => None,
        };
        if last != expected && self.restored.is_none() {
            self.accuse_of(Statement::NoLie, id, "its client was not told how it ended");
        }
    }
}
