//! Use cases over mocks.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use payout_conformance::fixtures::{Accepting, T0, acme, gateway_payout_id, profile, rule, token};
use payout_domain::{Evidence, Payout};
use payout_ports::{
    Authorisation, BearerToken, Clock, IdGenerator, MockClock, MockIdGenerator, MockInbox,
    MockMarkedStore, MockMarker, MockNotifier, MockOutbox, MockPaymentRepository,
    MockPayoutGateway, MockPayoutRepository, StoreMark,
};
use payout_service::{
    Backoff, DispatchPayouts, DispatchSettings, Doorbell, FollowEvents, GuardStore, LookForPayouts,
    LookSettings, NotifyClients, NotifySettings, ReconcilePayouts, RecordPayment, TakeIn,
    WatchSettings,
};
use uuid::Uuid;

/// A clock that stands at the time when tests begin.
pub(crate) fn settled_clock() -> Arc<dyn Clock> {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(T0);
    Arc::new(clock)
}

/// Names in order.
pub(crate) fn ids() -> Arc<dyn IdGenerator> {
    let (mut ids, mut number) = (MockIdGenerator::new(), 0_u64);
    ids.expect_next().returning(move || {
        number = number.saturating_add(1);
        Uuid::from_u64_pair(7, number)
    });
    Arc::new(ids)
}

/// The token that everything is sent with.
pub(crate) fn bearer() -> BearerToken {
    BearerToken::new("the token")
}

/// Leave to send for an hour.
pub(crate) fn authorisation() -> Authorisation {
    Authorisation { life: token(T0), token: bearer() }
}

/// A payout that the provider has.
pub(crate) fn submitted() -> Payout {
    let mut payout = Accepting::number(1).payout();
    payout.begin_transmission(&rule(), token(T0), T0).expect("it waits to be sent");
    let evidence = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(1) };
    let _changed = payout.apply(&evidence, T0);
    payout
}

const BACKOFF: Backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(5) };

const WATCH: WatchSettings = WatchSettings {
    shortest: Duration::from_secs(1),
    longest: Duration::from_mins(5),
    executed: Duration::from_hours(1),
    alarm_after: Duration::from_mins(30),
    return_span: Duration::from_hours(24 * 30),
    lease: Duration::from_mins(1),
    at_once_max: 4,
};

fn take_in_to(payouts: &Arc<MockPayoutRepository>) -> TakeIn {
    TakeIn {
        payouts: Arc::<MockPayoutRepository>::clone(payouts),
        clock: settled_clock(),
        ids: ids(),
        notifications: Doorbell::default(),
    }
}

pub(crate) fn take_in(payouts: MockPayoutRepository) -> TakeIn {
    take_in_to(&Arc::new(payouts))
}

pub(crate) fn dispatch(
    payouts: MockPayoutRepository,
    gateway: MockPayoutGateway,
) -> DispatchPayouts {
    dispatch_with(payouts, gateway, marks())
}

pub(crate) fn dispatch_with(
    payouts: MockPayoutRepository,
    gateway: MockPayoutGateway,
    marker: MockMarker,
) -> DispatchPayouts {
    let payouts = Arc::new(payouts);
    let settings = DispatchSettings {
        in_flight_max: 4,
        lease: Duration::from_mins(1),
        rule: rule(),
        backoff: BACKOFF,
        first_look: Duration::from_secs(1),
    };
    let take_in = take_in_to(&payouts);
    let guard = guard(&payouts, marker);
    DispatchPayouts::new(payouts, Arc::new(gateway), ids(), take_in, guard, settings)
}

/// A marker that takes every mark.
pub(crate) fn marks() -> MockMarker {
    let mut marker = MockMarker::new();
    marker.expect_write().returning(|_| Ok(()));
    marker
}

fn guard(payouts: &Arc<MockPayoutRepository>, marker: MockMarker) -> GuardStore {
    let mut store = MockMarkedStore::new();
    store.expect_mark().returning(|| {
        let (store, place) = ("a store".into(), "a place".into());
        Ok(StoreMark { store, place, sequence: 1, latest_at: None })
    });
    GuardStore {
        store: Arc::new(store),
        marker: Arc::new(marker),
        payouts: Arc::<MockPayoutRepository>::clone(payouts),
        take_in: take_in_to(payouts),
    }
}

fn look(payouts: &Arc<MockPayoutRepository>, gateway: &Arc<MockPayoutGateway>) -> LookForPayouts {
    LookForPayouts {
        payouts: Arc::<MockPayoutRepository>::clone(payouts),
        gateway: Arc::<MockPayoutGateway>::clone(gateway),
        clock: settled_clock(),
        take_in: take_in_to(payouts),
        settings: LookSettings {
            read_lag: Duration::from_hours(2),
            token_life_max: Duration::from_hours(1),
        },
    }
}

pub(crate) fn reconcile(
    payouts: MockPayoutRepository,
    mut gateway: MockPayoutGateway,
) -> ReconcilePayouts {
    gateway.expect_profile().returning(profile);
    let (payouts, gateway) = (Arc::new(payouts), Arc::new(gateway));
    ReconcilePayouts {
        take_in: take_in_to(&payouts),
        look: look(&payouts, &gateway),
        payouts,
        gateway,
        clock: settled_clock(),
        settings: WATCH,
    }
}

pub(crate) fn follow_events(
    inbox: MockInbox,
    gateway: MockPayoutGateway,
    payments: MockPaymentRepository,
) -> FollowEvents {
    let (payouts, gateway) = (Arc::new(MockPayoutRepository::new()), Arc::new(gateway));
    FollowEvents {
        inbox: Arc::new(inbox),
        gateway: Arc::<MockPayoutGateway>::clone(&gateway),
        clock: settled_clock(),
        reconcile: ReconcilePayouts {
            take_in: take_in_to(&payouts),
            look: look(&payouts, &gateway),
            payouts,
            gateway,
            clock: settled_clock(),
            settings: WATCH,
        },
        record_payment: RecordPayment {
            payments: Arc::new(payments),
            clock: settled_clock(),
            ids: ids(),
            owners: Arc::new(acme()),
            notifications: Doorbell::default(),
        },
        limit: 10,
        lease: Duration::from_mins(1),
        patience: Duration::from_hours(72),
    }
}

/// The use case, and the moment when everything that it started has ended.
pub(crate) fn notify(
    outbox: MockOutbox,
    notifier: MockNotifier,
) -> (NotifyClients, impl Future<Output = ()>) {
    let outbox = Arc::new(outbox);
    let watched = Arc::<MockOutbox>::clone(&outbox);
    let notify = NotifyClients::new(
        outbox,
        Arc::new(notifier),
        (settled_clock(), ids()),
        NotifySettings {
            backoff: BACKOFF,
            lease: Duration::from_secs(30),
            at_once_max: 4,
            patience: Duration::from_hours(72),
        },
    );
    let told = async move {
        // The tasks hold the use case's ports; when only we and it are left, they have ended.
        while Arc::strong_count(&watched) > 2 {
            tokio::task::yield_now().await;
        }
    };
    (notify, told)
}
