//! Asks the provider after every payout that is not at its end.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{Evidence, GatewayPayoutId, ParkReason, Payout, PayoutState, Timestamp};
use payout_ports::{
    Clock, PayoutGateway, PayoutRepository, ReportedPayout, Schedule, WatchOrder, chain,
};
use tokio::task::JoinSet;

use crate::{LookForPayouts, ServiceError, TakeIn};

/// Asks the provider after payouts: often while they are young, seldom when they are old, and after
/// executed ones for as long as the money may come back.
#[derive(Clone)]
pub struct ReconcilePayouts {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Writes down what is learned.
    pub take_in: TakeIn,
    /// Looks for those of which the provider's id is not known.
    pub look: LookForPayouts,
    /// How often to ask.
    pub settings: WatchSettings,
}

/// How often the provider is asked after a payout.
#[derive(Clone, Copy, Debug)]
pub struct WatchSettings {
    /// At least so long between two questions.
    pub shortest: Duration,
    /// At most so long between two questions after a payout that is not executed.
    pub longest: Duration,
    /// So long between two questions after an executed payout.
    pub executed: Duration,
    /// How long a provider may not show a payout that it has acknowledged before somebody is told.
    pub alarm_after: Duration,
    /// For how long after execution the money may come back.
    pub return_span: Duration,
    /// How long a question may take before another worker asks it.
    pub lease: Duration,
    /// How many questions may be asked at once.
    pub at_once_max: usize,
}

impl ReconcilePayouts {
    /// Asks after the payouts that are due. It returns how many.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let order = WatchOrder {
            now: self.clock.now(),
            limit: self.settings.at_once_max,
            lease: self.settings.lease,
            profile: self.gateway.profile(),
        };
        let due = self.payouts.claim_watched(&order).await?;
        let asked = due.len();
        if asked == 0 {
            return Ok(0);
        }
        let (lost, known): (Vec<_>, Vec<_>) = due.into_iter().partition(is_lost);
        let shared = Arc::new(self.clone());
        let mut questions = JoinSet::new();
        // A task is moved several times before it runs; a box of it is small.
        if !lost.is_empty() {
            let this = Arc::clone(&shared);
            questions.spawn(Box::pin(async move { this.look_for(lost).await }));
        }
        for payout in known {
            let this = Arc::clone(&shared);
            questions.spawn(Box::pin(async move { this.ask_after(payout).await.map(drop) }));
        }
        while let Some(answer) = questions.join_next().await {
            if let Ok(Err(error)) = answer {
                // The lease ends, and the payout is asked after again.
                tracing::warn!(error = chain(&error), "a payout could not be asked after");
            }
        }
        Ok(asked)
    }

    /// Asks after one payout that the provider has, and takes in the answer.
    pub async fn ask_after(&self, payout: Payout) -> Result<Payout, ServiceError> {
        let Some(id) = payout.gateway_payout_id() else { return Ok(payout) };
        if let Some(reported) = self.gateway.find_payout(id).await? {
            return self.take_in_report(payout, reported).await;
        }
        // Absence proves nothing: reads may lag behind. One that stays away is somebody's mistake.
        let asked_for = self.clock.now().since(payout.created_at());
        if asked_for > self.settings.alarm_after {
            let payout_id = payout.id();
            tracing::error!(%payout_id, %id, ?asked_for, "the provider does not show it");
        }
        self.take_in.reschedule(payout, &self.next_look()).await
    }

    /// Asks after a payout that only the provider's id is known of, and finds ours by what we had
    /// attached to it. `None` if it is nobody's of ours.
    pub async fn ask_after_id(&self, id: GatewayPayoutId) -> Result<Option<Payout>, ServiceError> {
        let profile = self.gateway.profile();
        if let Some(payout) = self.payouts.find_by_gateway_id(&profile, id).await? {
            return Ok(Some(self.ask_after(payout).await?));
        }
        let Some(reported) = self.gateway.find_payout(id).await? else { return Ok(None) };
        let Some(payout_id) = reported.payout_id else { return Ok(None) };
        let Some(payout) = self.payouts.find_unscoped(payout_id).await? else { return Ok(None) };
        Ok(Some(self.take_in_report(payout, reported).await?))
    }

    /// Looks for what can only be found in a statement, and again later for what was not found.
    async fn look_for(&self, lost: Vec<Payout>) -> Result<(), ServiceError> {
        for missing in self.look.run(lost).await? {
            self.take_in.reschedule(missing, &self.next_look()).await?;
        }
        Ok(())
    }

    fn next_look(&self) -> impl Fn(&Payout) -> Option<Schedule> + Sync + use<> {
        let (settings, now) = (self.settings, self.clock.now());
        move |payout| Some(Schedule { due_at: next_look(&settings, payout, now), epoch: None })
    }

    async fn take_in_report(
        &self,
        payout: Payout,
        reported: ReportedPayout,
    ) -> Result<Payout, ServiceError> {
        if !speaks_of(&payout, &reported) {
            tracing::error!(payout_id = %payout.id(), "the provider's payout is not the one we sent");
            return Ok(payout);
        }
        let (mut payout, id, schedule) = (payout, reported.id, self.next_look());
        for status in reported.earlier.into_iter().chain([reported.status]) {
            let evidence = Evidence::Reported { gateway_payout_id: id, status };
            payout = self.take_in.run(payout, &evidence, &schedule).await?;
        }
        Ok(payout)
    }
}

/// Whether only a statement can tell more: the provider's id is not known, or the money came back and
/// nobody knows by which movement.
fn is_lost(payout: &Payout) -> bool {
    let state = payout.state();
    payout.gateway_payout_id().is_none() || matches!(state, PayoutState::Returned)
}

/// Whether the report is about what we sent: the same amount, and our own name if it is given back.
fn speaks_of(payout: &Payout, reported: &ReportedPayout) -> bool {
    reported.amount == payout.amount() && reported.payout_id.is_none_or(|id| id == payout.id())
}

/// When to ask after a payout again: after a tenth of the time that it has taken so far, within
/// bounds.
fn next_look(settings: &WatchSettings, payout: &Payout, now: Timestamp) -> Option<Timestamp> {
    let progress = payout.progress();
    let later = |since: Timestamp, longest: Duration| {
        let tenth = now.since(since).checked_div(10).unwrap_or_default();
        Some(now.plus(tenth.clamp(settings.shortest, longest)))
    };
    let may_come_back = |from: Timestamp| now < from.plus(settings.return_span);
    match payout.state() {
        PayoutState::Executed => {
            let executed_at = progress.executed_at.unwrap_or(now);
            let next = now.plus(settings.executed);
            (next <= executed_at.plus(settings.return_span)).then_some(next)
        }
        PayoutState::Returned => {
            let failed_at = progress.failed_at.unwrap_or(now);
            let sought = progress.returned_by.is_none() && may_come_back(failed_at);
            if sought { later(failed_at, settings.executed) } else { None }
        }
        // Of what is too old nothing was ever sent that could be found.
        PayoutState::Parked(ParkReason::TooOld) | PayoutState::Failed(_) => None,
        PayoutState::Parked(_) => later(payout.created_at(), settings.executed),
        PayoutState::Accepted
        | PayoutState::Sending { .. }
        | PayoutState::Unknown
        | PayoutState::Submitted { .. } => later(payout.created_at(), settings.longest),
    }
}
