//! Writes down what was learned of a payout.

use std::sync::Arc;

use payout_domain::{Applied, EventId, Evidence, Payout, PayoutId, PayoutState};
use payout_ports::{
    AttemptEnd, Clock, IdGenerator, NewNotification, NotificationKind, PayoutChange, PayoutEvent,
    PayoutRepository, SaveError, Schedule,
};

use crate::{Doorbell, ServiceError};

/// Writes down what was learned of a payout, together with what its client is to be told.
///
/// Whoever learns something, by an answer, a look-up or an operator, brings it here, and here alone.
#[derive(Clone)]
pub struct TakeIn {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Names for notifications.
    pub ids: Arc<dyn IdGenerator>,
    /// Wakes whoever tells clients.
    pub notifications: Doorbell,
}

/// When a changed payout is to be looked at again.
pub type ScheduleOf<'a> = &'a (dyn Fn(&Payout) -> Option<Schedule> + Sync);

/// Why a decision about a payout was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// Look at the payout, and decide anew: it stands where this cannot be decided.
    #[error("this cannot be decided of a payout that is {}", .0.state())]
    Refused(Box<Payout>),
    /// It could not be written down.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// What became of a write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Written,
    Stale,
}

/// How often a change is tried anew when others are faster. Each loss means that somebody else has
/// brought the payout forward, and a payout has few versions.
const TRIES: usize = 32;

impl TakeIn {
    /// Applies the evidence and writes the result. If somebody else has changed the payout since it
    /// was read, it is read again: evidence is never lost to a race. `schedule` says when the changed
    /// payout is to be looked at again.
    pub async fn run(
        &self,
        payout: Payout,
        evidence: &Evidence,
        schedule: ScheduleOf<'_>,
    ) -> Result<Payout, ServiceError> {
        self.run_with_end(payout, evidence, schedule, None).await
    }

    /// Moves the schedule alone: nothing was learned.
    pub async fn reschedule(
        &self,
        payout: Payout,
        schedule: ScheduleOf<'_>,
    ) -> Result<Payout, ServiceError> {
        // That a payout was accepted is no news about any.
        self.run(payout, &Evidence::Accepted, schedule).await
    }

    /// Applies what was learned by a transmission that has ended, and writes down its end.
    pub async fn run_with_end(
        &self,
        payout: Payout,
        evidence: &Evidence,
        schedule: ScheduleOf<'_>,
        end: Option<&AttemptEnd>,
    ) -> Result<Payout, ServiceError> {
        let mut payout = payout;
        for _ in 0..TRIES {
            let (changed, change) = self.change(&payout, evidence, schedule, end);
            let Some(change) = change else { return Ok(changed) };
            if self.write(change).await? == Written::Written {
                return Ok(changed);
            }
            payout = self.read_again(payout.id()).await?;
        }
        Err(too_fast())
    }

    /// Applies a decision, unless it contradicts what is known: then nothing is written, and the
    /// payout is given back as it is.
    pub async fn decide(
        &self,
        payout: Payout,
        decision: &Evidence,
        schedule: ScheduleOf<'_>,
    ) -> Result<Payout, DecisionError> {
        let mut payout = payout;
        for _ in 0..TRIES {
            if payout.clone().apply(decision, self.clock.now()) == Applied::Contradicted {
                return Err(DecisionError::Refused(Box::new(payout)));
            }
            let (changed, change) = self.change(&payout, decision, schedule, None);
            let Some(change) = change else { return Ok(changed) };
            if self.write(change).await? == Written::Written {
                return Ok(changed);
            }
            payout = self.read_again(payout.id()).await?;
        }
        Err(too_fast().into())
    }

    async fn write(&self, change: PayoutChange) -> Result<Written, ServiceError> {
        let (id, told) = (change.payout.id(), !change.notifications.is_empty());
        match self.payouts.save(change).await {
            Ok(()) => {
                if told {
                    self.notifications.ring();
                }
                Ok(Written::Written)
            }
            Err(SaveError::Stale) => Ok(Written::Stale),
            Err(error @ SaveError::GatewayIdTaken) => {
                tracing::error!(payout_id = %id, "the provider gave one id to two payouts");
                Err(ServiceError::Broken(error.into()))
            }
            Err(SaveError::Unavailable(cause)) => Err(ServiceError::StoreUnavailable(cause)),
        }
    }

    async fn read_again(&self, id: PayoutId) -> Result<Payout, ServiceError> {
        let gone = || ServiceError::Broken("a stored payout is gone".into());
        self.payouts.find_unscoped(id).await?.ok_or_else(gone)
    }

    fn change(
        &self,
        before: &Payout,
        evidence: &Evidence,
        schedule: ScheduleOf<'_>,
        end: Option<&AttemptEnd>,
    ) -> (Payout, Option<PayoutChange>) {
        let at = self.clock.now();
        let mut payout = before.clone();
        let applied = payout.apply(evidence, at);
        let schedule = schedule(&payout);
        let events = match applied {
            Applied::Unchanged if schedule.is_none() && end.is_none() => return (payout, None),
            Applied::Unchanged => Vec::new(),
            Applied::Changed | Applied::Contradicted => vec![PayoutEvent {
                version: payout.version(),
                at,
                evidence: evidence.clone(),
                state: payout.state().clone(),
            }],
        };
        log(&payout, evidence, applied);
        let notifications = self.notification(before.state(), payout.state()).into_iter().collect();
        let expected_version = before.version();
        let change = PayoutChange {
            payout: payout.clone(),
            expected_version,
            events,
            notifications,
            schedule,
            attempt_end: end.cloned(),
        };
        (payout, Some(change))
    }

    fn notification(&self, before: &PayoutState, after: &PayoutState) -> Option<NewNotification> {
        if before == after {
            return None;
        }
        let kind = match after {
            PayoutState::Executed => NotificationKind::PayoutExecuted,
            PayoutState::Failed(_) | PayoutState::Returned => NotificationKind::PayoutFailed,
            PayoutState::Accepted
            | PayoutState::Sending { .. }
            | PayoutState::Unknown
            | PayoutState::Parked(_)
            | PayoutState::Submitted { .. } => return None,
        };
        let event_id = EventId::from_uuid(self.ids.next());
        // Nothing but an execution is told before the last word about a payout.
        let sequence = if *before == PayoutState::Executed { 2 } else { 1 };
        Some(NewNotification { event_id, kind, sequence, created_at: self.clock.now() })
    }
}

fn too_fast() -> ServiceError {
    ServiceError::StoreUnavailable("the payout changes faster than it can be written".into())
}

fn log(payout: &Payout, evidence: &Evidence, applied: Applied) {
    let (payout_id, state) = (payout.id(), payout.state());
    match applied {
        Applied::Unchanged => {}
        Applied::Changed => tracing::info!(%payout_id, %state, "payout moved"),
        Applied::Contradicted => {
            tracing::error!(%payout_id, %state, %evidence, "evidence contradicts what is known");
        }
    }
}
