//! The life of payments and payouts at the bank: what time does to them.

use payout_domain::{
    FailureReason, GatewayPayoutId, PaymentId, PayoutId, PayoutOrder, ProviderStatus, Scheme,
    Timestamp, TransactionId, TransferId,
};
use payout_ports::{ReportedPayout, SandboxDelays};

use super::account::{Movement, Position};
use super::{Book, Happened};

/// Something that time does.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Settle(PaymentId),
    Authorize(GatewayPayoutId),
    Execute(GatewayPayoutId),
    Return(GatewayPayoutId),
    ExecutePayIn(PaymentId),
    AuthorizeTransfer(TransferId),
    ExecuteTransfer(TransferId),
}

/// A payout at the bank.
pub(in crate::bank) struct BankPayout {
    pub(super) payout_id: PayoutId,
    pub(super) order: PayoutOrder,
    pub(super) scheme: Option<Scheme>,
    delays: SandboxDelays,
    // How it is planned to fail.
    pub(super) plan: Option<FailureReason>,
    return_transaction_id: Option<TransactionId>,
    // Whether its amount is set aside, or was.
    pub(super) funded: bool,
    // Where it stands on the account, unless it failed.
    pub(super) position: Position,
    pub(super) created_at: Timestamp,
    authorized_at: Option<Timestamp>,
    pub(super) executed_at: Option<Timestamp>,
    pub(super) failed: Option<(Timestamp, FailureReason)>,
    pub(super) returned_by: Option<TransactionId>,
}

impl BankPayout {
    /// A payout that is not on the book yet.
    pub(super) fn new(
        payout_id: PayoutId,
        order: PayoutOrder,
        (created_at, delays): (Timestamp, SandboxDelays),
        scheme: Option<Scheme>,
        return_transaction_id: Option<TransactionId>,
    ) -> Self {
        Self {
            payout_id,
            order,
            scheme,
            delays,
            plan: None,
            return_transaction_id,
            funded: false,
            position: Position { at: created_at, sequence: 0 },
            created_at,
            authorized_at: None,
            executed_at: None,
            failed: None,
            returned_by: None,
        }
    }

    /// When it goes to the scheme, if nothing stops it.
    pub(super) fn authorizes_at(&self) -> Timestamp {
        self.created_at.plus(self.delays.authorization)
    }

    /// How it stood at `horizon`; `None` if it was not there yet.
    pub(in crate::bank) fn reported(
        &self,
        id: GatewayPayoutId,
        horizon: Timestamp,
    ) -> Option<ReportedPayout> {
        (self.created_at <= horizon).then(|| ReportedPayout {
            id,
            payout_id: Some(self.payout_id),
            amount: self.order.amount,
            status: self.status(horizon),
            earlier: self.earlier(horizon),
        })
    }

    /// The execution of one that has come back by then.
    fn earlier(&self, horizon: Timestamp) -> Option<ProviderStatus> {
        let _came_back = self.failed.as_ref().filter(|(at, _)| *at <= horizon)?;
        let at = self.executed_at?;
        Some(ProviderStatus::Executed { at, scheme: self.scheme })
    }

    pub(super) fn can_come_back(&self) -> bool {
        self.executed_at.is_some() && self.failed.is_none()
    }

    fn status(&self, horizon: Timestamp) -> ProviderStatus {
        let by_then = |at: &Timestamp| *at <= horizon;
        if let Some((at, reason)) = self.failed.as_ref().filter(|(at, _)| by_then(at)) {
            return ProviderStatus::Failed { at: *at, reason: reason.clone() };
        }
        if let Some(at) = self.executed_at.filter(by_then) {
            return ProviderStatus::Executed { at, scheme: self.scheme };
        }
        match self.authorized_at.filter(by_then) {
            Some(at) => ProviderStatus::Authorized { at: Some(at) },
            None => ProviderStatus::Pending,
        }
    }

    /// Why it goes no further than `pending`, if it does not.
    fn stops_before_the_scheme(&self) -> Option<FailureReason> {
        match &self.plan {
            Some(reason) if is_found_early(reason) => Some(reason.clone()),
            Some(FailureReason::Returned) | None if self.funded => None,
            Some(FailureReason::Returned) | None => Some(FailureReason::InsufficientFunds),
            Some(_) if self.funded => None,
            Some(reason) => Some(reason.clone()),
        }
    }

    /// Why the scheme does not execute it, if it does not.
    fn stops_at_the_scheme(&self) -> Option<FailureReason> {
        self.plan.clone().filter(|reason| *reason != FailureReason::Returned)
    }
}

/// Whether the bank itself finds this out, before it asks the scheme.
pub(super) fn is_found_early(reason: &FailureReason) -> bool {
    match reason {
        FailureReason::Blocked
        | FailureReason::InsufficientFunds
        | FailureReason::InvalidIban
        | FailureReason::InvalidScan
        | FailureReason::Rejected => true,
        FailureReason::Cancelled
        | FailureReason::NeverSubmitted
        | FailureReason::Returned
        | FailureReason::SchemeError
        | FailureReason::ServerError
        | FailureReason::Unknown
        | FailureReason::Other(_) => false,
    }
}

impl Book {
    /// Takes a step at the time at which it was due.
    pub(super) fn take(&mut self, step: Step, at: Timestamp) {
        match step {
            Step::Settle(id) => self.settle(id, at),
            Step::Authorize(id) => self.authorize(id, at),
            Step::Execute(id) => self.execute(id, at),
            Step::Return(id) => {
                let planned = self.payouts.get(&id).filter(|payout| payout.can_come_back());
                if let Some(transaction) = planned.and_then(|payout| payout.return_transaction_id) {
                    self.bring_back(id, transaction, at);
                }
            }
            Step::ExecutePayIn(id) => self.execute_pay_in(id, at),
            Step::AuthorizeTransfer(id) => self.authorize_transfer(id, at),
            Step::ExecuteTransfer(id) => self.execute_transfer(id, at),
        }
    }

    /// Credits an executed payout again, under this name.
    pub(super) fn bring_back(
        &mut self,
        id: GatewayPayoutId,
        transaction_id: TransactionId,
        at: Timestamp,
    ) {
        let position = self.position(at);
        let Some(payout) = self.payouts.get_mut(&id) else { return };
        payout.failed = Some((at, FailureReason::Returned));
        payout.returned_by = Some(transaction_id);
        if let Some(account) = self.accounts.get_mut(&payout.order.merchant_account_id) {
            account.credit(payout.order.amount);
            account.book(position, Movement::Return(id));
        }
        self.happened.push(Happened::Moved(id));
    }

    fn settle(&mut self, id: PaymentId, at: Timestamp) {
        let position = self.position(at);
        let Some(found) = self.payments.get_mut(&id) else { return };
        found.settled = true;
        if let Some(account) = self.accounts.get_mut(&found.payment.merchant_account_id) {
            account.credit(found.payment.amount);
            account.book(position, Movement::Payment(id));
        }
        self.sources.learn(&found.payment, at);
        self.settle_pay_in(id, at);
        self.payment_came(id, at);
        self.happened.push(Happened::Settled(id));
    }

    fn authorize(&mut self, id: GatewayPayoutId, at: Timestamp) {
        let Some(payout) = self.payouts.get_mut(&id) else { return };
        // Money may have come in since it was accepted.
        if !payout.funded
            && let Some(account) = self.accounts.get_mut(&payout.order.merchant_account_id)
        {
            payout.funded = account.reserve(payout.order.amount);
        }
        if let Some(reason) = payout.stops_before_the_scheme() {
            return self.fail(id, reason, at);
        }
        payout.authorized_at = Some(at);
        let executes_at = at.plus(payout.delays.execution);
        self.schedule(executes_at, Step::Execute(id));
        self.happened.push(Happened::Moved(id));
    }

    fn execute(&mut self, id: GatewayPayoutId, at: Timestamp) {
        let position = self.position(at);
        let Some(payout) = self.payouts.get_mut(&id) else { return };
        if let Some(reason) = payout.stops_at_the_scheme() {
            return self.fail(id, reason, at);
        }
        payout.executed_at = Some(at);
        if let Some(account) = self.accounts.get_mut(&payout.order.merchant_account_id) {
            account.debit(payout.order.amount);
            account.unbook(payout.position);
            account.book(position, Movement::Payout(id));
        }
        payout.position = position;
        let executions = self.executions.entry(payout.payout_id).or_default();
        *executions = executions.saturating_add(1);
        if payout.return_transaction_id.is_some() {
            // The way back takes as long as the way there.
            let returns_at = at.plus(payout.delays.execution);
            self.schedule(returns_at, Step::Return(id));
        }
        self.happened.push(Happened::Moved(id));
    }

    fn fail(&mut self, id: GatewayPayoutId, reason: FailureReason, at: Timestamp) {
        let Some(payout) = self.payouts.get_mut(&id) else { return };
        payout.failed = Some((at, reason));
        if let Some(account) = self.accounts.get_mut(&payout.order.merchant_account_id) {
            if payout.funded {
                account.release(payout.order.amount);
            }
            account.unbook(payout.position);
        }
        self.happened.push(Happened::Moved(id));
    }
}
