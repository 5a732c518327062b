//! Writes down what was learned of a payout.

use std::sync::Arc;

use payout_domain::{Applied, EventId, Evidence, Payout, PayoutState};
use payout_ports::{
    Clock, IdGenerator, NewNotification, NotificationKind, PayoutChange, PayoutEvent,
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
        schedule: &(dyn Fn(&Payout) -> Option<Schedule> + Sync),
    ) -> Result<Payout, ServiceError> {
        let id = payout.id();
        let mut payout = payout;
        for _ in 0..TRIES {
            let (changed, change) = self.change(&payout, evidence, schedule);
            let Some(change) = change else { return Ok(changed) };
            let told = !change.notifications.is_empty();
            match self.payouts.save(change).await {
                Ok(()) => {
                    if told {
                        self.notifications.ring();
                    }
                    return Ok(changed);
                }
                Err(SaveError::Stale) => {
                    let gone = || ServiceError::Broken("a stored payout is gone".into());
                    payout = self.payouts.find_unscoped(id).await?.ok_or_else(gone)?;
                }
                Err(error @ SaveError::GatewayIdTaken) => {
                    tracing::error!(payout_id = %id, "the provider gave one id to two payouts");
                    return Err(ServiceError::Broken(error.into()));
                }
                Err(SaveError::Unavailable(cause)) => {
                    return Err(ServiceError::StoreUnavailable(cause));
                }
            }
        }
        Err(ServiceError::StoreUnavailable(
            "the payout changes faster than it can be written".into(),
        ))
    }

    fn change(
        &self,
        before: &Payout,
        evidence: &Evidence,
        schedule: &(dyn Fn(&Payout) -> Option<Schedule> + Sync),
    ) -> (Payout, Option<PayoutChange>) {
        let at = self.clock.now();
        let mut payout = before.clone();
        let applied = payout.apply(evidence, at);
        let schedule = schedule(&payout);
        let events = match applied {
            Applied::Unchanged if schedule.is_none() => return (payout, None),
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
        Some(NewNotification { event_id, kind, created_at: self.clock.now() })
    }
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
