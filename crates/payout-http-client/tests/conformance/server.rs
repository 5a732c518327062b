//! A sandbox on a port of this machine, with a clock that is moved by hand.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use payout_conformance::fixtures::{T0, acme};
use payout_domain::{PayoutRules, SendRule, Timestamp};
use payout_http_server::{
    Api, Client, ClientDirectory, Faults, Limits, NotReady, Provider, Readiness, Sandbox,
    SecretDigest, Tokens, router, serve,
};
use payout_memory::{Bank, BankConfiguration, MemoryMarker, MemoryStore};
use payout_ports::{Clock, IdGenerator, MovableClock};
use payout_service::{
    Acquaintances, Backoff, DispatchPayouts, DispatchSettings, Doorbell, FollowBank, GuardStore,
    ListMerchantAccounts, ListPaymentSources, ListPayouts, ListTransactions, LookForPayouts,
    LookSettings, ReconcilePayouts, RecordPayment, RequestPayout, ShowHistory, ShowPayment,
    ShowPayout, SteerSandbox, TakeIn, TakePayment, TransferMoney, WatchSettings,
};
use payout_signature::access_token::{TokenKey, TokenKeys};
use payout_signature::{Verifier, VerifyingKey};
use tokio::net::TcpListener;
use uuid::Uuid;

pub(crate) const SECRET: &str = "the secret of acme";

/// Short, so that a law which takes the time from a token never takes an old one.
const TOKEN_LIFE: Duration = Duration::from_mins(2);

/// A server of ours on a bank in memory.
pub(crate) struct Server {
    pub(crate) bank: Arc<Bank>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<Hand>,
    pub(crate) steer: SteerSandbox,
    pub(crate) key_window: Duration,
    dispatch: DispatchPayouts,
    url: String,
}

/// A clock that is moved by hand.
pub(crate) struct Hand(AtomicI64);

impl Server {
    /// Listens, and lets in whoever signs with this key.
    pub(crate) async fn start(key: VerifyingKey) -> Self {
        let wiring = Wiring::new();
        let steer = wiring.steer();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let routes = router(wiring.api(key, &steer));
        tokio::spawn(serve(listener, routes, Limits::default(), std::future::pending()));
        let dispatch = wiring.dispatch();
        let Wiring { clock, bank, store, key_window, .. } = wiring;
        Self { bank, store, clock, steer, key_window, dispatch, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sends what was accepted, and takes in what the bank has done.
    pub(crate) async fn work(&self) {
        self.dispatch.run().await.expect("memory does not fail");
        self.dispatch.drain().await;
        self.steer.follow.run().await.expect("memory does not fail");
    }
}

/// What a server is made of.
struct Wiring {
    clock: Arc<Hand>,
    ids: Arc<Counter>,
    bank: Arc<Bank>,
    store: Arc<MemoryStore>,
    key_window: Duration,
}

impl Wiring {
    fn new() -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(T0.as_micros())));
        let ids = Arc::new(Counter(AtomicU64::new(1)));
        let configuration =
            BankConfiguration { page_size: 2, ..BankConfiguration::named("conformance") };
        let key_window = configuration.key_window;
        let bank = Arc::new(Bank::new(configuration, clock.clone(), ids.clone()));
        Self { clock, ids, bank, store: Arc::new(MemoryStore::new()), key_window }
    }

    fn api(&self, key: VerifyingKey, steer: &SteerSandbox) -> Api {
        let (store, bank, clock) = (&self.store, &self.bank, Arc::clone(&self.clock));
        let traces = AtomicU64::new(1);
        Api {
            request_payout: self.request_payout(),
            show_payout: ShowPayout { payouts: store.clone() },
            list_payouts: ListPayouts { payouts: store.clone() },
            show_history: ShowHistory { payouts: store.clone() },
            show_payment: ShowPayment {
                payments: store.clone(),
                gateway: bank.clone(),
                owners: Arc::new(acme()),
            },
            list_merchant_accounts: ListMerchantAccounts {
                payments: store.clone(),
                gateway: bank.clone(),
                owners: Arc::new(acme()),
            },
            list_transactions: ListTransactions {
                payouts: store.clone(),
                gateway: bank.clone(),
                owners: Arc::new(acme()),
            },
            list_payment_sources: ListPaymentSources {
                payments: store.clone(),
                gateway: bank.clone(),
                owners: Arc::new(acme()),
            },
            clients: clients(key),
            verifier: Verifier::LIBRARY,
            tokens: tokens(),
            clock: Arc::new(move || clock.now()),
            trace_ids: Arc::new(move || format!("{:032x}", traces.fetch_add(1, Ordering::Relaxed))),
            webhooks: None,
            own_keys: r#"{"keys":[]}"#.to_owned(),
            operators: None,
            sandbox: Some(Sandbox {
                steer: steer.clone(),
                owner: acme(),
                delays: Mutex::new(bank.delays()),
                point_webhooks: None,
                lifetimes: Mutex::default(),
                faults: Faults::default(),
                provider: Provider {
                    take_payment: TakePayment {
                        provider: bank.clone(),
                        ids: self.ids.clone(),
                        owners: Arc::new(acme()),
                        follow: steer.follow.clone(),
                    },
                    transfer_money: TransferMoney {
                        provider: bank.clone(),
                        owners: Arc::new(acme()),
                    },
                    base_url: "http://127.0.0.1:8080".to_owned(),
                },
            }),
            audit: None,
            limits: Limits::default(),
            ready: Arc::new(AlwaysReady),
        }
    }

    fn request_payout(&self) -> RequestPayout {
        RequestPayout {
            acquaintances: Acquaintances::default(),
            payouts: self.store.clone(),
            payments: self.store.clone(),
            gateway: self.bank.clone(),
            owners: Arc::new(acme()),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            rules: PayoutRules::default(),
            key_window: Some(self.key_window),
            dispatch: Doorbell::default(),
        }
    }

    fn steer(&self) -> SteerSandbox {
        let record_payment = RecordPayment {
            payments: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            owners: Arc::new(acme()),
            notifications: Doorbell::default(),
        };
        let bank = self.bank.clone();
        SteerSandbox {
            bank: self.bank.clone(),
            payouts: self.store.clone(),
            clock: self.clock.clone(),
            follow: FollowBank { bank, record_payment, reconcile: self.reconcile() },
            dispatch: Doorbell::default(),
        }
    }

    fn reconcile(&self) -> ReconcilePayouts {
        ReconcilePayouts {
            payouts: self.store.clone(),
            gateway: self.bank.clone(),
            clock: self.clock.clone(),
            take_in: self.take_in(),
            look: LookForPayouts {
                payouts: self.store.clone(),
                gateway: self.bank.clone(),
                clock: self.clock.clone(),
                take_in: self.take_in(),
                settings: LookSettings {
                    read_lag: Duration::from_mins(10),
                    token_life_max: Duration::from_hours(1),
                },
            },
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
                key_window: self.key_window,
                margin: Duration::from_mins(15),
                first_send_age_max: Duration::from_hours(24),
            },
            backoff: Backoff { first: Duration::from_millis(10), longest: Duration::from_secs(1) },
            first_look: Duration::from_secs(1),
        };
        let (store, bank, ids) = (self.store.clone(), self.bank.clone(), self.ids.clone());
        DispatchPayouts::new(store, bank, ids, self.take_in(), self.guard(), settings)
    }
}

fn clients(key: VerifyingKey) -> ClientDirectory {
    let client = Client {
        id: acme(),
        secret: SecretDigest::of(SECRET),
        earlier_secret: None,
        keys: vec![key],
        scopes: ["payments".to_owned()].into(),
    };
    ClientDirectory::new([client]).expect("there is only one")
}

fn tokens() -> Tokens {
    let key = TokenKey::new("token-key", &[7; 32]).expect("it is long enough");
    Tokens {
        keys: TokenKeys::new(key),
        issuer: "payout".to_owned(),
        audience: "payments_api".to_owned(),
        life: TOKEN_LIFE,
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

impl MovableClock for Hand {
    fn advance(&self, span: Duration) -> Timestamp {
        let micros = i64::try_from(span.as_micros()).expect("a test lasts less than an age");
        self.0.fetch_add(micros, Ordering::SeqCst);
        self.now()
    }
}

/// Names that count up.
struct Counter(AtomicU64);

impl IdGenerator for Counter {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(0x0198_0000_0000_7000, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

struct AlwaysReady;

#[async_trait]
impl Readiness for AlwaysReady {
    async fn check(&self) -> Result<(), NotReady> {
        Ok(())
    }
}
