//! Money that leaves outside the closed loop: refunds, and payouts to any account.

use payout_domain::{
    EventId, FailureReason, Money, Payment, PaymentId, ProviderStatus, Timestamp, Transfer,
    TransferId, TransferPurpose,
};
use payout_ports::{PayingAccount, SandboxDelays, ShownSource};

use super::Book;
use super::account::{Movement, Position};
use super::life::{Step, is_found_early};
use super::written::Answer;
use crate::bank::journal::Misfit;
use crate::bank::provider_operation::WrittenUnder;

/// A transfer at the bank.
pub(in crate::bank) struct BankTransfer {
    pub(in crate::bank) transfer: Transfer,
    // The name of the event that tells how it went.
    event_id: EventId,
    delays: SandboxDelays,
    // How it is planned to fail.
    plan: Option<FailureReason>,
    // Whether its amount is set aside, or was.
    funded: bool,
    // Where it stands on the account, unless it failed.
    position: Position,
}

impl BankTransfer {
    pub(super) fn new(transfer: Transfer, event_id: EventId, delays: SandboxDelays) -> Self {
        let position = Position { at: transfer.created_at, sequence: 0 };
        Self { transfer, event_id, delays, plan: None, funded: false, position }
    }

    /// The payment that it pays back, if it is a refund.
    fn refunds(&self) -> Option<PaymentId> {
        match self.transfer.order.purpose {
            TransferPurpose::Refund(id) => Some(id),
            TransferPurpose::Payout { .. } => None,
        }
    }

    fn has_failed(&self) -> bool {
        matches!(self.transfer.status, ProviderStatus::Failed { .. })
    }
}

impl Book {
    /// A transfer.
    pub(in crate::bank) fn transfer(&self, id: TransferId) -> Option<&Transfer> {
        self.transfers.get(&id).map(|found| &found.transfer)
    }

    /// The refunds of a payment, in the order in which they were asked for.
    pub(in crate::bank) fn refunds(&self, id: PaymentId) -> Vec<&Transfer> {
        let mut found: Vec<&BankTransfer> =
            self.transfers.values().filter(|found| found.refunds() == Some(id)).collect();
        found.sort_by_key(|found| (found.transfer.created_at, found.transfer.id));
        found.into_iter().map(|found| &found.transfer).collect()
    }

    /// What the refunds of a payment have taken of it.
    pub(in crate::bank) fn refunded(&self, id: PaymentId) -> Vec<Money> {
        let taken = self.transfers.values();
        let taken = taken.filter(|found| found.refunds() == Some(id) && !found.has_failed());
        taken.map(|found| found.transfer.order.amount).collect()
    }

    /// A payment whose money is on its way, or has arrived.
    pub(in crate::bank) fn payment(&self, id: PaymentId) -> Option<&Payment> {
        self.payments.get(&id).map(|found| &found.payment)
    }

    /// Whether the money of a payment has arrived.
    pub(in crate::bank) fn has_settled(&self, id: PaymentId) -> bool {
        self.payments.get(&id).is_some_and(|found| found.settled)
    }

    /// Where a payment came from.
    pub(in crate::bank) fn source_of(&self, id: PaymentId) -> Option<ShownSource> {
        let payment = self.payment(id)?;
        Some(ShownSource {
            id: payment.payment_source_id,
            user_id: payment.user_id.clone(),
            account: PayingAccount {
                account_holder_name: payment.account_holder_name.clone(),
                account_identifiers: payment.account_identifiers.clone(),
            },
        })
    }

    pub(super) fn take_in_transfer(
        &mut self,
        mut entry: BankTransfer,
        write: WrittenUnder,
    ) -> Result<(), Misfit> {
        let (id, at) = (entry.transfer.id, entry.transfer.created_at);
        if self.transfers.contains_key(&id) {
            return Err(Misfit::NameUsed);
        }
        entry.position = self.position(at);
        let waits_for = entry.refunds().filter(|payment| !self.has_settled(*payment));
        let account = self
            .accounts
            .get_mut(&entry.transfer.order.merchant_account_id)
            .ok_or(Misfit::MerchantAccount)?;
        account.book(entry.position, Movement::Transfer(id));
        // No bank sends these back, so a return that is planned waits for a payout.
        if self.planned_failures.front().is_some_and(|plan| *plan != FailureReason::Returned) {
            entry.plan = self.planned_failures.pop_front();
        }
        if waits_for.is_none() {
            entry.funded = account.reserve(entry.transfer.order.amount);
            self.schedule(at.plus(entry.delays.authorization), Step::AuthorizeTransfer(id));
        }
        self.transfers.insert(id, entry);
        self.remember_write(write, at, Answer::Transferred(id));
        Ok(())
    }

    /// The money of a payment has arrived: what waits for it may go back.
    pub(super) fn payment_came(&mut self, payment_id: PaymentId, at: Timestamp) {
        for id in self.waiting_for(payment_id) {
            let Some(found) = self.transfers.get(&id) else { continue };
            let due_at = at.plus(found.delays.authorization);
            self.schedule(due_at, Step::AuthorizeTransfer(id));
        }
    }

    /// The money of a payment will not come: nothing of it can go back.
    pub(super) fn payment_never_came(&mut self, payment_id: PaymentId, at: Timestamp) {
        for id in self.waiting_for(payment_id) {
            self.fail_transfer(id, FailureReason::Unknown, at);
        }
    }

    pub(super) fn authorize_transfer(&mut self, id: TransferId, at: Timestamp) {
        let Some(found) = self.transfers.get_mut(&id) else { return };
        // Money may have come in since it was accepted.
        if !found.funded
            && let Some(account) = self.accounts.get_mut(&found.transfer.order.merchant_account_id)
        {
            found.funded = account.reserve(found.transfer.order.amount);
        }
        let planned = found.plan.clone().filter(is_found_early);
        let stopped = planned.or((!found.funded).then_some(FailureReason::InsufficientFunds));
        if let Some(reason) = stopped {
            return self.fail_transfer(id, reason, at);
        }
        found.transfer.authorized_at = Some(at);
        found.transfer.status = ProviderStatus::Authorized { at: Some(at) };
        let executes_at = at.plus(found.delays.execution);
        self.schedule(executes_at, Step::ExecuteTransfer(id));
    }

    pub(super) fn execute_transfer(&mut self, id: TransferId, at: Timestamp) {
        let position = self.position(at);
        let Some(found) = self.transfers.get_mut(&id) else { return };
        if let Some(reason) = found.plan.clone() {
            return self.fail_transfer(id, reason, at);
        }
        found.transfer.status = ProviderStatus::Executed { at, scheme: found.transfer.scheme };
        if let Some(account) = self.accounts.get_mut(&found.transfer.order.merchant_account_id) {
            account.debit(found.transfer.order.amount);
            account.unbook(found.position);
            account.book(position, Movement::Transfer(id));
        }
        found.position = position;
        let (event_id, transfer) = (found.event_id, found.transfer.clone());
        self.notice_transfer(event_id, transfer, at);
    }

    fn fail_transfer(&mut self, id: TransferId, reason: FailureReason, at: Timestamp) {
        let Some(found) = self.transfers.get_mut(&id) else { return };
        found.transfer.status = ProviderStatus::Failed { at, reason };
        if let Some(account) = self.accounts.get_mut(&found.transfer.order.merchant_account_id) {
            if found.funded {
                account.release(found.transfer.order.amount);
            }
            account.unbook(found.position);
        }
        let (event_id, transfer) = (found.event_id, found.transfer.clone());
        self.notice_transfer(event_id, transfer, at);
    }

    fn waiting_for(&self, payment_id: PaymentId) -> Vec<TransferId> {
        let waits = |found: &&BankTransfer| {
            found.refunds() == Some(payment_id)
                && !found.funded
                && found.transfer.status == ProviderStatus::Pending
        };
        self.transfers.values().filter(waits).map(|found| found.transfer.id).collect()
    }
}
