//! Which adapter stands behind which port.

mod stores;

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{PayoutRules, SendRule};
use payout_ports::{AccountOwners, Clock, IdGenerator, Marker, Notifier, PayoutGateway};
use payout_service::{
    Acquaintances, Backoff, DecidePayout, DispatchPayouts, DispatchSettings, Doorbell,
    FollowEvents, GuardStore, ListMerchantAccounts, ListPaymentSources, ListPayouts, ListStanding,
    ListTransactions, LookForPayouts, LookSettings, NotifyClients, NotifySettings, PauseSending,
    ReceiveEvent, ReconcilePayouts, RecordPayment, ReplayNotifications, RequestPayout,
    ResolvePayout, ShowHistory, ShowPayment, ShowPayout, TakeIn, WatchSettings,
};

pub(crate) use stores::Stores;

/// What stands behind the ports of a server.
pub(crate) struct Adapters {
    pub(crate) stores: Stores,
    /// The mark outside the store.
    pub(crate) marker: Arc<dyn Marker>,
    pub(crate) gateway: Arc<dyn PayoutGateway>,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    /// Whose the merchant accounts are.
    pub(crate) owners: Arc<dyn AccountOwners>,
}

/// How a server behaves.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    pub(crate) rules: PayoutRules,
    pub(crate) key_window: Option<Duration>,
    pub(crate) dispatch: DispatchSettings,
    pub(crate) watch: WatchSettings,
    pub(crate) look: LookSettings,
    pub(crate) notify: NotifySettings,
}

/// The use cases of a server, wired.
pub(crate) struct UseCases {
    pub(crate) request_payout: RequestPayout,
    pub(crate) show_payout: ShowPayout,
    pub(crate) list_payouts: ListPayouts,
    pub(crate) show_history: ShowHistory,
    pub(crate) show_payment: ShowPayment,
    pub(crate) list_merchant_accounts: ListMerchantAccounts,
    pub(crate) list_transactions: ListTransactions,
    pub(crate) list_payment_sources: ListPaymentSources,
    pub(crate) record_payment: RecordPayment,
    pub(crate) receive_event: ReceiveEvent,
    pub(crate) follow_events: FollowEvents,
    pub(crate) dispatch_payouts: DispatchPayouts,
    pub(crate) reconcile_payouts: ReconcilePayouts,
    pub(crate) notify_clients: NotifyClients,
    pub(crate) guard_store: GuardStore,
    pub(crate) operators: OperatorUseCases,
    pub(crate) bells: Bells,
}

/// What operators do.
pub(crate) struct OperatorUseCases {
    pub(crate) list_standing: ListStanding,
    pub(crate) decide_payout: DecidePayout,
    pub(crate) resolve_payout: ResolvePayout,
    pub(crate) pause_sending: PauseSending,
    pub(crate) replay_notifications: ReplayNotifications,
}

/// The bells that wake the workers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bells {
    pub(crate) dispatch: Doorbell,
    pub(crate) events: Doorbell,
    pub(crate) notifications: Doorbell,
}

/// How long a transmission may take before it is begun again: longer than the client's own deadline
/// for a request, and not much longer, because what a crash cut off waits for its end.
const LEASE: Duration = Duration::from_secs(25);

/// The most that we take the provider's clocks to be apart.
const MARGIN_MAX: Duration = Duration::from_mins(15);

/// How long a look at a payout may take before somebody else looks, too. Looking twice does no harm.
const LOOK_LEASE: Duration = Duration::from_secs(5);

/// How long a delivery may take before it is tried again: longer than a receiver is waited for.
const DELIVERY_LEASE: Duration = Duration::from_secs(15);

/// How long a notification is tried before it is given up: as long as the provider itself tries.
const NOTIFICATION_PATIENCE: Duration = Duration::from_hours(72);

/// How long after the fact we take a payout to be possibly missing from a statement.
const READ_LAG: Duration = Duration::from_hours(2);

/// For how long an event about something that the provider does not show is kept open: as long as
/// the provider itself repeats events.
const EVENT_PATIENCE: Duration = Duration::from_hours(72);

impl Behaviour {
    /// How a service behaves towards a provider that surely remembers a key for `key_window`.
    pub(crate) fn of_service(rules: PayoutRules, key_window: Duration) -> Self {
        Self {
            rules,
            key_window: None,
            dispatch: DispatchSettings {
                in_flight_max: 64,
                lease: LEASE,
                rule: SendRule {
                    key_window,
                    margin: margin(key_window),
                    first_send_age_max: Duration::from_hours(24),
                },
                backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(5) },
                first_look: Duration::from_millis(300),
            },
            watch: WatchSettings {
                shortest: Duration::from_millis(250),
                longest: Duration::from_mins(5),
                executed: Duration::from_hours(1),
                alarm_after: Duration::from_mins(30),
                // Banks have sent money back after weeks.
                return_span: Duration::from_hours(24 * 30),
                lease: LOOK_LEASE,
                at_once_max: 32,
            },
            // A token that lives as long as the provider remembers a key would let nothing be sent.
            look: LookSettings { read_lag: READ_LAG, token_life_max: key_window },
            notify: NotifySettings {
                backoff: Backoff {
                    first: Duration::from_secs(1),
                    longest: Duration::from_hours(1),
                },
                lease: DELIVERY_LEASE,
                at_once_max: 32,
                patience: NOTIFICATION_PATIENCE,
            },
        }
    }

    /// The shortest window in which something can be sent with tokens of this life, in seconds.
    pub(crate) fn key_window_min(token_life: Duration) -> Duration {
        let fifth = Duration::from_secs(token_life.as_secs().div_ceil(5));
        token_life.saturating_add(fifth.min(MARGIN_MAX))
    }

    /// How a sandbox behaves: its bank is in the same process and tells what happens.
    pub(crate) fn of_sandbox(rules: PayoutRules, key_window: Duration) -> Self {
        let mut behaviour = Self::of_service(rules, Duration::from_hours(24 * 365));
        behaviour.key_window = Some(key_window);
        behaviour.watch.shortest = Duration::from_secs(1);
        behaviour.dispatch.first_look = Duration::from_secs(1);
        behaviour.dispatch.lease = Duration::from_secs(2);
        behaviour
    }
}

/// What the provider's clocks may be apart: a sixth of a short window, as in a test, and else a
/// quarter of an hour.
fn margin(key_window: Duration) -> Duration {
    key_window.checked_div(6).unwrap_or_default().min(MARGIN_MAX)
}

impl UseCases {
    /// Wires the use cases of a server.
    pub(crate) fn new(adapters: &Adapters, behaviour: &Behaviour) -> Self {
        let Adapters { stores, gateway, clock, ids, owners, .. } = adapters;
        let (payouts, payments) = (Arc::clone(&stores.payouts), Arc::clone(&stores.payments));
        let bells = Bells::default();
        let take_in = TakeIn {
            payouts: Arc::clone(&payouts),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            notifications: bells.notifications.clone(),
        };
        let record_payment = record_payment(adapters, &bells);
        let look = look_for_payouts(adapters, behaviour, &take_in);
        let guard_store = guard_store(adapters, &take_in);
        let reconcile_payouts = ReconcilePayouts {
            payouts: Arc::clone(&payouts),
            gateway: Arc::clone(gateway),
            clock: Arc::clone(clock),
            take_in: take_in.clone(),
            look: look.clone(),
            settings: behaviour.watch,
        };
        Self {
            request_payout: request_payout(adapters, behaviour, &bells),
            show_payout: ShowPayout { payouts: Arc::clone(&payouts) },
            list_payouts: ListPayouts { payouts: Arc::clone(&payouts) },
            show_history: ShowHistory { payouts: Arc::clone(&payouts) },
            show_payment: ShowPayment {
                payments: Arc::clone(&payments),
                gateway: Arc::clone(gateway),
                owners: Arc::clone(owners),
            },
            list_merchant_accounts: ListMerchantAccounts {
                payments: Arc::clone(&payments),
                gateway: Arc::clone(gateway),
                owners: Arc::clone(owners),
            },
            list_transactions: ListTransactions {
                payouts: Arc::clone(&payouts),
                gateway: Arc::clone(gateway),
                owners: Arc::clone(owners),
            },
            list_payment_sources: ListPaymentSources {
                payments: Arc::clone(&payments),
                gateway: Arc::clone(gateway),
                owners: Arc::clone(owners),
            },
            receive_event: receive_event(adapters, &bells),
            follow_events: follow_events(adapters, &reconcile_payouts, &record_payment),
            dispatch_payouts: DispatchPayouts::new(
                payouts,
                Arc::clone(gateway),
                Arc::clone(ids),
                take_in.clone(),
                guard_store.clone(),
                behaviour.dispatch,
            )
            .ringing(bells.dispatch.clone()),
            notify_clients: notify_clients(adapters, behaviour)
                .ringing(bells.notifications.clone()),
            operators: operators(adapters, &take_in, look, &bells),
            guard_store,
            reconcile_payouts,
            record_payment,
            bells,
        }
    }
}

fn record_payment(adapters: &Adapters, bells: &Bells) -> RecordPayment {
    RecordPayment {
        payments: Arc::clone(&adapters.stores.payments),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        owners: Arc::clone(&adapters.owners),
        notifications: bells.notifications.clone(),
    }
}

fn receive_event(adapters: &Adapters, bells: &Bells) -> ReceiveEvent {
    ReceiveEvent {
        inbox: Arc::clone(&adapters.stores.inbox),
        clock: Arc::clone(&adapters.clock),
        profile: adapters.gateway.profile(),
        events: bells.events.clone(),
    }
}

fn look_for_payouts(
    adapters: &Adapters,
    behaviour: &Behaviour,
    take_in: &TakeIn,
) -> LookForPayouts {
    LookForPayouts {
        payouts: Arc::clone(&adapters.stores.payouts),
        gateway: Arc::clone(&adapters.gateway),
        clock: Arc::clone(&adapters.clock),
        take_in: take_in.clone(),
        settings: behaviour.look,
    }
}

fn guard_store(adapters: &Adapters, take_in: &TakeIn) -> GuardStore {
    GuardStore {
        store: Arc::clone(&adapters.stores.marked),
        marker: Arc::clone(&adapters.marker),
        payouts: Arc::clone(&adapters.stores.payouts),
        take_in: take_in.clone(),
    }
}

fn request_payout(adapters: &Adapters, behaviour: &Behaviour, bells: &Bells) -> RequestPayout {
    RequestPayout {
        acquaintances: Acquaintances::default(),
        payouts: Arc::clone(&adapters.stores.payouts),
        payments: Arc::clone(&adapters.stores.payments),
        gateway: Arc::clone(&adapters.gateway),
        owners: Arc::clone(&adapters.owners),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        rules: behaviour.rules.clone(),
        key_window: behaviour.key_window,
        dispatch: bells.dispatch.clone(),
    }
}

fn follow_events(
    adapters: &Adapters,
    reconcile: &ReconcilePayouts,
    record_payment: &RecordPayment,
) -> FollowEvents {
    FollowEvents {
        inbox: Arc::clone(&adapters.stores.inbox),
        gateway: Arc::clone(&adapters.gateway),
        clock: Arc::clone(&adapters.clock),
        reconcile: reconcile.clone(),
        record_payment: record_payment.clone(),
        limit: 32,
        lease: LEASE,
        patience: EVENT_PATIENCE,
    }
}

fn operators(
    adapters: &Adapters,
    take_in: &TakeIn,
    look: LookForPayouts,
    bells: &Bells,
) -> OperatorUseCases {
    let Adapters { stores, clock, .. } = adapters;
    let payouts = || Arc::clone(&stores.payouts);
    OperatorUseCases {
        list_standing: ListStanding { payouts: payouts() },
        decide_payout: DecidePayout {
            payouts: payouts(),
            take_in: take_in.clone(),
            guard: guard_store(adapters, take_in),
            dispatch: bells.dispatch.clone(),
        },
        resolve_payout: ResolvePayout {
            payouts: payouts(),
            look,
            take_in: take_in.clone(),
            guard: guard_store(adapters, take_in),
        },
        pause_sending: PauseSending {
            switch: Arc::clone(&stores.switch),
            clock: Arc::clone(clock),
            dispatch: bells.dispatch.clone(),
        },
        replay_notifications: ReplayNotifications {
            outbox: Arc::clone(&stores.outbox),
            clock: Arc::clone(clock),
            notifications: bells.notifications.clone(),
        },
    }
}

fn notify_clients(adapters: &Adapters, behaviour: &Behaviour) -> NotifyClients {
    NotifyClients::new(
        Arc::clone(&adapters.stores.outbox),
        Arc::clone(&adapters.notifier),
        (Arc::clone(&adapters.clock), Arc::clone(&adapters.ids)),
        behaviour.notify,
    )
}

#[cfg(test)]
mod tests {
    use payout_domain::{PayoutRules, Timestamp, TokenLife};

    use super::*;

    fn sends(key_window: Duration, token_life: Duration) -> bool {
        let issued_at = Timestamp::from_seconds(1_000);
        let token = TokenLife { issued_at, expires_at: issued_at.plus(token_life) };
        let behaviour = Behaviour::of_service(PayoutRules::default(), key_window);
        behaviour.dispatch.rule.allows(None, token)
    }

    #[test]
    fn the_shortest_window_is_the_shortest_in_which_anything_is_sent() {
        for seconds in [1, 7, 20, 60, 3_600, 4_500, 7_200, 86_400] {
            let life = Duration::from_secs(seconds);
            let shortest = Behaviour::key_window_min(life);

            assert!(sends(shortest, life), "{seconds}");
            assert!(!sends(shortest.saturating_sub(Duration::from_secs(2)), life), "{seconds}");
        }
    }
}
