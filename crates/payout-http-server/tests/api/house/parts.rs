//! How a house is wired.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use payout_domain::{ClientSecretDigest, PayoutRules, Registration, Scope, SendRule};
use payout_http_server::{
    Api, ClientDesk, ClientDirectory, Faults, InboundWebhooks, Limits, Operators, Sandbox, Tokens,
};
use payout_memory::{Bank, MemoryMarker, MemoryStore};
use payout_ports::{Clock as _, GatewayProfile};
use payout_service::{
    Acquaintances, Backoff, DecidePayout, DispatchPayouts, DispatchSettings, Doorbell, FollowBank,
    GuardStore, ListMerchantAccounts, ListPaymentSources, ListPayouts, ListStanding,
    ListTransactions, LookForPayouts, LookSettings, ManageClients, PauseSending, ReceiveEvent,
    ReconcilePayouts, RecordPayment, ReplayNotifications, RequestPayout, ResolvePayout,
    ShowHistory, ShowPayment, ShowPayout, SteerSandbox, TakeIn, WatchSettings,
};
use payout_signature::access_token::TokenKeys;
use payout_signature::{Jwks, Verifier};

use super::callers::{ACME_KEY, LiveRegister, Owners, PROVIDER_KEY, People, clients};
use super::{AlwaysReady, BEGINNING, CountingIds, ProviderKeys, TestClock, token_key};

/// What a house is built from.
pub(super) struct Parts {
    pub(super) clock: Arc<TestClock>,
    pub(super) ids: Arc<CountingIds>,
    pub(super) bank: Arc<Bank>,
    pub(super) store: Arc<MemoryStore>,
    pub(super) keys: Arc<ProviderKeys>,
    pub(super) people: Arc<People>,
    pub(super) owners: Arc<Owners>,
}

impl Parts {
    pub(super) fn api(&self, steer: &SteerSandbox) -> Api {
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
            verifier: Verifier::LIBRARY,
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
            acquaintances: Acquaintances::default(),
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

    pub(super) fn steer(&self) -> SteerSandbox {
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

    pub(super) fn take_in(&self) -> TakeIn {
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

    pub(super) fn dispatch(&self) -> DispatchPayouts {
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
