//! An instance of the service: the production use cases over faulty ports.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use payout_domain::{PayoutRules, PayoutState};
use payout_ports::{
    Clock, GatewayProfile, IdGenerator, PayoutChange, PayoutGateway, PayoutRepository,
};
use payout_service::{
    Acquaintances, Backoff, DecidePayout, DispatchPayouts, Doorbell, FollowEvents, GuardStore,
    ListStanding, LookForPayouts, LookSettings, NotifyClients, NotifySettings, PauseSending,
    ReceiveEvent, ReconcilePayouts, RecordPayment, ReplayNotifications, RequestPayout,
    ResolvePayout, ServiceError, TakeIn,
};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::agenda::Happening;
use crate::client::client_id;
use crate::faulty_gateway::FaultyGateway;
use crate::faulty_store::FaultyStore;
use crate::life::Life;
use crate::marker::FaultyMarker;
use crate::mistakes::with_progress;
use crate::receiver::Receiver;
use crate::world::{World, lock};
use crate::{FaultKind, Plant};

/// One round of a use case, as a future that borrows nothing.
macro_rules! run_of {
    ($use_case:ident) => {{
        let use_case = $use_case.clone();
        async move { use_case.run().await }
    }};
}
/// A place for an instance of the service, which may be running or dead.
#[derive(Default)]
pub(crate) struct Instance {
    lives: u64,
    running: Option<Running>,
}

struct Running {
    life: Arc<Life>,
    /// What it does for others, once it has seen which store it has.
    service: Option<Arc<Service>>,
    workers: Vec<AbortHandle>,
}

/// What an instance does for those who ask it.
pub(crate) struct Service {
    pub(crate) request_payout: RequestPayout,
    pub(crate) receive_event: ReceiveEvent,
    pub(crate) list_standing: ListStanding,
    pub(crate) decide_payout: DecidePayout,
    pub(crate) resolve_payout: ResolvePayout,
    pub(crate) pause_sending: PauseSending,
    pub(crate) replay_notifications: ReplayNotifications,
}

impl Instance {
    /// Ends for good, with all that it had in mind.
    pub(crate) fn end(&mut self) {
        self.running = None;
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// How long an event about something that the provider does not show is kept open.
const EVENT_PATIENCE: Duration = Duration::from_hours(8);

impl World {
    /// Starts an instance that is not running.
    pub(crate) fn start(self: &Arc<Self>, number: usize) {
        let Some(place) = self.instances.get(number) else { return };
        let mut place = lock(place);
        if place.running.is_some() || self.suffers(FaultKind::InstancesDown) {
            return;
        }
        place.lives = place.lives.saturating_add(1);
        let life = Life::begin(Arc::clone(self), number, place.lives);
        self.note("an instance starts", uuid::Uuid::nil(), place.lives);
        let wiring = Wiring::of(&life);
        let boot = tokio::spawn(boot(wiring)).abort_handle();
        place.running = Some(Running { life, service: None, workers: vec![boot] });
    }

    /// Lets an instance work whose life has not ended meanwhile.
    fn admit(&self, life: &Life, service: Service, workers: Vec<AbortHandle>) {
        let Some(place) = self.instances.get(life.instance) else { return };
        if let Some(running) =
            lock(place).running.as_mut().filter(|it| it.life.number == life.number)
        {
            running.service = Some(Arc::new(service));
            running.workers.extend(workers);
        }
    }

    /// Buries an instance: nothing of what it had in mind is left. It starts again later.
    pub(crate) async fn bury(self: &Arc<Self>, number: usize, downtime: Duration) {
        let Some(place) = self.instances.get(number) else { return };
        let running = lock(place).running.take();
        let Some(running) = running else { return };
        running.life.die();
        for worker in &running.workers {
            worker.abort();
        }
        self.note("an instance is dead", uuid::Uuid::nil(), running.life.number);
        self.forget_intents(&running.life).await;
        self.after(downtime, Happening::Start(number));
    }

    /// The life that an instance has now.
    pub(crate) fn life_of(&self, number: usize) -> Option<Arc<Life>> {
        let place = lock(self.instances.get(number)?);
        place.running.as_ref().map(|running| Arc::clone(&running.life))
    }

    /// Some running instance that is configured as usual, if there is one.
    pub(crate) fn some_service(&self) -> Option<Arc<Service>> {
        if self.suffers(FaultKind::ProfileChanged) {
            return None;
        }
        let service = |place: &std::sync::Mutex<Instance>| {
            let place = lock(place);
            place.running.as_ref().and_then(|running| running.service.clone())
        };
        let running: Vec<_> = self.instances.iter().filter_map(service).collect();
        self.draw(|chance| chance.pick(&running).cloned())
    }

    /// What would be lost if the intent were written only with the outcome.
    async fn forget_intents(&self, life: &Life) {
        let unwritten = std::mem::take(&mut *lock(&life.unwritten));
        for id in unwritten {
            let Ok(Some(payout)) = self.store().find_unscoped(id).await else { continue };
            if payout.progress().attempts != 1 {
                continue;
            }
            let forgotten = with_progress(&payout, |progress| {
                progress.state = PayoutState::Accepted;
                progress.attempts = 0;
                progress.first_sent_at = None;
            });
            let change = PayoutChange {
                expected_version: payout.version(),
                payout: forgotten,
                events: Vec::new(),
                notifications: Vec::new(),
                schedule: None,
                attempt_end: None,
            };
            let _nobody_else_writes_now = self.store().save(change).await;
        }
    }
}

/// What stands behind the ports of one instance.
struct Wiring {
    life: Arc<Life>,
    store: Arc<FaultyStore>,
    gateway: Arc<dyn PayoutGateway>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    to_send: Doorbell,
    to_follow: Doorbell,
    to_tell: Doorbell,
}

/// Looks first which store there is, as the binary does, and then lets the workers run.
async fn boot(wiring: Wiring) {
    let may_send = wiring.may_send().await;
    let world = &wiring.life.world;
    let (dispatch, reconcile) = (wiring.dispatch(), wiring.reconcile());
    let (follow, notify) = (wiring.follow_events(), wiring.notify());
    let patience = world.plan.patience;
    let mut workers = vec![
        worker(patience, &wiring.to_follow, move || run_of!(follow)),
        worker(patience, &wiring.to_tell, move || run_of!(notify)),
        worker(patience, &Doorbell::default(), move || run_of!(reconcile)),
    ];
    if may_send {
        workers.push(worker(patience, &wiring.to_send, move || run_of!(dispatch)));
    }
    world.admit(&wiring.life, wiring.service(), workers);
}

impl Wiring {
    fn of(life: &Arc<Life>) -> Self {
        let world = &life.world;
        Self {
            store: Arc::new(FaultyStore { life: Arc::clone(life) }),
            gateway: Arc::new(FaultyGateway { life: Arc::clone(life), profile: profile(world) }),
            clock: life.clone(),
            ids: world.ids(),
            to_send: Doorbell::default(),
            to_follow: Doorbell::default(),
            to_tell: Doorbell::default(),
            life: Arc::clone(life),
        }
    }

    /// Whether payouts may be sent from this store, or an operator says so. An instance that cannot
    /// find out is started again until it can.
    async fn may_send(&self) -> bool {
        let (world, guard) = (&self.life.world, self.guard());
        if world.plant == Some(Plant::RestoreRedispatch) {
            return true;
        }
        loop {
            if let Ok(verdict) = guard.run().await {
                let may_send = verdict.allows_sending();
                let adoption = world.adoption_of(self.life.instance);
                if may_send {
                    return true;
                }
                world.note("not allowed to send", uuid::Uuid::nil(), 0);
                match adoption {
                    None => {
                        world.call_operator(self.life.instance);
                        return false;
                    }
                    Some(adoption) if guard.adopt(adoption).await.is_ok() => {
                        world.adopted(self.life.instance);
                        return true;
                    }
                    Some(_) => {}
                }
            }
            sleep(SECOND).await;
        }
    }

    fn guard(&self) -> GuardStore {
        GuardStore {
            store: self.store.clone(),
            marker: Arc::new(FaultyMarker { life: Arc::clone(&self.life) }),
            payouts: self.store.clone(),
            take_in: self.take_in(),
        }
    }

    fn look(&self) -> LookForPayouts {
        LookForPayouts {
            payouts: self.store.clone(),
            gateway: Arc::clone(&self.gateway),
            clock: Arc::clone(&self.clock),
            take_in: self.take_in(),
            settings: LookSettings {
                read_lag: Duration::from_hours(2),
                token_life_max: self.life.world.plan.dispatch.rule.key_window,
            },
        }
    }

    fn take_in(&self) -> TakeIn {
        TakeIn {
            payouts: self.store.clone(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            notifications: self.to_tell.clone(),
        }
    }

    fn dispatch(&self) -> DispatchPayouts {
        DispatchPayouts::new(
            self.store.clone(),
            Arc::clone(&self.gateway),
            Arc::clone(&self.ids),
            self.take_in(),
            self.guard(),
            self.life.world.plan.dispatch,
        )
    }

    fn reconcile(&self) -> ReconcilePayouts {
        ReconcilePayouts {
            payouts: self.store.clone(),
            gateway: Arc::clone(&self.gateway),
            clock: Arc::clone(&self.clock),
            take_in: self.take_in(),
            look: self.look(),
            settings: self.life.world.plan.watch,
        }
    }

    fn follow_events(&self) -> FollowEvents {
        FollowEvents {
            inbox: self.store.clone(),
            gateway: Arc::clone(&self.gateway),
            clock: Arc::clone(&self.clock),
            reconcile: self.reconcile(),
            record_payment: RecordPayment {
                payments: self.store.clone(),
                clock: Arc::clone(&self.clock),
                ids: Arc::clone(&self.ids),
                owners: Arc::new(client_id()),
                notifications: self.to_tell.clone(),
            },
            limit: 32,
            lease: self.life.world.plan.dispatch.lease,
            patience: EVENT_PATIENCE,
        }
    }

    fn notify(&self) -> NotifyClients {
        NotifyClients::new(
            self.store.clone(),
            Arc::new(Receiver { life: Arc::clone(&self.life) }),
            (Arc::clone(&self.clock), Arc::clone(&self.ids)),
            NotifySettings {
                backoff: Backoff { first: SECOND, longest: Duration::from_hours(1) },
                lease: Duration::from_secs(15),
                at_once_max: 32,
                patience: Duration::from_hours(72),
            },
        )
    }

    fn service(&self) -> Service {
        Service {
            request_payout: RequestPayout {
                acquaintances: Acquaintances::default(),
                payouts: self.store.clone(),
                payments: self.store.clone(),
                gateway: Arc::clone(&self.gateway),
                owners: Arc::new(client_id()),
                clock: Arc::clone(&self.clock),
                ids: Arc::clone(&self.ids),
                rules: PayoutRules::default(),
                key_window: None,
                dispatch: self.to_send.clone(),
            },
            receive_event: ReceiveEvent {
                inbox: self.store.clone(),
                clock: Arc::clone(&self.clock),
                profile: self.gateway.profile(),
                events: self.to_follow.clone(),
            },
            list_standing: ListStanding { payouts: self.store.clone() },
            decide_payout: DecidePayout {
                payouts: self.store.clone(),
                take_in: self.take_in(),
                guard: self.guard(),
                dispatch: self.to_send.clone(),
            },
            resolve_payout: ResolvePayout {
                payouts: self.store.clone(),
                look: self.look(),
                take_in: self.take_in(),
                guard: self.guard(),
            },
            pause_sending: PauseSending {
                switch: self.store.clone(),
                clock: Arc::clone(&self.clock),
                dispatch: self.to_send.clone(),
            },
            replay_notifications: ReplayNotifications {
                outbox: self.store.clone(),
                clock: Arc::clone(&self.clock),
                notifications: self.to_tell.clone(),
            },
        }
    }
}

/// Which account at the provider the instances are configured for now.
fn profile(world: &World) -> GatewayProfile {
    if world.suffers(FaultKind::ProfileChanged) {
        GatewayProfile::new("another account")
    } else {
        world.bank.profile()
    }
}

/// Does a use case again and again: at once while it finds work, else when the bell rings, or after a
/// rest that grows while there is nothing to do. The binary rests shorter; a world lasts days.
fn worker<F, R>(patience: Duration, bell: &Doorbell, work: F) -> AbortHandle
where
    F: Fn() -> R + Send + 'static,
    R: Future<Output = Result<usize, ServiceError>> + Send + 'static,
{
    let bell = bell.clone();
    let endless = async move {
        let mut rest = SECOND;
        loop {
            if matches!(work().await, Ok(found) if found > 0) {
                rest = SECOND;
                tokio::task::yield_now().await;
                continue;
            }
            bell.wait(rest).await;
            rest = rest.saturating_mul(2).min(patience);
        }
    };
    tokio::spawn(endless).abort_handle()
}
