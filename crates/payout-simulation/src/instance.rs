//! An instance of the service: the production use cases over faulty ports.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use payout_domain::{PayoutRules, PayoutState};
use payout_ports::{
    Clock, GatewayProfile, IdGenerator, PayoutChange, PayoutGateway, PayoutRepository,
};
use payout_service::{
    Backoff, DispatchPayouts, Doorbell, FollowEvents, NotifyClients, ReceiveEvent,
    ReconcilePayouts, RecordPayment, RequestPayout, ServiceError, TakeIn,
};
use tokio::task::AbortHandle;

use crate::FaultKind;
use crate::agenda::Happening;
use crate::client::client_id;
use crate::faulty_gateway::FaultyGateway;
use crate::faulty_store::{FaultyStore, with_progress};
use crate::life::Life;
use crate::receiver::Receiver;
use crate::world::{World, lock};

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
    service: Arc<Service>,
    workers: Vec<AbortHandle>,
}

/// What an instance does for those who ask it.
pub(crate) struct Service {
    pub(crate) request_payout: RequestPayout,
    pub(crate) receive_event: ReceiveEvent,
}

const SECOND: Duration = Duration::from_secs(1);

/// How long an event about something that the provider does not show is kept open.
pub(crate) const EVENT_PATIENCE: Duration = Duration::from_hours(24);

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
        place.running = Some(run(&life));
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
            place.running.as_ref().map(|running| Arc::clone(&running.service))
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

/// Wires the use cases, as the binary does, and lets their workers run.
fn run(life: &Arc<Life>) -> Running {
    let world = &life.world;
    let wiring = Wiring {
        store: Arc::new(FaultyStore { life: Arc::clone(life) }),
        gateway: Arc::new(FaultyGateway { life: Arc::clone(life), profile: profile(world) }),
        clock: life.clone(),
        ids: world.ids(),
        to_send: Doorbell::default(),
        to_follow: Doorbell::default(),
        to_tell: Doorbell::default(),
        life: Arc::clone(life),
    };
    let (dispatch, reconcile) = (wiring.dispatch(), wiring.reconcile());
    let (follow, notify) = (wiring.follow_events(), wiring.notify());
    let patience = world.plan.patience;
    let no_bell = Doorbell::default();
    let workers = vec![
        worker(patience, &wiring.to_send, move || run_of!(dispatch)),
        worker(patience, &wiring.to_follow, move || run_of!(follow)),
        worker(patience, &wiring.to_tell, move || run_of!(notify)),
        worker(patience, &no_bell, move || run_of!(reconcile)),
    ];
    Running { life: Arc::clone(life), service: Arc::new(wiring.service()), workers }
}

impl Wiring {
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
            self.life.world.plan.dispatch,
        )
    }

    fn reconcile(&self) -> ReconcilePayouts {
        ReconcilePayouts {
            payouts: self.store.clone(),
            gateway: Arc::clone(&self.gateway),
            clock: Arc::clone(&self.clock),
            take_in: self.take_in(),
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
                client_id: client_id(),
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
            Backoff { first: SECOND, longest: Duration::from_hours(1) },
            Duration::from_secs(15),
            32,
        )
    }

    fn service(&self) -> Service {
        Service {
            request_payout: RequestPayout {
                payouts: self.store.clone(),
                payments: self.store.clone(),
                gateway: Arc::clone(&self.gateway),
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
