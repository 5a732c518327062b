//! A bank with a hand on its clock, its names and its journal.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use payout_domain::{
    AccountIdentifier, Currency, GatewayPayoutId, MerchantAccount, MerchantAccountId, Metadata,
    Money, PaymentSource, PaymentSourceId, PayoutId, PayoutOrder, PayoutRequest, PayoutRules,
    ProviderStatus, SchemeSelection, Timestamp, UserId,
};
use payout_memory::{
    Bank, BankConfiguration, BankJournal, BankOperation, OpeningAccount, ReplayError,
};
use payout_ports::{
    Cause, Clock, Deposit, DepositOrder, DepositRefused, IdGenerator, Instruction, PayoutGateway,
    SandboxBank, SandboxDelays, SubmitOutcome,
};
use uuid::Uuid;

/// When every test begins.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_772_442_847);

pub(crate) const NO_DELAYS: SandboxDelays = SandboxDelays {
    settlement: Duration::ZERO,
    authorization: Duration::ZERO,
    execution: Duration::ZERO,
};

pub(crate) struct Rig {
    pub(crate) bank: Bank,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) configuration: BankConfiguration,
    payouts: AtomicU64,
}

/// Takes the value of a future that never waits: the bank does everything in the call itself.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the bank waited for something"),
    }
}

pub(crate) fn user(name: &str) -> UserId {
    name.parse().expect("a plain name")
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().expect("an amount")
}

pub(crate) fn identifier(text: &str) -> AccountIdentifier {
    text.parse().expect("a valid identifier")
}

/// Accounts in pounds, euros and złoty with little on them, and no delays.
pub(crate) fn configuration() -> BankConfiguration {
    let accounts = ["50.00 GBP", "50.00 EUR", "50.00 PLN"]
        .map(|balance| OpeningAccount::derived("test", money(balance)).expect("a known currency"));
    BankConfiguration {
        merchant_accounts: accounts.into(),
        delays: NO_DELAYS,
        ..BankConfiguration::named("test")
    }
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with(configuration())
    }

    pub(crate) fn with(configuration: BankConfiguration) -> Self {
        Self::replay(configuration, Vec::new()).expect("nothing happened before")
    }

    /// A bank that did these operations before.
    pub(crate) fn replay(
        configuration: BankConfiguration,
        operations: Vec<BankOperation>,
    ) -> Result<Self, ReplayError> {
        let clock = Arc::new(ManualClock(AtomicI64::new(START.as_micros())));
        let journal = Arc::new(Journal::default());
        let ids = Arc::new(Ids(AtomicU64::new(0)));
        let bank =
            Bank::replay(configuration.clone(), clock.clone(), ids, journal.clone(), operations)?;
        Ok(Self { bank, clock, journal, configuration, payouts: AtomicU64::new(0) })
    }

    pub(crate) fn account(&self, currency: Currency) -> MerchantAccount {
        let accounts = at_once(self.bank.merchant_accounts()).expect("the bank answers");
        let found = accounts.into_iter().find(|account| account.currency == currency);
        found.expect("the currency is configured")
    }

    pub(crate) fn try_deposit(&self, order: &DepositOrder) -> Result<Deposit, DepositRefused> {
        at_once(self.bank.deposit(order))
    }

    pub(crate) fn deposit(&self, name: &str, amount: &str) -> Deposit {
        self.try_deposit(&deposit(name, money(amount))).expect("the deposit is in order")
    }

    /// An instruction that the domain accepts, whatever the bank's own book says.
    pub(crate) fn instruction(&self, order: &PayoutOrder) -> Instruction {
        let number = self.payouts.fetch_add(1, Ordering::Relaxed);
        let id = PayoutId::from_uuid(Uuid::from_u64_pair(0x00_70_61_79, number));
        self.bank.prepare(id, &believed(order))
    }

    pub(crate) fn submit(&self, instruction: &Instruction) -> SubmitOutcome {
        let authorisation = at_once(self.bank.authorise()).expect("the bank gives leave");
        at_once(self.bank.submit(instruction, &authorisation))
    }

    pub(crate) fn accepted(&self, instruction: &Instruction) -> GatewayPayoutId {
        let outcome = self.submit(instruction);
        let SubmitOutcome::Accepted(id) = outcome else { panic!("not accepted: {outcome:?}") };
        id
    }

    /// Pays a user who has paid in before.
    pub(crate) fn pay(&self, deposit: &Deposit, name: &str, amount: &str) -> GatewayPayoutId {
        self.accepted(&self.instruction(&order(deposit, name, money(amount))))
    }

    pub(crate) fn status(&self, id: GatewayPayoutId) -> Option<ProviderStatus> {
        let found = at_once(self.bank.find_payout(id)).expect("the bank answers");
        found.map(|reported| reported.status)
    }

    pub(crate) fn set_delays(&self, delays: SandboxDelays) {
        at_once(self.bank.set_delays(delays)).expect("the journal keeps it");
    }
}

pub(crate) fn deposit(name: &str, amount: Money) -> DepositOrder {
    DepositOrder {
        user_id: user(name),
        amount,
        account: None,
        account_holder_name: None,
        merchant_account_id: None,
    }
}

pub(crate) fn order(deposit: &Deposit, name: &str, amount: Money) -> PayoutOrder {
    PayoutOrder {
        merchant_account_id: deposit.merchant_account_id,
        user_id: user(name),
        payment_source_id: deposit.payment_source_id,
        amount,
        reference: "WD-20417".parse().expect("a readable reference"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::new([("withdrawal", "20417=\n")]).expect("within the limits"),
    }
}

/// What a service that was told wrong would take for a closed loop.
fn believed(order: &PayoutOrder) -> PayoutRequest {
    let currency = order.amount.currency();
    let nothing = Money::zero(currency);
    let account = MerchantAccount {
        id: order.merchant_account_id,
        currency,
        account_identifiers: Vec::new(),
        account_holder_name: String::new(),
        available_balance: nothing,
        current_balance: nothing,
    };
    let source = PaymentSource::listed(
        order.payment_source_id,
        order.user_id.clone(),
        (order.merchant_account_id, currency),
        (None, Vec::new()),
        START,
    );
    let rules = PayoutRules { limit_minor: Money::MAX_MINOR, ..PayoutRules::default() };
    PayoutRequest::new(order.clone(), &account, &source, &rules).expect("believed to be in order")
}

pub(crate) fn merchant_account_id(number: u128) -> MerchantAccountId {
    MerchantAccountId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn payment_source_id(number: u128) -> PaymentSourceId {
    PaymentSourceId::from_uuid(Uuid::from_u128(number))
}

/// A clock that a test sets.
pub(crate) struct ManualClock(AtomicI64);

impl ManualClock {
    pub(crate) fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.set(self.now().plus(span));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Counts, so that the same run gives the same names.
struct Ids(AtomicU64);

impl IdGenerator for Ids {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(0x1d, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A journal in memory that can refuse.
#[derive(Default)]
pub(crate) struct Journal {
    operations: Mutex<Vec<BankOperation>>,
    is_full: AtomicBool,
}

impl Journal {
    pub(crate) fn operations(&self) -> Vec<BankOperation> {
        self.operations.lock().expect("no test panics while it writes").clone()
    }

    pub(crate) fn refuse(&self, refuse: bool) {
        self.is_full.store(refuse, Ordering::Relaxed);
    }
}

impl BankJournal for Journal {
    fn append(&self, operation: &BankOperation) -> Result<(), Cause> {
        if self.is_full.load(Ordering::Relaxed) {
            return Err("the disk is full".into());
        }
        let mut operations = self.operations.lock().expect("no test panics while it writes");
        operations.push(operation.clone());
        Ok(())
    }
}
