//! The bank's book: what there is, and how operations and time change it.

mod account;
mod life;
mod pay_ins;
mod payment_sources;
mod statement;
mod transfers;
mod written;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    FailureReason, GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId, Metadata,
    Money, PayIn, Payment, PaymentId, PayoutId, PayoutOrder, PayoutRequest, PayoutRules,
    ProviderStatus, Refusal, Scheme, Timestamp, TransactionId, Transfer, TransferId,
};
use payout_ports::{BankEvent, SandboxDelays};

use super::configuration::BankConfiguration;
use super::instruction_text;
use super::journal::{BankOperation, Misfit};
use super::provider_operation::ProviderOperation;
use account::{Account, Movement, Position};
use life::{BankPayout, Step};
use pay_ins::BankPayIn;
use payment_sources::PaymentSources;
use transfers::BankTransfer;
pub(super) use written::{Answer, Written};
use written::{OwnKey, Pending};

/// Everything that the bank knows. It is a function of the operations and of the time.
pub(super) struct Book {
    // It never goes back.
    now: Timestamp,
    // Orders what happens at the same time.
    sequence: u64,
    delays: SandboxDelays,
    planned_failures: VecDeque<FailureReason>,
    accounts: BTreeMap<MerchantAccountId, Account>,
    accounts_listed: Vec<MerchantAccountId>,
    payments: BTreeMap<PaymentId, PaymentIn>,
    sources: PaymentSources,
    payouts: BTreeMap<GatewayPayoutId, BankPayout>,
    keys: BTreeMap<IdempotencyKey, UsedKey>,
    executions: BTreeMap<PayoutId, u32>,
    due: BTreeMap<Position, Step>,
    happened: Vec<Happened>,
    // What goes on beside closed-loop payouts.
    pay_ins: BTreeMap<PaymentId, BankPayIn>,
    transfers: BTreeMap<TransferId, BankTransfer>,
    written: BTreeMap<OwnKey, Written>,
    // In the order in which they came to be.
    notices: Vec<Pending>,
}

/// A payment on its way, or arrived.
struct PaymentIn {
    payment: Payment,
    transaction_id: TransactionId,
    settled: bool,
}

/// A key that a payout came under.
pub(super) struct UsedKey {
    first_seen: Timestamp,
    pub(super) body: Arc<[u8]>,
    pub(super) gateway_payout_id: GatewayPayoutId,
}

/// An event, as small as it can be kept.
#[derive(Clone, Copy)]
enum Happened {
    Settled(PaymentId),
    Moved(GatewayPayoutId),
}

impl Book {
    /// Opens the accounts.
    pub(super) fn open(configuration: &BankConfiguration) -> Self {
        let opened = &configuration.merchant_accounts;
        Self {
            now: Timestamp::from_micros(i64::MIN),
            sequence: 0,
            delays: configuration.delays,
            planned_failures: VecDeque::new(),
            accounts: opened.iter().map(|open| (open.id, Account::new(open.opened()))).collect(),
            accounts_listed: opened.iter().map(|open| open.id).collect(),
            payments: BTreeMap::new(),
            sources: PaymentSources::default(),
            payouts: BTreeMap::new(),
            keys: BTreeMap::new(),
            executions: BTreeMap::new(),
            due: BTreeMap::new(),
            happened: Vec::new(),
            pay_ins: BTreeMap::new(),
            transfers: BTreeMap::new(),
            written: BTreeMap::new(),
            notices: Vec::new(),
        }
    }

    /// Does what was due until `now`, in the order in which it was due.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while let Some(first) = self.due.first_entry()
            && first.key().at <= now
        {
            let (position, step) = first.remove_entry();
            self.now = self.now.max(position.at);
            self.take(step, position.at);
        }
        self.now = self.now.max(now);
    }

    /// Does an operation. What does not fit changes nothing but the time.
    pub(super) fn apply(&mut self, operation: BankOperation) -> Result<(), Misfit> {
        self.advance(operation.at());
        match operation {
            BankOperation::Deposit {
                at,
                payment_id,
                transaction_id,
                payment_source_id,
                user_id,
                merchant_account_id,
                amount,
                account_holder_name,
                account_identifiers,
                settles_at,
            } => {
                let payment = Payment {
                    id: payment_id,
                    user_id,
                    merchant_account_id,
                    amount,
                    payment_source_id,
                    account_holder_name: Some(account_holder_name),
                    account_identifiers,
                    created_at: at,
                    executed_at: at,
                    settled_at: settles_at,
                    metadata: Metadata::default(),
                };
                self.take_in_deposit(payment, transaction_id)
            }
            BankOperation::Submit {
                at,
                payout_id,
                key,
                body,
                gateway_payout_id,
                scheme,
                delays,
                return_transaction_id,
            } => {
                let order = instruction_text::parse(&body).map_err(|_| Misfit::Instruction)?.order;
                let used = UsedKey { first_seen: at, body, gateway_payout_id };
                let payout =
                    BankPayout::new(payout_id, order, (at, delays), scheme, return_transaction_id);
                self.take_in_payout(payout, key, used)
            }
            BankOperation::FailNext { reason, .. } => {
                self.planned_failures.push_back(reason);
                Ok(())
            }
            BankOperation::Return { at, gateway_payout_id, return_transaction_id } => {
                if !self.can_come_back(gateway_payout_id) {
                    return Err(Misfit::NotExecuted);
                }
                self.bring_back(gateway_payout_id, return_transaction_id, at);
                Ok(())
            }
            BankOperation::SetDelays { delays, .. } => {
                self.delays = delays;
                Ok(())
            }
            BankOperation::Provider(operation) => self.apply_provider(operation),
        }
    }

    fn apply_provider(&mut self, operation: ProviderOperation) -> Result<(), Misfit> {
        match operation {
            ProviderOperation::CreatePayment {
                at,
                write,
                payment_id,
                event_id,
                resource_token,
                order,
            } => {
                let pay_in = PayIn::new(payment_id, write.client_id.clone(), order, at);
                self.take_in_pay_in(pay_in, write, (event_id, resource_token))
            }
            ProviderOperation::StepPayment { at, write, payment_id, step, arrival } => {
                self.step_pay_in((payment_id, &step, at), write, arrival)
            }
            ProviderOperation::Transfer {
                at,
                write,
                transfer_id,
                event_id,
                order,
                scheme,
                delays,
            } => {
                let transfer = Transfer {
                    id: transfer_id,
                    client_id: write.client_id.clone(),
                    order,
                    scheme,
                    created_at: at,
                    authorized_at: None,
                    status: ProviderStatus::Pending,
                };
                self.take_in_transfer(BankTransfer::new(transfer, event_id, delays), write)
            }
            ProviderOperation::Told { event_id, .. } => {
                self.drop_notice(event_id);
                Ok(())
            }
        }
    }

    /// The bank's time.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// How long things take now.
    pub(super) fn delays(&self) -> SandboxDelays {
        self.delays
    }

    /// How often money left for a payout of ours.
    pub(super) fn executions(&self, payout_id: PayoutId) -> u32 {
        self.executions.get(&payout_id).copied().unwrap_or(0)
    }

    /// The merchant accounts, in the order in which they were opened.
    pub(super) fn merchant_accounts(&self) -> impl Iterator<Item = &MerchantAccount> {
        let opened = |id| self.accounts.get(id).map(Account::merchant_account);
        self.accounts_listed.iter().filter_map(opened)
    }

    /// One merchant account.
    pub(super) fn merchant_account(&self, id: MerchantAccountId) -> Option<&MerchantAccount> {
        self.accounts.get(&id).map(Account::merchant_account)
    }

    /// Whether all the money that ever came into an account would still fit it.
    pub(super) fn has_room(&self, id: MerchantAccountId, amount: Money) -> bool {
        self.accounts.get(&id).is_some_and(|account| account.has_room(amount))
    }

    /// The payment sources.
    pub(super) fn sources(&self) -> &PaymentSources {
        &self.sources
    }

    /// A payment that had settled at `horizon`.
    pub(super) fn settled_payment(&self, id: PaymentId, horizon: Timestamp) -> Option<&Payment> {
        let found = self.payments.get(&id).filter(|found| found.settled)?;
        (found.payment.settled_at <= horizon).then_some(&found.payment)
    }

    /// A payout.
    pub(super) fn payout(&self, id: GatewayPayoutId) -> Option<&BankPayout> {
        self.payouts.get(&id)
    }

    /// What came under a key within the last `window`.
    pub(super) fn remembered(&self, key: &IdempotencyKey, window: Duration) -> Option<&UsedKey> {
        self.keys.get(key).filter(|used| self.now < used.first_seen.plus(window))
    }

    /// Whether the next payout is planned to come back.
    pub(super) fn next_will_return(&self) -> bool {
        self.planned_failures.front() == Some(&FailureReason::Returned)
    }

    /// Whether a payout has been executed and has not come back.
    pub(super) fn can_come_back(&self, id: GatewayPayoutId) -> bool {
        self.payouts.get(&id).is_some_and(BankPayout::can_come_back)
    }

    /// Checks the closed loop on the bank's own book. It returns the scheme that will be used, or
    /// why the payout is refused.
    pub(super) fn check(&self, order: &PayoutOrder) -> Result<Option<Scheme>, String> {
        let merchant_account = self
            .merchant_account(order.merchant_account_id)
            .ok_or_else(|| Refusal::UnknownMerchantAccount.to_string())?;
        let source = self
            .sources
            .find(order.payment_source_id)
            .ok_or_else(|| Refusal::UnknownPaymentSource.to_string())?;
        let rules = PayoutRules { limit_minor: Money::MAX_MINOR, ..PayoutRules::default() };
        PayoutRequest::new(order.clone(), merchant_account, source, &rules)
            .map(|request| request.scheme())
            .map_err(|refusals| refusals.to_string())
    }

    /// Takes what has happened since the last time.
    pub(super) fn take_events(&mut self) -> Vec<BankEvent> {
        let happened = std::mem::take(&mut self.happened);
        let told = |happened| match happened {
            Happened::Settled(id) => {
                self.payments.get(&id).map(|found| BankEvent::PaymentSettled(found.payment.clone()))
            }
            Happened::Moved(id) => Some(BankEvent::PayoutMoved(id)),
        };
        happened.into_iter().filter_map(told).collect()
    }

    fn take_in_deposit(
        &mut self,
        payment: Payment,
        transaction_id: TransactionId,
    ) -> Result<(), Misfit> {
        if self.payments.contains_key(&payment.id) {
            return Err(Misfit::NameUsed);
        }
        let currency = payment.amount.currency();
        let identity = payment.account_identifiers.first().ok_or(Misfit::NoAccount)?.account();
        let account = self
            .accounts
            .get_mut(&payment.merchant_account_id)
            .filter(|account| account.merchant_account().currency == currency)
            .ok_or(Misfit::MerchantAccount)?;
        account.expect(payment.amount).map_err(|_| Misfit::TooMuch)?;
        self.sources.name(&payment.user_id, currency, identity, payment.payment_source_id);
        let (id, settles_at) = (payment.id, payment.settled_at);
        self.payments.insert(id, PaymentIn { payment, transaction_id, settled: false });
        self.schedule(settles_at, Step::Settle(id));
        Ok(())
    }

    fn take_in_payout(
        &mut self,
        mut payout: BankPayout,
        key: IdempotencyKey,
        used: UsedKey,
    ) -> Result<(), Misfit> {
        let id = used.gateway_payout_id;
        if self.payouts.contains_key(&id) {
            return Err(Misfit::NameUsed);
        }
        payout.position = self.position(payout.created_at);
        let account = self
            .accounts
            .get_mut(&payout.order.merchant_account_id)
            .ok_or(Misfit::MerchantAccount)?;
        payout.funded = account.reserve(payout.order.amount);
        account.book(payout.position, Movement::Payout(id));
        payout.plan = self.planned_failures.pop_front();
        self.schedule(payout.authorizes_at(), Step::Authorize(id));
        self.payouts.insert(id, payout);
        self.keys.insert(key, used);
        Ok(())
    }

    fn schedule(&mut self, at: Timestamp, step: Step) {
        let position = self.position(at);
        self.due.insert(position, step);
    }

    /// A place in time that nothing else has.
    fn position(&mut self, at: Timestamp) -> Position {
        self.sequence = self.sequence.saturating_add(1);
        Position { at, sequence: self.sequence }
    }
}
