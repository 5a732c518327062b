//! A sandbox with two merchants, and everything about it under our control.

mod provider;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use payout_domain::{
    AccountIdentifier, ClientId, ClientSecretDigest, Evidence, FailureReason, MerchantAccountId,
    OperatorName, PayoutRules, Registration, Scope, SendRule, Timestamp,
};
use payout_http_server::{
    Api, Client, ClientDesk, ClientDirectory, Faults, InboundWebhooks, Limits, NotReady,
    OperatorDirectory, Operators, Readiness, Sandbox, SecretDigest, Tokens, WebhookKeys, paths,
    router,
};
use payout_memory::{Bank, BankConfiguration, MemoryMarker, MemoryStore};
use payout_ports::{
    AccountOwners, ClientRegister, Clock, GatewayProfile, IdGenerator, MovableClock,
    PayoutRepository, RegisterError, RepositoryError,
};
use payout_service::{
    Backoff, DecidePayout, DepositOrder, DispatchPayouts, DispatchSettings, Doorbell, FollowBank,
    GuardStore, ListMerchantAccounts, ListPaymentSources, ListPayouts, ListStanding,
    ListTransactions, LookForPayouts, LookSettings, ManageClients, PauseSending, ReceiveEvent,
    ReconcilePayouts, RecordPayment, ReplayNotifications, RequestPayout, ResolvePayout,
    SandboxDelays, ShowHistory, ShowPayment, ShowPayout, SteerSandbox, TakeIn, WatchSettings,
};
use payout_signature::access_token::{TokenKey, TokenKeys};
use payout_signature::{Jwks, SigningKey, VerifyingKey};
use uuid::Uuid;

use crate::call::Call;

/// The key of the merchant `acme`.
pub(crate) static ACME_KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem("acme-key", ACME_PEM.as_bytes()).expect("it was generated")
});

/// The same as PEM, for those who sign what `sign` would not.
pub(crate) static ACME_PEM: LazyLock<String> =
    LazyLock::new(|| SigningKey::generate("acme-key").expect("there is entropy").1);

/// The key of `reader`, which may look only.
pub(crate) static READER_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("reader-key"));

/// The key of the merchant `bets`, with the same id.
pub(crate) static BETS_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("acme-key"));

/// A key of nobody, with an id that nobody has.
pub(crate) static STRANGE_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("strange-key"));

/// The key that the provider signs its webhooks with.
pub(crate) static PROVIDER_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("provider-key"));

/// Where the provider says that its keys are.
pub(crate) const PROVIDER_JKU: &str = "https://webhooks.provider.example/.well-known/jwks";

/// The time at which every test begins: 2026-03-02T09:14:07.412093Z.
const BEGINNING: Timestamp = Timestamp::from_micros(1_772_442_847_412_093);

/// A sandbox, and what a test asks of it.
pub(crate) struct House {
    pub(crate) router: Router,
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

/// The operators, with their secrets.
#[derive(Default)]
pub(crate) struct People(pub(crate) Mutex<BTreeMap<String, String>>);

/// The ids of a payment, of the source that it came from, and of the merchant account that has it.
#[derive(Clone)]
pub(crate) struct PaidIn {
    pub(crate) merchant_account: String,
    pub(crate) payment: String,
    pub(crate) payment_source: String,
}

/// Whose each merchant account is: `acme`'s, unless it is said here.
#[derive(Default)]
pub(crate) struct Owners(Mutex<BTreeMap<MerchantAccountId, ClientId>>);

impl AccountOwners for Owners {
    fn owner(&self, id: MerchantAccountId) -> ClientId {
        let given = self.0.lock().expect("no test panics here");
        given.get(&id).cloned().unwrap_or_else(|| client_id("acme"))
    }
}

fn client_id(name: &str) -> ClientId {
    name.parse().expect("the tests name clients well")
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
        let paths = paths(&api);
        let router = router(api);
        Self { router, paths, bank, store, clock, keys, people, owners, steer, dispatch, take_in }
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

impl People {
    /// Operators of these names, each with a secret that tells it.
    fn of(names: &[&str]) -> Self {
        let secret = |name: &&str| ((*name).to_owned(), format!("secret of {name}"));
        Self(Mutex::new(names.iter().map(secret).collect()))
    }
}

#[async_trait]
impl OperatorDirectory for People {
    async fn find(&self, name: &OperatorName) -> Option<SecretDigest> {
        let people = self.0.lock().expect("no test panics here");
        people.get(name.as_str()).map(|secret| SecretDigest::of_operator(secret))
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

/// What a house is built from.
struct Parts {
    clock: Arc<TestClock>,
    ids: Arc<CountingIds>,
    bank: Arc<Bank>,
    store: Arc<MemoryStore>,
    keys: Arc<ProviderKeys>,
    people: Arc<People>,
    owners: Arc<Owners>,
}

impl Parts {
    fn api(&self, steer: &SteerSandbox) -> Api {
        let clock = Arc::clone(&self.clock);
        let traces = AtomicU64::new(1);
        let directory = ClientDirectory::new(clients()).expect("each has its own name and key");
        Api {
            request_payout: self.request_payout(),
            show_payout: ShowPayout { payouts: self.store.clone() },
            list_payouts: ListPayouts { payouts: self.store.clone() },
            show_history: ShowHistory { payouts: self.store.clone() },
            show_payment: ShowPayment {
                payments: self.store.clone(),
                gateway: self.bank.clone(),
                owners: self.owners.clone(),
            },
            list_merchant_accounts: ListMerchantAccounts {
                payments: self.store.clone(),
                gateway: self.bank.clone(),
                owners: self.owners.clone(),
            },
            list_transactions: ListTransactions {
                payouts: self.store.clone(),
                gateway: self.bank.clone(),
                owners: self.owners.clone(),
            },
            list_payment_sources: ListPaymentSources {
                payments: self.store.clone(),
                gateway: self.bank.clone(),
                owners: self.owners.clone(),
            },
            clients: directory.clone(),
            tokens: Tokens {
                keys: TokenKeys::new(token_key()),
                issuer: "payout".to_owned(),
                audience: "payments_api".to_owned(),
                life: Duration::from_hours(1),
            },
            clock: Arc::new(move || clock.now()),
            trace_ids: Arc::new(move || format!("{:032x}", traces.fetch_add(1, Ordering::Relaxed))),
            webhooks: Some(self.webhooks()),
            own_keys: Jwks::render(&[PROVIDER_KEY.verifying_key()]),
            operators: Some(self.operators(directory)),
            sandbox: Some(Sandbox {
                steer: steer.clone(),
                owner: "acme".parse().expect("it is a name"),
                delays: Mutex::new(self.bank.delays()),
                point_webhooks: None,
                lifetimes: Mutex::default(),
                faults: Faults::default(),
                provider: self.provider(steer),
            }),
            audit: None,
            limits: Limits::default(),
            ready: Arc::new(AlwaysReady),
        }
    }

    fn client_desk(&self, directory: ClientDirectory) -> ClientDesk {
        let register = Arc::new(LiveRegister { store: self.store.clone(), directory });
        let [acme, ..] = clients();
        let digest = ClientSecretDigest(*acme.secret.as_bytes());
        let mut configured =
            Registration::new(acme.id, [Scope::Payments].into(), digest, BEGINNING)
                .expect("it has a scope");
        let key = ACME_KEY.public_key_pem();
        configured.add_key(ACME_KEY.kid(), &key, BEGINNING).expect("it is the first");
        let secrets = AtomicU64::new(1);
        ClientDesk {
            manage: ManageClients {
                register,
                clock: self.clock.clone(),
                guard: self.guard(),
                configured,
            },
            new_secret: Arc::new(move || {
                format!("new secret {}", secrets.fetch_add(1, Ordering::Relaxed))
            }),
            check_webhook: Arc::new(|url| {
                let is_safe = url.starts_with("https://");
                is_safe.then_some(()).ok_or_else(|| "must be https".to_owned())
            }),
        }
    }

    fn operators(&self, directory: ClientDirectory) -> Operators {
        Operators {
            directory: self.people.clone(),
            list_standing: ListStanding { payouts: self.store.clone() },
            decide_payout: DecidePayout {
                payouts: self.store.clone(),
                take_in: self.take_in(),
                guard: self.guard(),
                dispatch: Doorbell::default(),
            },
            resolve_payout: ResolvePayout {
                payouts: self.store.clone(),
                look: self.look(),
                take_in: self.take_in(),
                guard: self.guard(),
            },
            pause_sending: PauseSending {
                switch: self.store.clone(),
                clock: self.clock.clone(),
                dispatch: Doorbell::default(),
            },
            replay_notifications: ReplayNotifications {
                outbox: self.store.clone(),
                clock: self.clock.clone(),
                notifications: Doorbell::default(),
            },
            client_desk: Some(self.client_desk(directory)),
        }
    }

    fn request_payout(&self) -> RequestPayout {
        RequestPayout {
            payouts: self.store.clone(),
            payments: self.store.clone(),
            gateway: self.bank.clone(),
            owners: self.owners.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            rules: PayoutRules { strict_references: true, ..PayoutRules::default() },
            key_window: None,
            dispatch: Doorbell::default(),
        }
    }

    fn webhooks(&self) -> InboundWebhooks {
        let receive = ReceiveEvent {
            inbox: self.store.clone(),
            clock: self.clock.clone(),
            profile: GatewayProfile::new("provider"),
            events: Doorbell::default(),
        };
        let age_max = Duration::from_hours(73);
        InboundWebhooks { receive, keys: self.keys.clone(), path_secret: None, age_max }
    }

    fn steer(&self) -> SteerSandbox {
        SteerSandbox {
            bank: self.bank.clone(),
            payouts: self.store.clone(),
            clock: self.clock.clone(),
            follow: FollowBank {
                bank: self.bank.clone(),
                record_payment: RecordPayment {
                    payments: self.store.clone(),
                    clock: self.clock.clone(),
                    ids: self.ids.clone(),
                    owners: self.owners.clone(),
                    notifications: Doorbell::default(),
                },
                reconcile: self.reconcile(),
            },
            dispatch: Doorbell::default(),
        }
    }

    fn reconcile(&self) -> ReconcilePayouts {
        ReconcilePayouts {
            payouts: self.store.clone(),
            gateway: self.bank.clone(),
            clock: self.clock.clone(),
            take_in: self.take_in(),
            look: self.look(),
            settings: WatchSettings {
                shortest: Duration::from_secs(1),
                longest: Duration::from_mins(1),
                executed: Duration::from_mins(10),
                alarm_after: Duration::from_mins(30),
                return_span: Duration::from_hours(24),
                lease: Duration::from_secs(10),
                at_once_max: 8,
            },
        }
    }

    fn look(&self) -> LookForPayouts {
        LookForPayouts {
            payouts: self.store.clone(),
            gateway: self.bank.clone(),
            clock: self.clock.clone(),
            take_in: self.take_in(),
            settings: LookSettings {
                read_lag: Duration::from_mins(1),
                token_life_max: Duration::from_hours(1),
            },
        }
    }

    fn take_in(&self) -> TakeIn {
        TakeIn {
            payouts: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            notifications: Doorbell::default(),
        }
    }

    fn guard(&self) -> GuardStore {
        GuardStore {
            store: self.store.clone(),
            marker: Arc::new(MemoryMarker::default()),
            payouts: self.store.clone(),
            take_in: self.take_in(),
        }
    }

    fn dispatch(&self) -> DispatchPayouts {
        let settings = DispatchSettings {
            in_flight_max: 8,
            lease: Duration::from_secs(30),
            rule: SendRule {
                key_window: Duration::from_hours(6),
                margin: Duration::from_mins(5),
                first_send_age_max: Duration::from_hours(1),
            },
            backoff: Backoff { first: Duration::from_millis(10), longest: Duration::from_secs(1) },
            first_look: Duration::from_secs(1),
        };
        DispatchPayouts::new(
            self.store.clone(),
            self.bank.clone(),
            self.ids.clone(),
            self.take_in(),
            self.guard(),
            settings,
        )
    }
}

/// A register of which the directory is kept up to date.
struct LiveRegister {
    store: Arc<MemoryStore>,
    directory: ClientDirectory,
}

#[async_trait]
impl ClientRegister for LiveRegister {
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError> {
        self.store.registrations().await
    }

    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        self.store.save_registration(registration, expected_version).await?;
        let registered = self.store.registrations().await?;
        let registered = registered.iter().filter_map(|it| {
            Client::registered(it).expect("only keys that were read are registered")
        });
        let all = clients().into_iter().chain(registered);
        self.directory.replace(all).expect("the use case has looked");
        Ok(())
    }

    async fn register_progress(&self) -> Result<u64, RepositoryError> {
        self.store.register_progress().await
    }
}

fn clients() -> [Client; 4] {
    let client = |id: &str, key: Option<&SigningKey>, scopes: &[&str]| Client {
        id: id.parse().expect("the tests name clients well"),
        secret: SecretDigest::of(&format!("secret of {id}")),
        earlier_secret: None,
        keys: key.iter().map(|key| key.verifying_key().clone()).collect(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    };
    [
        client("acme", Some(&ACME_KEY), &["payments", "info"]),
        client("bets", Some(&BETS_KEY), &["payments"]),
        client("watcher", None, &["info"]),
        client("reader", Some(&READER_KEY), &["payments:read"]),
    ]
}

/// The key that tokens of this house are signed with.
pub(crate) fn token_key() -> TokenKey {
    TokenKey::new("token-key", &[7; 32]).expect("it is long enough")
}

fn new_key(kid: &str) -> SigningKey {
    SigningKey::generate(kid).expect("there is entropy").0
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
