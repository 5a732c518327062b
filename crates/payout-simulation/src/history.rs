//! A world from its beginning to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use payout_domain::ParkReason;
use tokio::time::{timeout, timeout_at};

use crate::agenda::{Happening, Webhook};
use crate::chance::millis;
use crate::life::Life;
use crate::plan::Trouble;
use crate::world::{World, lock};
use crate::{FaultKind, FaultTally, Plant, Statement, Violation};

/// Which world to live through.
#[derive(Clone, Debug)]
pub struct WorldOptions {
    /// Everything follows from it.
    pub seed: u64,
    /// How many payouts clients want.
    pub payouts: u32,
    /// A bug to plant.
    pub plant: Option<Plant>,
    /// Kinds of faults that this world is spared.
    pub without: BTreeSet<FaultKind>,
    /// What the auditor does not look at, to see whether a bug shows in something else.
    pub blind_to: BTreeSet<Statement>,
    /// How many of the last happenings are kept for a failure.
    pub happenings_max: usize,
}

/// What became of a world.
#[derive(Clone, Debug, Default)]
pub struct WorldReport {
    /// What did not hold, the earliest first; empty if all is well.
    pub violations: Vec<Violation>,
    /// How often each fault struck.
    pub faults: FaultTally,
    /// How many payouts clients wanted.
    pub payouts: u64,
    /// How many of them were accepted.
    pub accepted: u64,
    /// How many of those wait for an operator at the end.
    pub parked: u64,
    /// The same, by the reason.
    pub parked_by: BTreeMap<ParkReason, u64>,
    /// How many of those that wait have been executed all the same.
    pub parked_and_paid: u64,
    /// How many ever waited for an operator because the provider disputed their key.
    pub disputed: u64,
    /// How many transmissions there were.
    pub transmissions: u64,
    /// How long the world lasted, in milliseconds of its own time.
    pub lasted_ms: u64,
    /// A digest of everything that happened, in order.
    pub digest: u64,
    /// What the world was like; empty if all is well.
    pub plan: String,
    /// The last things that happened, one a line; empty if all is well.
    pub last_happenings: Vec<String>,
}

impl WorldOptions {
    /// A world with all its faults and no planted bug.
    pub fn new(seed: u64, payouts: u32) -> Self {
        Self {
            seed,
            payouts,
            plant: None,
            without: BTreeSet::new(),
            blind_to: BTreeSet::new(),
            happenings_max: 200,
        }
    }
}

/// Lives through a world. The same options give the same report, on any machine.
///
/// # Panics
///
/// If the operating system gives no resources for a runtime.
pub fn run_world(options: &WorldOptions) -> WorldReport {
    live_through(options).0
}

/// The report, and what is left of the world.
fn live_through(options: &WorldOptions) -> (WorldReport, Weak<World>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without I/O needs next to nothing");
    runtime.block_on(async {
        let world = World::open(options);
        world.live().await;
        let report = world.reckon().await;
        world.end_all();
        (report, Arc::downgrade(&world))
    })
}

const SECOND: Duration = Duration::from_secs(1);

/// How often an operator looks at what waits.
const ROUNDS: Duration = Duration::from_hours(5);

/// For how long a provider repeats an event that nobody confirms.
const WEBHOOK_TRIES: u32 = 12;

impl World {
    /// Lets everything happen that is planned, until the end or the first violation.
    async fn live(self: &Arc<Self>) {
        self.plan_all();
        loop {
            let now_ms = self.now_ms();
            if now_ms >= self.end_ms() || !self.auditor().violations.is_empty() {
                return;
            }
            if let Some(happening) = self.agenda.take(now_ms) {
                self.happens(happening).await;
                continue;
            }
            let next_ms = self.agenda.next_at().unwrap_or(u64::MAX).min(self.end_ms());
            let _whether_something_came_earlier =
                timeout_at(self.instant(next_ms), self.agenda.earlier.notified()).await;
        }
    }

    /// Plans what is known at the beginning.
    fn plan_all(&self) {
        if self.plan.clocks_apart_ms != 0 {
            self.count(FaultKind::ClocksApart);
        }
        for user in 0..self.plan.users {
            self.agenda.plan(0, Happening::Deposit(user));
        }
        for number in 0..self.plan.instances {
            self.agenda.plan(0, Happening::Start(number));
        }
        for (number, intention) in self.intentions.iter().enumerate() {
            self.agenda.plan(intention.at_ms, Happening::Ask(number));
        }
        for trouble in &self.plan.troubles {
            self.agenda.plan(trouble.from_ms, Happening::Begin(*trouble));
        }
        self.after(ROUNDS, Happening::Round);
        self.agenda.plan(self.plan.calm_ms, Happening::Calm);
    }

    async fn happens(self: &Arc<Self>, happening: Happening) {
        match happening {
            Happening::Deposit(user) => self.deposit(user).await,
            Happening::Ask(number) => {
                tokio::spawn(Box::pin(Arc::clone(self).ask(number)));
            }
            Happening::Look(number) => self.look(number).await,
            Happening::BankMoves => self.bank_moves().await,
            Happening::Arrival(transmission) => {
                let _nobody_waits_for_it = self.arrive(&transmission).await;
            }
            Happening::Return(id) => self.send_back(id).await,
            Happening::Webhook(webhook) => {
                tokio::spawn(Box::pin(Arc::clone(self).deliver(webhook)));
            }
            Happening::Start(number) => self.start(number),
            Happening::Bury(number, life) => {
                if self.life_of(number).is_some_and(|living| living.number == life) {
                    let most = self.plan.downtime_max;
                    let downtime =
                        self.draw_of(FaultKind::Crash, |chance| chance.heavy_tailed(SECOND, most));
                    self.bury(number, downtime).await;
                }
            }
            Happening::Adopt(number) => {
                self.say_what_the_store_is(number);
                self.bury(number, SECOND).await;
            }
            Happening::Round => {
                tokio::spawn(Box::pin(Arc::clone(self).make_round()));
                self.after(ROUNDS, Happening::Round);
            }
            Happening::CallOff(number) => {
                tokio::spawn(Box::pin(Arc::clone(self).call_off(number)));
            }
            Happening::Begin(trouble) => self.trouble_begins(trouble).await,
            Happening::End(trouble) => self.trouble_ends(trouble).await,
            Happening::Calm => self.calm_comes(),
        }
    }

    async fn trouble_begins(self: &Arc<Self>, trouble: Trouble) {
        let Trouble { kind, until_ms, .. } = trouble;
        self.count(kind);
        self.begin(kind);
        self.agenda.plan(until_ms, Happening::End(trouble));
        if kind == FaultKind::InstancesDown {
            let rest = until_ms.saturating_sub(self.now_ms());
            self.bury_all(Duration::from_millis(rest)).await;
        }
        if kind == FaultKind::ProfileChanged {
            self.bury_all(SECOND).await;
        }
        if kind == FaultKind::SendingPaused {
            tokio::spawn(Box::pin(Arc::clone(self).switch_sending(true)));
        }
        if kind == FaultKind::Restored {
            self.want_snapshot();
        }
        if kind == FaultKind::Freeze
            && let Some(life) = self.somebody(kind)
        {
            life.freeze(until_ms);
        }
        if kind == FaultKind::ClockJump
            && let Some(life) = self.somebody(kind)
        {
            life.set_clock(kind);
        }
    }

    async fn trouble_ends(self: &Arc<Self>, trouble: Trouble) {
        let is_over = self.end(trouble.kind);
        if trouble.kind == FaultKind::ProfileChanged && is_over {
            self.bury_all(SECOND).await;
        }
        if trouble.kind == FaultKind::SendingPaused && is_over {
            tokio::spawn(Box::pin(Arc::clone(self).switch_sending(false)));
        }
        if trouble.kind == FaultKind::Restored {
            self.bury_all(SECOND).await;
            self.put_back();
        }
        if trouble.kind == FaultKind::InstancesDown && is_over {
            self.start_all();
        }
    }

    fn start_all(self: &Arc<Self>) {
        for number in 0..self.plan.instances {
            self.start(number);
        }
    }

    /// Lets go of the instances. Each holds its world, which would never be given up otherwise.
    fn end_all(&self) {
        for place in &self.instances {
            lock(place).end();
        }
    }

    async fn bury_all(self: &Arc<Self>, downtime: Duration) {
        for number in 0..self.plan.instances {
            self.bury(number, downtime).await;
        }
    }

    /// From now on everything works: whatever is still not at its end must get there by itself.
    fn calm_comes(self: &Arc<Self>) {
        self.become_calm();
        self.note("calm", uuid::Uuid::nil(), 0);
        self.start_all();
        for number in 0..self.plan.instances {
            if let Some(life) = self.life_of(number) {
                life.mend();
            }
        }
    }

    fn somebody(&self, kind: FaultKind) -> Option<Arc<Life>> {
        let most = u64::try_from(self.plan.instances).unwrap_or(1).saturating_sub(1);
        let number = self.draw_of(kind, |chance| chance.between(0, most));
        self.life_of(usize::try_from(number).ok()?)
    }

    /// The provider tells us something until it is confirmed, or its patience ends.
    async fn deliver(self: Arc<Self>, webhook: Webhook) {
        let Webhook { event_id, digest, subject, tries } = webhook;
        if let Some(service) = self.some_service() {
            let received = service.receive_event.run(event_id, digest, subject);
            if matches!(timeout(SECOND.saturating_mul(10), received).await, Ok(Ok(_))) {
                self.note("webhook", event_id.as_uuid(), u64::from(tries));
                return;
            }
        }
        let tries = tries.saturating_add(1);
        if tries < WEBHOOK_TRIES {
            let wait = Duration::from_mins(1).saturating_mul(1_u32 << tries.min(9));
            let at_ms = self.now_ms().saturating_add(millis(wait));
            self.agenda.plan(at_ms, Happening::Webhook(Webhook { tries, ..webhook }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_a_world_that_has_ended() {
        let (report, world) = live_through(&WorldOptions::new(1, 5));

        assert_eq!(report.payouts, 5);
        assert!(world.upgrade().is_none(), "a million worlds need the memory of one");
    }
}
