//! The bank in memory keeps the laws of a gateway, also when its answers lag behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use payout_conformance::GatewayRig;
use payout_conformance::fixtures::T0;
use payout_domain::{
    Currency, FailureReason, GatewayPayoutId, MerchantAccount, Money, PaymentSource, PayoutId,
    Timestamp, UserId,
};
use payout_memory::{Bank, BankConfiguration};
use payout_ports::{Clock, DepositOrder, IdGenerator, PayoutGateway, SandboxBank};
use uuid::Uuid;

mod prompt {
    async fn fresh() -> impl super::GatewayRig {
        super::BankRig::lagging(super::Duration::ZERO)
    }

    payout_conformance::gateway_laws!(fresh);
}

mod lagging {
    async fn fresh() -> impl super::GatewayRig {
        super::BankRig::lagging(super::Duration::from_secs(5))
    }

    payout_conformance::gateway_laws!(fresh);
}

struct BankRig {
    bank: Bank,
    clock: Arc<Hand>,
    configuration: BankConfiguration,
}

/// A clock that is moved by hand.
struct Hand(AtomicI64);

/// Names that count up.
struct Counter(AtomicU64);

impl BankRig {
    fn lagging(read_lag: Duration) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(T0.as_micros())));
        let configuration =
            BankConfiguration { read_lag, page_size: 2, ..BankConfiguration::named("conformance") };
        let ids = Arc::new(Counter(AtomicU64::new(1)));
        let bank = Bank::new(configuration.clone(), clock.clone(), ids);
        Self { bank, clock, configuration }
    }
}

#[async_trait]
impl GatewayRig for BankRig {
    fn gateway(&self) -> &dyn PayoutGateway {
        &self.bank
    }

    async fn paid_in(&self, user_id: &UserId, amount: Money) -> PaymentSource {
        let order = DepositOrder {
            user_id: user_id.clone(),
            amount,
            account: None,
            account_holder_name: None,
            merchant_account_id: None,
        };
        let deposit = self.bank.deposit(&order).await.expect("the currency has an account");
        self.clock.advance(deposit.settles_at.since(self.clock.now()));
        self.settle().await;
        let sources = self.bank.payment_sources(deposit.merchant_account_id, user_id).await;
        let sources = sources.expect("the bank answers").expect("the account was just named");
        let source = sources.into_iter().find(|source| source.id() == deposit.payment_source_id);
        source.expect("its payment has settled")
    }

    async fn merchant_account(&self, currency: Currency) -> MerchantAccount {
        let accounts = self.bank.merchant_accounts().await.expect("the bank answers");
        let account = accounts.into_iter().find(|account| account.currency == currency);
        account.expect("there is one of pounds and one of euros")
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn executions(&self, payout_id: PayoutId) -> u32 {
        self.bank.executions(payout_id)
    }

    async fn fail_next(&self, reason: FailureReason) {
        self.bank.fail_next(reason).await.expect("the bank has no journal that could fail");
    }

    async fn return_payout(&self, id: GatewayPayoutId) {
        let can_return = self.bank.return_payout(id).await;
        assert!(can_return.expect("the bank has no journal that could fail"));
    }

    fn window(&self) -> Option<Duration> {
        Some(self.configuration.key_window)
    }

    async fn settle(&self) {
        self.clock.advance(self.configuration.read_lag);
    }
}

impl Hand {
    fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).expect("a test lasts less than an age");
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl IdGenerator for Counter {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(7, self.0.fetch_add(1, Ordering::Relaxed))
    }
}
