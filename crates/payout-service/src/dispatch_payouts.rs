//! Claims what is due, commits the intent, sends, records the outcome.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{Evidence, ParkReason, Payout, PayoutState, SendRule, Timestamp};
use payout_ports::{
    AttemptEnd, Authorisation, Claim, Clock, IdGenerator, PayoutGateway, PayoutRepository,
    Schedule, SendOrder, SubmitOutcome, chain,
};

use crate::places::{Place, Places};
use crate::{Backoff, Doorbell, GuardStore, ServiceError, TakeIn};

/// Sends payouts to the provider.
///
/// A payout is sent only after its intent is on disk ([`PayoutRepository::claim_sendable`]), with the
/// bytes that were frozen when it was accepted, under the key that never changes, once for each claim.
/// Whatever cannot be decided stays unknown and is asked again under the same key.
#[derive(Clone)]
pub struct DispatchPayouts {
    payouts: Arc<dyn PayoutRepository>,
    gateway: Arc<dyn PayoutGateway>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    take_in: TakeIn,
    guard: GuardStore,
    settings: DispatchSettings,
    places: Places,
}

/// How payouts are sent.
#[derive(Clone, Copy, Debug)]
pub struct DispatchSettings {
    /// How many may be on their way at once.
    pub in_flight_max: usize,
    /// How long a claim lasts: longer than any transmission.
    pub lease: Duration,
    /// When a payout may be sent, and when never again.
    pub rule: SendRule,
    /// How long to wait before sending again.
    pub backoff: Backoff,
    /// How long after the provider has it to ask after it for the first time.
    pub first_look: Duration,
}

/// The most characters of what a provider said that are kept with a transmission.
const DETAIL_MAX: usize = 300;

/// How often an outcome is written before the lease is left to end.
const RECORD_TRIES: u32 = 5;

impl DispatchPayouts {
    /// Sends through one gateway.
    pub fn new(
        payouts: Arc<dyn PayoutRepository>,
        gateway: Arc<dyn PayoutGateway>,
        ids: Arc<dyn IdGenerator>,
        take_in: TakeIn,
        guard: GuardStore,
        settings: DispatchSettings,
    ) -> Self {
        let places = Places::new(settings.in_flight_max);
        let clock = Arc::clone(&take_in.clock);
        Self { payouts, gateway, clock, ids, take_in, guard, settings, places }
    }

    /// Rings when there is room again for what has found none.
    #[must_use]
    pub fn ringing(self, bell: Doorbell) -> Self {
        Self { places: self.places.ringing(bell), ..self }
    }

    /// Claims as many due payouts as there are free places and starts to send them. It returns how
    /// many it found, also those that may not be sent, without waiting for outcomes; 0 while too few
    /// places are free, and then [the bell](Self::ringing) rings later.
    pub async fn run(&self) -> Result<usize, ServiceError> {
        let Some(limit) = self.places.room() else { return Ok(0) };
        // Leave first: without it nothing could be sent, and nothing must be claimed in vain.
        let authorisation = self.gateway.authorise().await?;
        self.check_token(&authorisation)?;
        let claimed = self.payouts.claim_sendable(&self.order(limit, &authorisation)).await?;
        let found = claimed.to_send.len().saturating_add(claimed.set_aside);
        if !claimed.to_send.is_empty() {
            // Without its mark outside the store, a restored backup would send it once more. If the
            // mark cannot be written, nothing leaves, and the leases end.
            self.guard.advance().await?;
        }
        for claim in claimed.to_send {
            // Only this use case takes places, so one is free for each claim.
            let Some(place) = self.places.take().await else { break };
            // A task is moved several times before it runs; a box of it is small.
            tokio::spawn(Box::pin(self.clone().send(claim, authorisation.clone(), place)));
        }
        Ok(found)
    }

    /// With a token that outlives the key nothing can be sent safely: rather than claim what would
    /// have to be parked, nothing is done until somebody has changed the setting or the provider.
    fn check_token(&self, authorisation: &Authorisation) -> Result<(), ServiceError> {
        let (rule, token) = (self.settings.rule, authorisation.life);
        if rule.allows(None, token) {
            return Ok(());
        }
        Err(ServiceError::TokenOutlivesKey {
            token_life: token.expires_at.since(token.issued_at),
            key_window: rule.key_window,
        })
    }

    /// Waits until nothing is on its way.
    pub async fn drain(&self) {
        self.places.drain().await;
    }

    fn order(&self, limit: usize, authorisation: &Authorisation) -> SendOrder {
        SendOrder {
            now: self.clock.now(),
            limit,
            lease: self.settings.lease,
            profile: self.gateway.profile(),
            rule: self.settings.rule,
            token: authorisation.life,
        }
    }

    async fn send(self, claim: Claim, authorisation: Authorisation, _place: Place) {
        let outcome = self.gateway.submit(&claim.instruction, &authorisation).await;
        let attempt = claim.payout.progress().attempts;
        tracing::debug!(payout_id = %claim.payout.id(), attempt, outcome = name(&outcome), "sent");
        let (mut evidence, wait) = self.learned(&outcome, attempt);
        let end = AttemptEnd { attempt, at: self.clock.now(), outcome: said(&outcome) };
        let payout = || claim.payout.clone();
        for tries in 1..=RECORD_TRIES {
            let schedule = |payout: &Payout| {
                let due_at = self.due_at(payout, wait);
                Some(Schedule { due_at, epoch: Some(claim.epoch) })
            };
            let taken = self.take_in.run_with_end(payout(), &evidence, &schedule, Some(&end));
            match taken.await {
                Ok(_) => return,
                // The provider named another payout of ours: nobody knows what became of this one.
                Err(ServiceError::Broken(_)) if matches!(outcome, SubmitOutcome::Accepted(_)) => {
                    evidence = Evidence::OutcomeUnknown { attempt };
                }
                Err(error) if tries == RECORD_TRIES => {
                    // The lease ends, and the payout is sent again under its key.
                    let payout_id = claim.payout.id();
                    tracing::error!(%payout_id, error = chain(&error), "an outcome was not recorded");
                }
                Err(_) => tokio::time::sleep(self.settings.backoff.wait(tries, &*self.ids)).await,
            }
        }
    }

    /// What an outcome says of the payout, and how long the provider wants us to wait.
    fn learned(&self, outcome: &SubmitOutcome, attempt: u32) -> (Evidence, Duration) {
        let wait = self.settings.backoff.wait(attempt, &*self.ids);
        match outcome {
            SubmitOutcome::Accepted(id) => {
                (Evidence::Acknowledged { gateway_payout_id: *id }, wait)
            }
            SubmitOutcome::Rejected { detail } => {
                (Evidence::Rejected { attempt, detail: detail.as_str().into() }, wait)
            }
            SubmitOutcome::NotProcessed { retry_after, .. } => {
                let wait = wait.max(retry_after.unwrap_or_default());
                (Evidence::NotProcessed { attempt }, wait)
            }
            SubmitOutcome::InProgress | SubmitOutcome::Unknown { .. } => {
                (Evidence::OutcomeUnknown { attempt }, wait)
            }
            SubmitOutcome::KeyReused => (Evidence::Parked(ParkReason::KeyReused), wait),
        }
    }

    fn due_at(&self, payout: &Payout, wait: Duration) -> Option<Timestamp> {
        let now = self.clock.now();
        match payout.state() {
            PayoutState::Accepted | PayoutState::Sending { .. } | PayoutState::Unknown => {
                Some(now.plus(wait))
            }
            PayoutState::Submitted { .. } | PayoutState::Executed | PayoutState::Parked(_) => {
                Some(now.plus(self.settings.first_look))
            }
            PayoutState::Failed(_) | PayoutState::Returned => None,
        }
    }
}

/// What the sender saw, for operators: the kind of outcome, and what was said with it.
fn said(outcome: &SubmitOutcome) -> Box<str> {
    let detail = match outcome {
        SubmitOutcome::Rejected { detail }
        | SubmitOutcome::NotProcessed { detail, .. }
        | SubmitOutcome::Unknown { detail } => detail.as_str(),
        SubmitOutcome::Accepted(_) | SubmitOutcome::InProgress | SubmitOutcome::KeyReused => {
            return name(outcome).into();
        }
    };
    let printable = detail.chars().filter(|c| !c.is_control());
    let detail: String = printable.take(DETAIL_MAX).collect();
    format!("{}: {detail}", name(outcome)).into()
}

/// The kind of outcome, for the log: what a provider says may name persons.
fn name(outcome: &SubmitOutcome) -> &'static str {
    match outcome {
        SubmitOutcome::Accepted(_) => "accepted",
        SubmitOutcome::Rejected { .. } => "rejected",
        SubmitOutcome::NotProcessed { .. } => "not processed",
        SubmitOutcome::InProgress => "in progress",
        SubmitOutcome::KeyReused => "key reused",
        SubmitOutcome::Unknown { .. } => "unknown",
    }
}
