//! A sandbox with two merchants, and everything about it under our control.

mod callers;
mod parts;
mod provider;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use payout_domain::{AccountIdentifier, Evidence, FailureReason, Timestamp};
use payout_http_server::{Api, Face, NotReady, Readiness, WebhookKeys, paths, router};
use payout_memory::{Bank, BankConfiguration, MemoryStore};
use payout_ports::{Clock, IdGenerator, MovableClock, PayoutRepository};
use payout_service::{DepositOrder, DispatchPayouts, SandboxDelays, SteerSandbox, TakeIn};
use payout_signature::VerifyingKey;
use payout_signature::access_token::TokenKey;
use uuid::Uuid;

pub(crate) use self::callers::{
    ACME_KEY, ACME_PEM, BETS_KEY, FORGED_KEY, PROVIDER_KEY, READER_KEY, STRANGE_KEY,
};
use self::callers::{Owners, People, client_id};
use self::parts::Parts;
use crate::call::Call;

/// Where the provider says that its keys are.
pub(crate) const PROVIDER_JKU: &str = "https://webhooks.provider.example/.well-known/jwks";

/// The time at which every test begins: 2026-03-02T09:14:07.412093Z.
const BEGINNING: Timestamp = Timestamp::from_micros(1_772_442_847_412_093);

/// A sandbox, and what a test asks of it.
pub(crate) struct House {
    pub(crate) router: Router,
    /// Which routes it has.
    pub(crate) face: Face,
    /// Every path of the router.
    pub(crate) paths: Vec<String>,
    pub(crate) bank: Arc<Bank>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) keys: Arc<ProviderKeys>,
    pub(crate) people: Arc<People>,
    owners: Arc<Owners>,
    steer: SteerSandbox,
    dispatch: DispatchPayouts,
    take_in: TakeIn,
}

/// The ids of a payment, of the source that it came from, and of the merchant account that has it.
#[derive(Clone)]
pub(crate) struct PaidIn {
    pub(crate) merchant_account: String,
    pub(crate) payment: String,
    pub(crate) payment_source: String,
}

/// A clock that stands still until it is moved.
pub(crate) struct TestClock(AtomicI64);

/// Ids that count.
struct CountingIds(AtomicU64);

/// The provider's keys, and who asked for which.
#[derive(Default)]
pub(crate) struct ProviderKeys {
    pub(crate) asked: Mutex<Vec<(String, String)>>,
}

struct AlwaysReady;

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A house in which something is wired in another way.
    pub(crate) fn with(change: impl FnOnce(&mut Api)) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(BEGINNING.as_micros())));
        let ids = Arc::new(CountingIds(AtomicU64::new(1)));
        let configuration =
            BankConfiguration { delays: SandboxDelays::default(), ..BankConfiguration::default() };
        let bank = Arc::new(Bank::new(configuration, clock.clone(), ids.clone()));
        let store = Arc::new(MemoryStore::new());
        let (keys, people) = (Arc::default(), Arc::new(People::of(&["alice", "bob"])));
        let owners = Arc::default();
        let parts = Parts { clock, ids, bank, store, keys, people, owners };
        let (steer, dispatch, take_in) = (parts.steer(), parts.dispatch(), parts.take_in());
        let mut api = parts.api(&steer);
        change(&mut api);
        let Parts { clock, bank, store, keys, people, owners, .. } = parts;
        let (face, paths) = (Face::of(&api), paths(&api));
        let router = router(api);
        Self {
            router,
            face,
            paths,
            bank,
            store,
            clock,
            keys,
            people,
            owners,
            steer,
            dispatch,
            take_in,
        }
    }

    /// A user pays in 20 pounds, and the payment settles.
    pub(crate) async fn paid_in(&self) -> PaidIn {
        self.deposit("sam", "20.00 GBP", None).await
    }

    /// A user pays 20 euros into the merchant account of `bets`, and the payment settles.
    pub(crate) async fn paid_in_to_bets(&self) -> PaidIn {
        let euros = self.deposit("somebody", "1.00 EUR", None).await.merchant_account;
        let (account, bets) = (euros.parse().expect("it is an id"), client_id("bets"));
        self.owners.0.lock().expect("no test panics here").insert(account, bets);
        self.deposit("sam", "20.00 EUR", None).await
    }

    /// A user pays in, and the payment settles.
    pub(crate) async fn deposit(
        &self,
        user: &str,
        amount: &str,
        account: Option<AccountIdentifier>,
    ) -> PaidIn {
        let order = DepositOrder {
            user_id: user.parse().expect("the tests name users well"),
            amount: amount.parse().expect("the tests write amounts well"),
            account,
            account_holder_name: Some("SAM EXAMPLE".to_owned()),
            merchant_account_id: None,
        };
        let deposit = self.steer.deposit(&order).await.expect("the sandbox takes it");
        self.steer.follow.run().await.expect("memory does not fail");
        PaidIn {
            merchant_account: deposit.merchant_account_id.to_string(),
            payment: deposit.payment_id.to_string(),
            payment_source: deposit.payment_source_id.to_string(),
        }
    }

    /// Everything that was accepted is sent, and the bank does what it was told.
    pub(crate) async fn work(&self) {
        self.dispatch.run().await.expect("memory does not fail");
        self.dispatch.drain().await;
        self.clock.advance(Duration::from_secs(1));
        self.steer.follow.run().await.expect("memory does not fail");
    }

    /// Something is learned of a payout.
    pub(crate) async fn learn(&self, id: &str, evidence: Evidence) {
        let id = id.parse().expect("it is a payout's id");
        let payout = self.store.find_unscoped(id).await.expect("memory does not fail");
        let payout = payout.expect("it was accepted");
        self.take_in.run(payout, &evidence, &|_| None).await.expect("memory does not fail");
    }

    /// The next payout fails.
    pub(crate) async fn fail_next(&self, reason: FailureReason) {
        self.steer.fail_next(reason).await.expect("memory does not fail");
    }

    /// A token of an operator.
    pub(crate) async fn operator(&self, name: &str) -> String {
        let body = format!(
            r#"{{"grant_type":"client_credentials","client_id":"operator:{name}","client_secret":"secret of {name}","scope":"operator"}}"#
        );
        let answer = Call::post("/connect/token", &body).send(self).await;
        answer.member("access_token").expect("the operator is known")
    }

    /// A token of a client, for all that it may do.
    pub(crate) async fn token(&self, client: &str) -> String {
        let body = format!(
            r#"{{"grant_type":"client_credentials","client_id":"{client}","client_secret":"secret of {client}"}}"#
        );
        let answer = Call::post("/connect/token", &body).send(self).await;
        answer.member("access_token").expect("the client is known")
    }
}

impl PaidIn {
    /// An order that nothing is wrong with.
    pub(crate) fn order(&self) -> String {
        self.order_of(1250, "GBP", "WD-20417")
    }

    pub(crate) fn order_of(&self, minor: u64, currency: &str, reference: &str) -> String {
        let (account, source) = (&self.merchant_account, &self.payment_source);
        format!(
            r#"{{"merchant_account_id":"{account}","amount_in_minor":{minor},"currency":"{currency}","beneficiary":{{"type":"payment_source","payment_source_id":"{source}","user_id":"sam","reference":"{reference}"}},"metadata":{{"withdrawal_id":"20417"}}}}"#
        )
    }
}

/// The key that tokens of this house are signed with.
pub(crate) fn token_key() -> TokenKey {
    TokenKey::new("token-key", &[7; 32]).expect("it is long enough")
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl MovableClock for TestClock {
    fn advance(&self, span: Duration) -> Timestamp {
        let now = self.now().plus(span);
        self.0.store(now.as_micros(), Ordering::Relaxed);
        now
    }
}

impl IdGenerator for CountingIds {
    fn next(&self) -> Uuid {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(0x5a0e_4c1d_9b72_4f86_8a3e_0000_0000_0000 | u128::from(number))
    }
}

#[async_trait]
impl WebhookKeys for ProviderKeys {
    async fn key(&self, jku: &str, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.asked.lock().expect("no test panics here").push((jku.to_owned(), kid.to_owned()));
        let key = PROVIDER_KEY.verifying_key();
        (jku == PROVIDER_JKU && kid == key.kid()).then(|| Arc::new(key.clone()))
    }
}

#[async_trait]
impl Readiness for AlwaysReady {
    async fn check(&self) -> Result<(), NotReady> {
        Ok(())
    }
}
