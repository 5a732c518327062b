//! An operator found out how a payout stands.

use std::sync::Arc;

use payout_domain::{
    Evidence, GatewayPayoutId, OperatorName, Payout, PayoutId, PayoutState, Resolution, Timestamp,
};
use payout_ports::{PayoutRepository, Schedule};

use crate::{Absence, DecisionError, GuardStore, LookForPayouts, ServiceError, TakeIn};

/// Takes an operator's word for how a payout stands, where the provider's own did not reach us.
///
/// That the provider never had it needs more than a word: every token that it was sent with has
/// expired, the statement shows later payouts and not this one, and two people say so.
#[derive(Clone)]
pub struct ResolvePayout {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// Looks for it in the statement.
    pub look: LookForPayouts,
    /// Writes down what is decided.
    pub take_in: TakeIn,
    /// Marks that it was decided.
    pub guard: GuardStore,
}

/// What an operator's word did.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// The payout stands as the operator said.
    Done(Payout),
    /// Another operator must say the same.
    Proposed(Payout),
}

/// Why an operator's word was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Look at the payout, and decide anew.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// Another person must confirm it.
    #[error("{0} has proposed this already: another person must confirm it")]
    SamePerson(OperatorName),
    /// There is nothing to resolve: the provider has it.
    #[error("the provider has it, as {0}")]
    Found(GatewayPayoutId),
    /// Wait, and try again: the statement does not show anything newer yet.
    #[error(
        "it could still appear: the statement must first show a payout from after its last \
             possible arrival"
    )]
    NotYetProven {
        /// When nothing of it can arrive any more, by the provider's clock.
        until: Timestamp,
    },
}

impl From<ServiceError> for ResolveError {
    fn from(error: ServiceError) -> Self {
        Self::Decision(error.into())
    }
}

impl ResolvePayout {
    /// Takes the operator's word; `None` if there is no such payout.
    pub async fn run(
        &self,
        id: PayoutId,
        by: OperatorName,
        outcome: Resolution,
        because: &str,
    ) -> Result<Option<Resolved>, ResolveError> {
        let found = self.payouts.find_unscoped(id).await.map_err(ServiceError::from)?;
        let Some(payout) = found else { return Ok(None) };
        let because = because.into();
        if outcome != Resolution::NeverSubmitted {
            let word = Evidence::Resolved { by, outcome, because };
            return Ok(Some(Resolved::Done(self.decide(payout, &word).await?)));
        }
        self.hold_against_the_statement(&payout).await?;
        let resolved = match payout.progress().proposed_by.clone() {
            Some(first) if first == by => return Err(ResolveError::SamePerson(first)),
            Some(_) => {
                let word = Evidence::Resolved { by, outcome, because };
                Resolved::Done(self.decide(payout, &word).await?)
            }
            None => {
                let word = Evidence::NeverSubmittedProposed { by, because };
                Resolved::Proposed(self.decide(payout, &word).await?)
            }
        };
        Ok(Some(resolved))
    }

    async fn hold_against_the_statement(&self, payout: &Payout) -> Result<(), ResolveError> {
        // Of what is not parked, nothing of the kind can be decided.
        if !matches!(payout.state(), PayoutState::Parked(_)) {
            return Err(DecisionError::Refused(Box::new(payout.clone())).into());
        }
        match self.look.absence(payout).await? {
            Absence::Proven => Ok(()),
            Absence::Found(id) => Err(ResolveError::Found(id)),
            Absence::NotYetProven { until } => Err(ResolveError::NotYetProven { until }),
        }
    }

    async fn decide(&self, payout: Payout, word: &Evidence) -> Result<Payout, DecisionError> {
        let now = self.take_in.clock.now();
        let schedule = |payout: &Payout| match payout.state() {
            PayoutState::Failed(_) | PayoutState::Returned => {
                Some(Schedule { due_at: None, epoch: None })
            }
            // An execution can still come back.
            PayoutState::Executed => Some(Schedule { due_at: Some(now), epoch: None }),
            PayoutState::Accepted
            | PayoutState::Sending { .. }
            | PayoutState::Unknown
            | PayoutState::Parked(_)
            | PayoutState::Submitted { .. } => None,
        };
        let decided = self.take_in.decide(payout, word, &schedule).await?;
        self.guard.keep_up().await?;
        Ok(decided)
    }
}
