//! A world: everything that the instances of the service share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payout_domain::Timestamp;
use payout_memory::{Bank, BankConfiguration, MemoryStore};
use payout_ports::{Clock, IdGenerator, StoreMark};
use payout_service::Adoption;
use tokio::time::Instant;
use uuid::Uuid;

use crate::agenda::{Agenda, Happening};
use crate::auditor::Auditor;
use crate::chance::{Chance, millis};
use crate::client::Intention;
use crate::instance::Instance;
use crate::plan::{OTHER_STREAMS, Plan, SETTLING};
use crate::provider::Provider;
use crate::trace::{Entry, Trace};
use crate::{FaultKind, FaultTally, Plant, WorldOptions};

/// Everything that the instances of the service share, and that survives their deaths.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) plant: Option<Plant>,
    pub(crate) agenda: Agenda,
    pub(crate) bank: Bank,
    pub(crate) provider: Provider,
    pub(crate) intentions: Vec<Intention>,
    pub(crate) instances: Vec<Mutex<Instance>>,
    clock: Arc<WorldClock>,
    ids: Arc<Ids>,
    store: Mutex<Arc<MemoryStore>>,
    wants_snapshot: AtomicBool,
    snapshots: Mutex<Vec<(u64, Arc<MemoryStore>)>>,
    /// How often the store was put somewhere else.
    moves: AtomicU64,
    markers: Vec<Mutex<Option<StoreMark>>>,
    adoptions: Mutex<BTreeMap<usize, Adoption>>,
    fate: Mutex<Fate>,
    is_calm: AtomicBool,
    end_ms: AtomicU64,
    auditor: Mutex<Auditor>,
    trace: Mutex<Trace>,
    troubles: Mutex<BTreeMap<FaultKind, u32>>,
}

/// What chance decides while a world runs.
struct Fate {
    faults: Vec<Chance>,
    other: Chance,
    tally: FaultTally,
}

/// The true time of a world, which is also the provider's.
pub(crate) struct WorldClock {
    began: Instant,
}

/// Names that follow from the seed.
pub(crate) struct Ids(Mutex<Chance>);

/// When every world begins.
const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

impl World {
    /// Opens a world at its beginning. It must be called within the runtime that will run it.
    pub(crate) fn open(options: &WorldOptions) -> Arc<Self> {
        let plan = Plan::draw(options.seed, options.payouts, &options.without);
        let seed = options.seed;
        let clock = Arc::new(WorldClock { began: Instant::now() });
        let stream = |name: u64| Chance::of(seed, OTHER_STREAMS.saturating_add(name));
        let ids = Arc::new(Ids(Mutex::new(stream(1))));
        let bank = Bank::new(configuration(&plan), clock.clone(), ids.clone());
        let numbers = 0..u64::try_from(FaultKind::ALL.len()).unwrap_or_default();
        let faults = numbers.map(|number| Chance::of(seed, number)).collect();
        let fate = Fate { faults, other: stream(2), tally: FaultTally::default() };
        let end_ms = plan.calm_ms.saturating_add(millis(SETTLING));
        let instances = (0..plan.instances).map(|_| Mutex::new(Instance::default())).collect();
        let intentions = Intention::draw_all(&plan, &mut stream(3));
        Arc::new(Self {
            agenda: Agenda::default(),
            bank,
            provider: Provider::default(),
            intentions,
            instances,
            clock,
            ids,
            store: Mutex::new(Arc::new(MemoryStore::new())),
            wants_snapshot: AtomicBool::new(false),
            snapshots: Mutex::new(Vec::new()),
            moves: AtomicU64::new(0),
            adoptions: Mutex::new(BTreeMap::new()),
            markers: (0..plan.instances).map(|_| Mutex::new(None)).collect(),
            fate: Mutex::new(fate),
            is_calm: AtomicBool::new(false),
            end_ms: AtomicU64::new(end_ms),
            auditor: Mutex::new(Auditor::new(options.blind_to.clone())),
            trace: Mutex::new(Trace::keeping(options.happenings_max)),
            troubles: Mutex::new(BTreeMap::new()),
            plant: options.plant,
            plan,
        })
    }

    /// Milliseconds since the beginning.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.elapsed_ms()
    }

    /// The true time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The moment that is so many milliseconds after the beginning.
    pub(crate) fn instant(&self, at_ms: u64) -> Instant {
        self.clock.began.checked_add(Duration::from_millis(at_ms)).unwrap_or(self.clock.began)
    }

    /// Lets something happen after a span.
    pub(crate) fn after(&self, span: Duration, happening: Happening) {
        self.agenda.plan(self.now_ms().saturating_add(millis(span)), happening);
    }

    /// Whether a fault strikes here and now. One that does is counted.
    pub(crate) fn strikes(&self, kind: FaultKind) -> bool {
        let rate = self.plan.rate(kind);
        if rate == 0 || self.is_calm() {
            return false;
        }
        let mut fate = lock(&self.fate);
        let stream = fate.faults.get_mut(kind.number());
        let struck = stream.is_some_and(|chance| chance.of_ten_thousand(rate));
        if struck {
            fate.tally.count(kind);
            drop(fate);
            self.note(kind.as_str(), Uuid::nil(), 0);
        }
        struck
    }

    /// Counts a fault that was planned, or that follows from one.
    pub(crate) fn count(&self, kind: FaultKind) {
        lock(&self.fate).tally.count(kind);
        self.note(kind.as_str(), Uuid::nil(), 0);
    }

    /// Draws from the chance of a kind of fault.
    pub(crate) fn draw_of<T>(&self, kind: FaultKind, draw: impl FnOnce(&mut Chance) -> T) -> T {
        let mut fate = lock(&self.fate);
        let fate = &mut *fate;
        draw(fate.faults.get_mut(kind.number()).unwrap_or(&mut fate.other))
    }

    /// Draws what is no fault.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut lock(&self.fate).other)
    }

    /// Whether a planned fault is going on.
    pub(crate) fn suffers(&self, kind: FaultKind) -> bool {
        lock(&self.troubles).get(&kind).is_some_and(|count| *count > 0)
    }

    /// A planned fault begins.
    pub(crate) fn begin(&self, kind: FaultKind) {
        let mut troubles = lock(&self.troubles);
        let count = troubles.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// A planned fault ends; whether no other of its kind goes on.
    pub(crate) fn end(&self, kind: FaultKind) -> bool {
        let mut troubles = lock(&self.troubles);
        let count = troubles.entry(kind).or_default();
        *count = count.saturating_sub(1);
        *count == 0
    }

    /// Whether nothing goes wrong any more.
    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    pub(crate) fn become_calm(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
    }

    /// When the world ends.
    pub(crate) fn end_ms(&self) -> u64 {
        self.end_ms.load(Ordering::Relaxed)
    }

    /// The world does not end before this time.
    pub(crate) fn last_until(&self, at_ms: u64) {
        self.end_ms.fetch_max(at_ms, Ordering::Relaxed);
    }

    /// The store as it is now.
    pub(crate) fn store(&self) -> Arc<MemoryStore> {
        Arc::clone(&lock(&self.store))
    }

    /// A copy of the store is to be put aside, when something has just been written to it: a copy of
    /// a store at rest proves little.
    pub(crate) fn want_snapshot(&self) {
        self.wants_snapshot.store(true, Ordering::Relaxed);
    }

    /// Puts a copy of the store aside, if one is wanted.
    pub(crate) fn take_snapshot(&self) {
        if !self.wants_snapshot.load(Ordering::Relaxed)
            || self.draw_of(FaultKind::Restored, |chance| chance.of_ten_thousand(7_000))
        {
            return;
        }
        self.wants_snapshot.store(false, Ordering::Relaxed);
        if let Ok(copy) = self.store().copy() {
            lock(&self.snapshots).push((self.now_ms(), Arc::new(copy)));
        }
    }

    /// Puts the oldest copy of the store in its place, and says when it was made.
    pub(crate) fn restore(&self) -> Option<u64> {
        let mut snapshots = lock(&self.snapshots);
        if snapshots.is_empty() {
            return None;
        }
        let (taken_ms, copy) = snapshots.remove(0);
        // What was put aside since then is gone with the disk.
        snapshots.clear();
        *lock(&self.store) = copy;
        Some(taken_ms)
    }

    /// Where the store is: a text that changes when it is put somewhere else.
    pub(crate) fn place(&self) -> Box<str> {
        format!("place {}", self.moves.load(Ordering::Relaxed)).into()
    }

    /// The store is somewhere else from now on.
    pub(crate) fn move_store(&self) {
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// What an operator has said of the store of an instance that starts.
    pub(crate) fn adoption_of(&self, instance: usize) -> Option<Adoption> {
        lock(&self.adoptions).get(&instance).copied()
    }

    pub(crate) fn set_adoption(&self, instance: usize, adoption: Option<Adoption>) {
        match adoption {
            Some(adoption) => lock(&self.adoptions).insert(instance, adoption),
            None => lock(&self.adoptions).remove(&instance),
        };
    }

    /// The mark of an instance.
    pub(crate) fn marker(&self, instance: usize) -> Option<StoreMark> {
        lock(self.markers.get(instance)?).clone()
    }

    pub(crate) fn set_marker(&self, instance: usize, mark: &StoreMark) {
        if let Some(marker) = self.markers.get(instance) {
            *lock(marker) = Some(mark.clone());
        }
    }

    pub(crate) fn ids(&self) -> Arc<Ids> {
        Arc::clone(&self.ids)
    }

    pub(crate) fn auditor(&self) -> MutexGuard<'_, Auditor> {
        lock(&self.auditor)
    }

    /// Writes down what happens.
    pub(crate) fn note(&self, what: &'static str, whom: Uuid, number: u64) {
        lock(&self.trace).write(Entry { at: self.now_ms(), what, whom, number });
    }

    pub(crate) fn digest(&self) -> u64 {
        lock(&self.trace).digest()
    }

    pub(crate) fn last_happenings(&self) -> Vec<String> {
        lock(&self.trace).lines()
    }

    pub(crate) fn tally(&self) -> FaultTally {
        lock(&self.fate).tally.clone()
    }
}

impl WorldClock {
    fn elapsed_ms(&self) -> u64 {
        millis(self.began.elapsed())
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        START.plus(Duration::from_millis(self.elapsed_ms()))
    }
}

impl IdGenerator for Ids {
    fn next(&self) -> Uuid {
        lock(&self.0).uuid()
    }
}

/// Locks what only one thread ever uses. A panic ends the world, so what it leaves behind is not read.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn configuration(plan: &Plan) -> BankConfiguration {
    let mut configuration = BankConfiguration {
        key_window: plan.dispatch.rule.key_window,
        token_life: plan.token_life,
        delays: plan.delays,
        read_lag: plan.read_lag,
        page_size: plan.page_size,
        ..BankConfiguration::named("simulation")
    };
    if plan.is_poor {
        for account in &mut configuration.merchant_accounts {
            let currency = account.opening_balance.currency();
            account.opening_balance = payout_domain::Money::zero(currency);
        }
    }
    configuration
}
