//! Payments that clients have their users make.

use payout_domain::{EventId, Login, PayIn, PayInState, PayInStep, Payment, PaymentId, Timestamp};

use super::Book;
use super::life::Step;
use super::written::Answer;
use crate::bank::journal::Misfit;
use crate::bank::provider_operation::{Arrival, WrittenUnder};

/// A payment that a client has its user make.
pub(in crate::bank) struct BankPayIn {
    pub(in crate::bank) pay_in: PayIn,
    pub(in crate::bank) resource_token: String,
    // The name of the event that tells how it went.
    event_id: EventId,
}

impl Book {
    /// A payment that a client has its user make.
    pub(in crate::bank) fn pay_in(&self, id: PaymentId) -> Option<&BankPayIn> {
        self.pay_ins.get(&id)
    }

    pub(super) fn take_in_pay_in(
        &mut self,
        pay_in: PayIn,
        write: WrittenUnder,
        (event_id, resource_token): (EventId, String),
    ) -> Result<(), Misfit> {
        let (id, at) = (pay_in.id(), pay_in.created_at());
        if self.pay_ins.contains_key(&id) || self.payments.contains_key(&id) {
            return Err(Misfit::NameUsed);
        }
        if self.merchant_account(pay_in.order().merchant_account_id).is_none() {
            return Err(Misfit::MerchantAccount);
        }
        self.pay_ins.insert(id, BankPayIn { pay_in, resource_token, event_id });
        self.remember_write(write, at, Answer::Created(id));
        Ok(())
    }

    pub(super) fn step_pay_in(
        &mut self,
        (id, step, at): (PaymentId, &PayInStep, Timestamp),
        write: Option<WrittenUnder>,
        arrival: Option<Arrival>,
    ) -> Result<(), Misfit> {
        let found = self.pay_ins.get_mut(&id).ok_or(Misfit::NoPayment)?;
        found.pay_in.take(step, at).map_err(|_| Misfit::Step)?;
        let pay_in = found.pay_in.clone();
        if let (PayInStep::LogIn { login, .. }, Some(arrival)) = (step, arrival) {
            self.authorised(&pay_in, *login, &arrival)?;
        }
        if let Some(write) = write {
            self.remember_write(write, at, Answer::Stepped(Box::new(pay_in)));
        }
        self.notice_failure(id, at);
        Ok(())
    }

    /// The user's bank executes a payment, or does not.
    pub(super) fn execute_pay_in(&mut self, id: PaymentId, at: Timestamp) {
        let Some(found) = self.pay_ins.get_mut(&id) else { return };
        if found.pay_in.take(&PayInStep::Execute, at).is_err() {
            return;
        }
        let (pay_in, event_id) = (found.pay_in.clone(), found.event_id);
        match pay_in.state() {
            PayInState::Executed { .. } => self.notice_pay_in(event_id, pay_in, at),
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Authorized
            | PayInState::Settled { .. }
            | PayInState::Failed { .. } => {
                self.notice_failure(id, at);
                self.payment_never_came(id, at);
            }
        }
    }

    /// The money of a payment has arrived, if it is one of these.
    pub(super) fn settle_pay_in(&mut self, id: PaymentId, at: Timestamp) {
        if let Some(found) = self.pay_ins.get_mut(&id) {
            // It was executed before: that step was due before this one.
            let _executed_before = found.pay_in.take(&PayInStep::Settle, at);
        }
    }

    fn authorised(
        &mut self,
        pay_in: &PayIn,
        login: Login,
        arrival: &Arrival,
    ) -> Result<(), Misfit> {
        self.schedule(arrival.executes_at, Step::ExecutePayIn(pay_in.id()));
        match login {
            Login::Executed => {
                self.take_in_deposit(payment_of(pay_in, arrival), arrival.transaction_id)
            }
            Login::AuthorisationFailed | Login::ExecutionRejected | Login::Cancelled => Ok(()),
        }
    }

    fn notice_failure(&mut self, id: PaymentId, at: Timestamp) {
        let Some(found) = self.pay_ins.get(&id) else { return };
        if let PayInState::Failed { .. } = found.pay_in.state() {
            let (event_id, pay_in) = (found.event_id, found.pay_in.clone());
            self.notice_pay_in(event_id, pay_in, at);
        }
    }
}

fn payment_of(pay_in: &PayIn, arrival: &Arrival) -> Payment {
    let order = pay_in.order();
    Payment {
        id: pay_in.id(),
        user_id: order.user_id.clone(),
        merchant_account_id: order.merchant_account_id,
        amount: order.amount,
        payment_source_id: arrival.payment_source_id,
        account_holder_name: Some(arrival.account_holder_name.clone()),
        account_identifiers: arrival.account_identifiers.clone(),
        created_at: pay_in.created_at(),
        executed_at: arrival.executes_at,
        settled_at: arrival.settles_at,
        metadata: order.metadata.clone(),
    }
}
