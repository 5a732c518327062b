//! What operators do, and what happens to the store that they run.
//!
//! There are two. One is careful and believes only what the provider shows when nothing can arrive any
//! more; the other errs. Where one word is enough, it is the careful one's, from the provider's mouth.

use payout_domain::{
    Applied, Evidence, FailureReason, OperatorName, ParkReason, PayoutState, Resolution,
};

use crate::bounds::time;
use crate::planted::Planted;
use crate::provider::{self, Standing};
use crate::steps::Steps;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Careful,
    Careless,
}

impl Operator {
    pub(crate) const BOTH: [Self; 2] = [Self::Careful, Self::Careless];

    fn name(self) -> OperatorName {
        let name = match self {
            Self::Careful => "ada",
            Self::Careless => "bob",
        };
        name.parse().expect("it is a name")
    }
}

impl Steps<'_> {
    /// Whoever is about to send finds another provider account configured.
    pub(crate) fn find_another_profile(&mut self) -> Option<()> {
        let is_due = self.world.lease == 0 && self.world.payout.state().is_sendable();
        if !is_due {
            return None;
        }
        self.changed(&Evidence::Parked(ParkReason::ProfileChanged))
    }

    /// The account is configured again.
    pub(crate) fn let_go_on(&mut self) -> Option<()> {
        self.decide(&Evidence::Released { by: Operator::Careless.name() })
    }

    /// An operator calls it off.
    pub(crate) fn call_off(&mut self) -> Option<()> {
        let called_off = Evidence::Cancelled { by: Operator::Careless.name() };
        if self.decide(&called_off).is_some() {
            return Some(());
        }
        let is_open = self.world.payout.state().is_sendable();
        if !(is_open && self.has(Planted::CancelAfterSend)) {
            return None;
        }
        self.force(PayoutState::Failed(FailureReason::Cancelled));
        Some(())
    }

    /// An operator says that the provider never had it: first one, then the other.
    pub(crate) fn say_never_submitted(&mut self, who: Operator) -> Option<()> {
        if who == Operator::Careful && !self.has_proof_of_absence() {
            return None;
        }
        let (by, because) = (who.name(), Box::from("it is not in the statement"));
        let first = self.world.payout.proposed_by().cloned();
        if first.is_none() {
            return self.decide(&Evidence::NeverSubmittedProposed { by, because });
        }
        if first == Some(who.name()) && self.has(Planted::OnePerson) {
            self.force(PayoutState::Failed(FailureReason::NeverSubmitted));
            return Some(());
        }
        self.resolve(who, Resolution::NeverSubmitted)
    }

    /// The careful operator passes on what the provider has said.
    pub(crate) fn pass_on(&mut self, number: usize) -> Option<()> {
        let outcome = match self.world.provider.payouts.get(number)?.as_ref()?.standing {
            Standing::Executed => Resolution::Executed { at: time(0) },
            Standing::Failed => Resolution::Failed,
            Standing::Pending | Standing::Returned => return None,
        };
        self.resolve(Operator::Careful, outcome)
    }

    /// The provider's statement shows that the money of a payout came back.
    pub(crate) fn see_return(&mut self, number: usize) -> Option<()> {
        let standing = self.world.provider.payouts.get(number)?.as_ref()?.standing;
        if standing != Standing::Returned {
            return None;
        }
        self.changed(&provider::money_came_back(number))
    }

    /// The store is copied.
    pub(crate) fn back_up(&mut self) -> Option<()> {
        if self.world.went_back || self.world.backup.is_some() {
            return None;
        }
        self.world.backup = Some(self.world.payout.clone());
        Some(())
    }

    /// The copy takes the store's place. All workers start anew; the mark outside the store tells, and
    /// whatever is open is parked. What was sent since has left no trace but this time.
    pub(crate) fn put_back(&mut self) -> Option<()> {
        self.world.payout = self.world.backup.take()?;
        self.world.went_back = true;
        self.world.lease = 0;
        for worker in 0..self.world.workers.len() {
            let _ = self.world.let_go(worker);
        }
        if !self.has(Planted::NoMarker) {
            self.world.last_token = Some(self.world.now);
            let _ = self.world.take_in(&Evidence::Parked(ParkReason::Restored));
        }
        Some(())
    }

    fn has_proof_of_absence(&self) -> bool {
        let is_complete = self.world.is_quiet() || self.has(Planted::AbsenceTooEarly);
        is_complete && self.world.provider.booked().all(|booked| booked.is_new)
    }

    fn resolve(&mut self, who: Operator, outcome: Resolution) -> Option<()> {
        let because = "the provider has said so".into();
        self.decide(&Evidence::Resolved { by: who.name(), outcome, because })?;
        self.world.reached.resolved = true;
        Some(())
    }

    /// Takes in a decision, unless it contradicts what is known.
    fn decide(&mut self, decision: &Evidence) -> Option<()> {
        let mut payout = self.world.payout.payout();
        if payout.apply(decision, self.world.own_clock()) != Applied::Changed {
            return None;
        }
        self.world.store(payout);
        Some(())
    }
}
