//! The bank as the rest of the provider: payments, refunds, and payouts to any account.

use std::sync::MutexGuard;

use async_trait::async_trait;
use payout_domain::{
    ClientId, EventId, Login, MerchantAccountId, Money, PayIn, PayInOrder, PayInState, PayInStep,
    PaymentId, PaymentSourceId, Refusal, Scheme, Timestamp, TransactionId, Transfer, TransferId,
    TransferOrder, TransferPurpose, refund_amount,
};
use payout_ports::{
    ClientWrite, CreatedPayIn, Notice, PayInReport, ProviderRefused, RefundOrder, RepositoryError,
    SandboxProvider,
};

use super::book::{Answer, Book, Written};
use super::configuration::identifiers_for;
use super::journal::BankOperation;
use super::provider_operation::{Arrival, ProviderOperation, WrittenUnder};
use super::sandbox::name_of;
use super::{Bank, derived_account};

/// The most minor units that the provider's own sandbox takes in one payment to a merchant account.
const PAY_IN_MAX_MINOR: u64 = 5_000_000;

#[async_trait]
impl SandboxProvider for Bank {
    async fn create_payment(
        &self,
        write: &ClientWrite,
        order: &PayInOrder,
    ) -> Result<CreatedPayIn, ProviderRefused> {
        let mut book = self.book();
        if let Some(written) = earlier(&book, write)? {
            return match written.answer {
                Answer::Created(id) => created(&book, id),
                Answer::Stepped(_) | Answer::Transferred(_) => Err(ProviderRefused::KeyReused),
            };
        }
        check_payment(&book, order)?;
        let payment_id = PaymentId::from_uuid(self.ids.next());
        let operation = ProviderOperation::CreatePayment {
            at: book.now(),
            write: under(write),
            payment_id,
            event_id: EventId::from_uuid(self.ids.next()),
            resource_token: self.ids.next().simple().to_string(),
            order: order.clone(),
        };
        self.do_this(&mut book, operation)?;
        created(&book, payment_id)
    }

    async fn step_payment(
        &self,
        write: &ClientWrite,
        id: PaymentId,
        step: &PayInStep,
    ) -> Result<PayIn, ProviderRefused> {
        let mut book = self.book();
        if let Some(written) = earlier(&book, write)? {
            return match &written.answer {
                Answer::Stepped(pay_in) => Ok((**pay_in).clone()),
                Answer::Created(_) | Answer::Transferred(_) => Err(ProviderRefused::KeyReused),
            };
        }
        own_pay_in(&book, &write.client_id, id)?;
        self.step(&mut book, Some(write), id, step)
    }

    async fn log_in(&self, id: PaymentId, login: Login) -> Result<(), ProviderRefused> {
        let mut book = self.book();
        let step = PayInStep::LogIn { login, by_form: false };
        self.step(&mut book, None, id, &step).map(|_| ())
    }

    async fn pay_in(&self, client_id: &ClientId, id: PaymentId) -> Option<PayInReport> {
        let book = self.book();
        let pay_in = own_pay_in(&book, client_id, id).ok()?.clone();
        let source = book.has_settled(id).then(|| book.source_of(id)).flatten();
        Some(PayInReport { pay_in, source })
    }

    async fn is_pay_in(&self, id: PaymentId) -> bool {
        self.book().pay_in(id).is_some()
    }

    async fn arrives_at(&self, id: PaymentId) -> Option<MerchantAccountId> {
        let book = self.book();
        let made = book.pay_in(id).map(|found| found.pay_in.order().merchant_account_id);
        made.or_else(|| book.payment(id).map(|payment| payment.merchant_account_id))
    }

    async fn refund(
        &self,
        write: &ClientWrite,
        order: &RefundOrder,
    ) -> Result<TransferId, ProviderRefused> {
        let book = self.book();
        if let Some(written) = earlier(&book, write)? {
            return transferred(written);
        }
        let (amount, merchant_account_id) = refundable(&book, &write.client_id, order.payment_id)?;
        let refunded = book.refunded(order.payment_id);
        let amount = refund_amount(amount, &refunded, order.amount_in_minor)?;
        let scheme = book
            .source_of(order.payment_id)
            .and_then(|source| source.account.account_identifiers.into_iter().next())
            .and_then(|identifier| identifier.scheme_for(amount.currency()).ok());
        let order = TransferOrder {
            merchant_account_id,
            amount,
            reference: order.reference.clone(),
            purpose: TransferPurpose::Refund(order.payment_id),
            metadata: order.metadata.clone(),
        };
        self.transfer_out(book, write, order, scheme)
    }

    async fn pay_out(
        &self,
        write: &ClientWrite,
        order: &TransferOrder,
    ) -> Result<TransferId, ProviderRefused> {
        let book = self.book();
        if let Some(written) = earlier(&book, write)? {
            return transferred(written);
        }
        check_account(&book, order.merchant_account_id, order.amount)?;
        let scheme = match &order.purpose {
            TransferPurpose::Payout { account_identifier, .. } => {
                // The provider's sandbox takes an account that its currency has no scheme for, too.
                account_identifier.scheme_for(order.amount.currency()).ok()
            }
            TransferPurpose::Refund(_) => None,
        };
        self.transfer_out(book, write, order.clone(), scheme)
    }

    async fn transfer(&self, client_id: &ClientId, id: TransferId) -> Option<Transfer> {
        self.book().transfer(id).filter(|found| found.client_id == *client_id).cloned()
    }

    async fn refunds(&self, client_id: &ClientId, id: PaymentId) -> Option<Vec<Transfer>> {
        let book = self.book();
        let is_known = match book.pay_in(id) {
            Some(found) => found.pay_in.client_id() == client_id,
            None => book.has_settled(id),
        };
        is_known.then(|| book.refunds(id).into_iter().cloned().collect())
    }

    async fn is_key_taken(&self, write: &ClientWrite) -> bool {
        let book = self.book();
        book.written(write).is_some_and(|written| written.fingerprint != write.fingerprint)
    }

    async fn notices(&self, limit: usize) -> Vec<Notice> {
        self.book().notices(limit)
    }

    async fn notice_told(&self, event_id: EventId) -> Result<(), RepositoryError> {
        let mut book = self.book();
        if !book.is_pending(event_id) {
            return Ok(());
        }
        let told = ProviderOperation::Told { at: book.now(), event_id };
        self.carry_out(&mut book, BankOperation::Provider(told))
            .map_err(RepositoryError::Unavailable)
    }

    async fn notice_failed(&self, id: EventId, again_at: Timestamp) {
        self.book().put_off(id, again_at);
    }
}

impl Bank {
    fn step(
        &self,
        book: &mut Book,
        write: Option<&ClientWrite>,
        id: PaymentId,
        step: &PayInStep,
    ) -> Result<PayIn, ProviderRefused> {
        let at = book.now();
        let mut tried = book.pay_in(id).ok_or(ProviderRefused::NoSuchPayment)?.pay_in.clone();
        tried.take(step, at)?;
        let arrival = match tried.state() {
            PayInState::Authorized => Some(self.arrival(book, &tried)?),
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Executed { .. }
            | PayInState::Settled { .. }
            | PayInState::Failed { .. } => None,
        };
        let (write, step) = (write.map(under), step.clone());
        let operation = ProviderOperation::StepPayment { at, write, payment_id: id, step, arrival };
        self.do_this(book, operation)?;
        Ok(tried)
    }

    /// How the money of a payment comes: from its user's usual account in that currency.
    fn arrival(&self, book: &Book, pay_in: &PayIn) -> Result<Arrival, ProviderRefused> {
        let order = pay_in.order();
        let currency = order.amount.currency();
        if !book.has_room(order.merchant_account_id, order.amount) {
            return Err(ProviderRefused::TooMuch);
        }
        let account = derived_account::of_user(&order.user_id, currency)
            .map_err(|_| ProviderRefused::NoBank(currency))?;
        let known = book.sources().named(&order.user_id, currency, account.account());
        let span = book.delays().settlement;
        Ok(Arrival {
            transaction_id: TransactionId::from_uuid(self.ids.next()),
            payment_source_id: known.unwrap_or_else(|| PaymentSourceId::from_uuid(self.ids.next())),
            account_holder_name: name_of(&order.user_id),
            account_identifiers: identifiers_for(account, currency),
            executes_at: book.now().plus(span.checked_div(2).unwrap_or_default()),
            settles_at: book.now().plus(span),
        })
    }

    fn transfer_out(
        &self,
        mut book: MutexGuard<'_, Book>,
        write: &ClientWrite,
        order: TransferOrder,
        scheme: Option<Scheme>,
    ) -> Result<TransferId, ProviderRefused> {
        let transfer_id = TransferId::from_uuid(self.ids.next());
        let operation = ProviderOperation::Transfer {
            at: book.now(),
            write: under(write),
            transfer_id,
            event_id: EventId::from_uuid(self.ids.next()),
            order,
            scheme,
            delays: book.delays(),
        };
        self.do_this(&mut book, operation)?;
        Ok(transfer_id)
    }

    fn do_this(
        &self,
        book: &mut Book,
        operation: ProviderOperation,
    ) -> Result<(), ProviderRefused> {
        let done = self.carry_out(book, BankOperation::Provider(operation));
        done.map_err(|cause| ProviderRefused::Unavailable(RepositoryError::Unavailable(cause)))
    }
}

fn under(write: &ClientWrite) -> WrittenUnder {
    WrittenUnder {
        client_id: write.client_id.clone(),
        key: write.key.clone(),
        fingerprint: write.fingerprint,
    }
}

/// What the same write was answered before.
fn earlier<'a>(
    book: &'a Book,
    write: &ClientWrite,
) -> Result<Option<&'a Written>, ProviderRefused> {
    match book.written(write) {
        Some(written) if written.fingerprint == write.fingerprint => Ok(Some(written)),
        Some(_) => Err(ProviderRefused::KeyReused),
        None => Ok(None),
    }
}

fn created(book: &Book, id: PaymentId) -> Result<CreatedPayIn, ProviderRefused> {
    let found = book.pay_in(id).ok_or(ProviderRefused::NoSuchPayment)?;
    Ok(CreatedPayIn {
        id,
        user_id: found.pay_in.order().user_id.clone(),
        resource_token: found.resource_token.clone(),
    })
}

fn transferred(written: &Written) -> Result<TransferId, ProviderRefused> {
    match written.answer {
        Answer::Transferred(id) => Ok(id),
        Answer::Created(_) | Answer::Stepped(_) => Err(ProviderRefused::KeyReused),
    }
}

fn own_pay_in<'a>(
    book: &'a Book,
    client_id: &ClientId,
    id: PaymentId,
) -> Result<&'a PayIn, ProviderRefused> {
    let found = book.pay_in(id).map(|found| &found.pay_in);
    let own = found.filter(|pay_in| pay_in.client_id() == client_id);
    own.ok_or(ProviderRefused::NoSuchPayment)
}

fn check_payment(book: &Book, order: &PayInOrder) -> Result<(), ProviderRefused> {
    check_account(book, order.merchant_account_id, order.amount)?;
    if order.amount.minor() > PAY_IN_MAX_MINOR {
        return Err(ProviderRefused::AboveSandboxLimit { max_minor: PAY_IN_MAX_MINOR });
    }
    let currency = order.amount.currency();
    let bank = derived_account::of_user(&order.user_id, currency);
    bank.map(|_| ()).map_err(|_| ProviderRefused::NoBank(currency))
}

fn check_account(book: &Book, id: MerchantAccountId, amount: Money) -> Result<(), ProviderRefused> {
    if amount.is_zero() {
        return Err(Refusal::AmountZero.into());
    }
    let account = book.merchant_account(id).ok_or(Refusal::UnknownMerchantAccount)?;
    let (asked, held) = (amount.currency(), account.currency);
    if asked == held {
        Ok(())
    } else {
        Err(Refusal::MerchantAccountCurrency { asked, held }.into())
    }
}

/// How much a payment was and where it went, if it may be paid back. Whose a deposit by the sandbox's own
/// control is, only its merchant account tells.
fn refundable(
    book: &Book,
    client_id: &ClientId,
    id: PaymentId,
) -> Result<(Money, MerchantAccountId), ProviderRefused> {
    if book.pay_in(id).is_some() {
        let pay_in = own_pay_in(book, client_id, id)?;
        if !pay_in.may_be_refunded() {
            return Err(ProviderRefused::NotRefundable { status: pay_in.state().as_str() });
        }
        return Ok((pay_in.order().amount, pay_in.order().merchant_account_id));
    }
    let settled = book.payment(id).filter(|_| book.has_settled(id));
    let payment = settled.ok_or(ProviderRefused::NoSuchPayment)?;
    Ok((payment.amount, payment.merchant_account_id))
}
