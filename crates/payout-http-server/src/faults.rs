//! A sandbox that misbehaves by rules.
//!
//! Faults are told between the API and the wire, so what the sandbox has really done stays in its own
//! book: a test can hold every lie against it.

mod inject;
mod plan;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use payout_domain::IdempotencyKey;
use payout_wire::sandbox::{FaultCall, FaultReport, FaultRule, FaultRules};

pub(crate) use inject::{Injector, inject};
use plan::{Memory, Plan};

/// The rules by which a sandbox misbehaves. Clones share them.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

impl Faults {
    /// Sets the rules and forgets the earlier ones, with all that came of them.
    pub fn set(&self, rules: FaultRules) {
        *self.plan() = Plan::new(rules);
    }

    /// What came of the rules so far.
    pub fn report(&self) -> FaultReport {
        self.plan().report()
    }

    /// Counts a call, and says which rule applies to it.
    pub fn next(&self, call: FaultCall) -> Option<FaultRule> {
        self.plan().next(call)
    }

    /// Counts a request for a payout under this key, and says which rule applies to it: first of all
    /// the one that has made the key remember an answer.
    fn next_payout(&self, key: Option<&IdempotencyKey>) -> Option<FaultRule> {
        self.plan().next_payout(key)
    }

    /// The number that belongs to the latest fault of a rule: the same in every run with its seed.
    fn number(&self) -> u64 {
        self.plan().number()
    }

    /// What is remembered of the answers to requests for payouts.
    fn with_memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.plan().memory)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        // A count that is one short is no reason to stop.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faults").field(&self.report()).finish()
    }
}
